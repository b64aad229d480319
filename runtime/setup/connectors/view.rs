//! Connectors and their revisions as the API shows them: no secret is read back.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::connector::serving::flights::Drain;
use crate::setup::approval::Asked;
use crate::setup::{Setup, SetupError};
use crate::store::{ConnectorRow, EnvironmentRow, RevisionRow, Switch};
use crate::texts::{Sender, Template};

/// A connector as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConnectorView {
    /// Its name.
    pub name: String,
    /// `id@version` of its component.
    pub component: String,
    /// The component's digest.
    pub digest: String,
    /// The revision that is shown.
    pub revision: u64,
    /// The revision that serves, if one does.
    pub serving: Option<u64>,
    /// Whether it is the channel's active connector.
    pub active: bool,
    /// Why the revision must not serve, if it gave out a secret.
    pub quarantined: Option<String>,
    /// The configuration; a secret shows as `{"set": true}`.
    #[schema(value_type = Object)]
    pub config: Value,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// What it was granted, in words.
    pub granted: Vec<String>,
    /// Where a provider reports that takes one address for an account; none without `server.public_url`. Messages carry
    /// addresses of their own.
    pub callback_url: Option<String>,
    /// Hosts of it that the operator maps to another origin here.
    pub overrides: BTreeMap<String, String>,
    /// When the revision was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Who saved it; revisions of earlier versions do not tell.
    pub by: Option<Actor>,
    /// When its provider last took a message, or reported one as delivered, in whichever revision; null where that never
    /// was.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_success_at: Option<Timestamp>,
}

/// One revision in the list of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionView {
    /// Its number.
    pub revision: u64,
    /// Whether it serves.
    pub serving: bool,
    /// Why the revision must not serve, if it gave out a secret.
    pub quarantined: Option<String>,
    /// `id@version` of its component.
    pub component: String,
    /// The configuration; a secret shows as `{"set": true}`.
    #[schema(value_type = Object)]
    pub config: Value,
    /// Versions of its secrets, by field.
    pub secret_versions: BTreeMap<String, u32>,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Who saved it; revisions of earlier versions do not tell.
    pub by: Option<Actor>,
    /// When it served or was on trial, newest first.
    pub switches: Vec<Switch>,
}

/// One revision, and how it does at this moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionDetail {
    /// The revision.
    #[serde(flatten)]
    pub revision: RevisionView,
    /// Its sends that are under way now.
    pub in_flight: u64,
    /// What became of its sends when another revision took its place: of the last time, while this service runs.
    pub drain: Option<Drain>,
}

impl Setup {
    /// Connectors of an environment, the active one first. Read in turn: a promotion changes several at once, and a list
    /// shows all of it or nothing.
    pub async fn connectors(&self, environment: &str) -> Result<Vec<ConnectorView>, SetupError> {
        let _turn = self.turns.looking().await?;
        let environment = self.environment(environment).await?;
        let mut views = Vec::new();
        for row in self.store.connectors(&environment.name).await? {
            views.push(self.connector(&environment.name, &row.name).await?);
        }
        views.sort_by_key(|view| !view.active);
        Ok(views)
    }

    /// One connector, as its newest revision has it.
    pub async fn connector(&self, environment: &str, name: &str) -> Result<ConnectorView, SetupError> {
        let environment = self.environment(environment).await?;
        let newest = self.newest_revision(&environment.name, name).await?;
        let newest = newest.ok_or_else(|| SetupError::not_found("connector", name))?;
        self.show(&environment, name, &newest).await
    }

    /// Revisions of a connector, newest first.
    pub async fn revisions(&self, environment: &str, name: &str) -> Result<Vec<RevisionView>, SetupError> {
        let environment = self.environment(environment).await?;
        let row = self.store.connector(&environment.name, name).await?;
        let row = row.ok_or_else(|| SetupError::not_found("connector", name))?;
        let switches = self.store.switches(&environment.name, name).await?;
        let mut views = Vec::new();
        for revision in self.store.revisions(&environment.name, name).await? {
            views.push(self.revision_view(&row, revision, &switches).await?);
        }
        Ok(views)
    }

    /// One revision, with what is under way on it.
    pub async fn revision_detail(
        &self,
        environment: &str,
        name: &str,
        number: u64,
    ) -> Result<RevisionDetail, SetupError> {
        let environment = self.environment(environment).await?;
        let row = self.store.connector(&environment.name, name).await?;
        let row = row.ok_or_else(|| SetupError::not_found("connector", name))?;
        let revision = self.saved_revision(&environment.name, name, number).await?;
        let switches = self.store.switches(&environment.name, name).await?;
        Ok(RevisionDetail {
            revision: self.revision_view(&row, revision, &switches).await?,
            in_flight: self.registry.in_flight(&environment.name, name, number),
            drain: self.registry.drain(&environment.name, name, number),
        })
    }

    pub(super) async fn saved_revision(
        &self,
        environment: &str,
        name: &str,
        number: u64,
    ) -> Result<RevisionRow, SetupError> {
        let row = self.store.revision(environment, name, number).await?;
        row.ok_or_else(|| SetupError::not_found("revision", format!("{name}#{number}")))
    }

    async fn revision_view(
        &self,
        connector: &ConnectorRow,
        revision: RevisionRow,
        switches: &[Switch],
    ) -> Result<RevisionView, SetupError> {
        Ok(RevisionView {
            revision: revision.number,
            serving: connector.serving == Some(revision.number),
            quarantined: revision.quarantined.clone(),
            component: self.component_name(&revision.component_digest).await?,
            config: shown_config(&revision),
            secret_versions: revision.secret_versions.clone(),
            templates: revision.templates,
            senders: revision.senders,
            created_at: revision.created_at,
            by: revision.by,
            switches: switches.iter().filter(|switch| switch.revision == revision.number).cloned().collect(),
        })
    }

    pub(super) async fn show(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        revision: &RevisionRow,
    ) -> Result<ConnectorView, SetupError> {
        let row = self.store.connector(&environment.name, name).await?;
        let channel = self.store.channel(&environment.name, "sms").await?;
        let asked: Option<Asked> = serde_json::from_value(revision.approved.clone()).ok();
        Ok(ConnectorView {
            name: name.to_owned(),
            component: self.component_name(&revision.component_digest).await?,
            digest: revision.component_digest.clone(),
            revision: revision.number,
            serving: row.as_ref().and_then(|row| row.serving),
            active: channel.active.as_deref() == Some(name),
            quarantined: revision.quarantined.clone(),
            config: shown_config(revision),
            templates: revision.templates.clone(),
            senders: revision.senders.clone(),
            callback_url: self.callbacks.of_connector(&environment.name, name),
            overrides: self.overrides(environment, asked.as_ref()),
            granted: asked.map(|asked| asked.words()).unwrap_or_default(),
            created_at: revision.created_at,
            by: revision.by.clone(),
            last_success_at: row.and_then(|row| row.last_success_at),
        })
    }

    fn overrides(&self, environment: &EnvironmentRow, asked: Option<&Asked>) -> BTreeMap<String, String> {
        let Some(asked) = asked.filter(|_| environment.is_development()) else { return BTreeMap::new() };
        let named = |host: &str| asked.hosts.iter().any(|pattern| pattern.to_string() == host);
        let overrides = self.egress.overrides().iter().filter(|(host, _)| named(host));
        overrides.map(|(host, target)| (host.clone(), target.to_string())).collect()
    }

    pub(in crate::setup) async fn component_name(&self, digest: &str) -> Result<String, SetupError> {
        let row = self.store.component_by_digest(digest).await?;
        Ok(row.map_or_else(|| digest.to_owned(), |row| format!("{}@{}", row.id, row.version)))
    }
}

/// The configuration with `{"set": true}` in place of each secret.
fn shown_config(revision: &RevisionRow) -> Value {
    let mut config: Map<String, Value> = revision.config.as_object().cloned().unwrap_or_default();
    for field in revision.secret_versions.keys() {
        config.insert(field.clone(), json!({ "set": true }));
    }
    Value::Object(config)
}
