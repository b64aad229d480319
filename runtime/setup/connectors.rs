//! Connectors: saved as immutable revisions, swapped in, rolled back, deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::approval::Asked;
use super::building::{Plans, aad};
use super::{INBOX_HOST, Setup, SetupError, judging};
use crate::clock::Timestamp;
use crate::connector::digest::Digest;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::credentials::Binding;
use crate::secret::Secret;
use crate::store::{
    ComponentRow, EnvironmentRow, GivenSecret, NewRevision, RevisionRow, Saved as StoreSaved, SecretRow,
};
use crate::texts::{Sender, Template};

/// `PUT /v1/environments/{env}/connectors/{name}`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutConnector {
    /// `id` (the newest version) or `id@version`. What it resolves to is stored; nothing floats.
    #[schema(example = "twilio")]
    pub component: String,
    /// The configuration, judged by the component's schema. Secrets are write-only: leave one out, or send
    /// `{"set": true}`, to keep it; send null to remove it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub config: Value,
    /// Texts that beat the environment's, and registered template ids.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Who sends where.
    #[serde(default)]
    pub senders: Vec<Sender>,
    /// False saves a draft that does not serve.
    #[serde(default = "yes")]
    pub serve: bool,
    /// Also make it the channel's active connector. The first one becomes it anyway.
    #[serde(default)]
    pub activate: bool,
    /// Digest of what the component asks for, to approve it.
    #[serde(default)]
    pub approve: Option<String>,
    /// The revision that the caller saw as the newest (`If-Match`).
    #[serde(skip)]
    pub if_match: Option<u64>,
    /// Whoever asks is the operator himself (built-in start-up, a watched folder): what is asked for is granted.
    #[serde(skip)]
    pub grant_all: bool,
}

fn yes() -> bool {
    true
}

impl Default for PutConnector {
    /// Of no component yet; it serves, as a request that says nothing of it does.
    fn default() -> Self {
        Self {
            component: String::new(),
            config: Value::Null,
            templates: Vec::new(),
            senders: Vec::new(),
            serve: true,
            activate: false,
            approve: None,
            if_match: None,
            grant_all: false,
        }
    }
}

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
    /// The configuration; a secret shows as `{"set": true}`.
    #[schema(value_type = Object)]
    pub config: Value,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// What it was granted, in words.
    pub granted: Vec<String>,
    /// Hosts of it that the operator maps to another origin here.
    pub overrides: BTreeMap<String, String>,
    /// When the revision was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// One revision in the list of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionView {
    /// Its number.
    pub revision: u64,
    /// Whether it serves.
    pub serving: bool,
    /// `id@version` of its component.
    pub component: String,
    /// The configuration; a secret shows as `{"set": true}`.
    #[schema(value_type = Object)]
    pub config: Value,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// What saving came to.
pub struct Saved {
    /// The connector as it is now.
    pub connector: ConnectorView,
    /// Whether it is new.
    pub new: bool,
}

/// A set-up that was judged and may be stored or tried.
pub(super) struct Judged {
    pub(super) plans: Plans,
    pub(super) asked: Asked,
    /// Secrets that stay as they are, by version.
    kept: BTreeMap<String, u32>,
    /// Secrets that the request brings.
    given: BTreeMap<String, Secret<String>>,
}

impl Setup {
    /// Save a revision and swap it in.
    pub async fn put_connector(&self, environment: &str, name: &str, put: PutConnector) -> Result<Saved, SetupError> {
        let environment = self.environment(environment).await?;
        connector_name(name)?;
        let before = self.store.connector(&environment.name, name).await?;
        let judged = self.judge_connector(&environment, name, &put).await?;
        // Compiled before anything is stored: what does not run never serves. A built-in one was run when this program
        // was made, and is compiled in the background, so that a first start is quick.
        let digest = Digest::parse(&judged.plans.component.digest)
            .ok_or_else(|| SetupError::not_found("component", &put.component))?;
        let code = if judged.plans.component.built_in { None } else { Some(self.loader.load(&digest).await?) };
        let _turn = self.turn.lock().await;
        let saved = self.store.save_revision(self.revision(&environment, name, &put, judged)).await?;
        if let (StoreSaved::Stale { current }, Some(given)) = (&saved, put.if_match) {
            return Err(SetupError::Stale { given, current: *current });
        }
        self.refresh(&environment.name).await?;
        drop(code);
        Ok(Saved { connector: self.connector(&environment.name, name).await?, new: before.is_none() })
    }

    /// Everything that can be wrong with a set-up, found before anything is stored.
    pub(super) async fn judge_connector(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        put: &PutConnector,
    ) -> Result<Judged, SetupError> {
        let (id, version) =
            put.component.split_once('@').map_or((put.component.as_str(), None), |(id, v)| (id, Some(v)));
        let component = self.component_row(id, version).await?;
        let package = Package::from_json(&component.package)
            .map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        let refused = |reasons| SetupError::Refused { what: "the connector", reasons };
        let config = if put.config.is_null() { json!({}) } else { put.config.clone() };
        let split = judging::split(&package.manifest, &config).map_err(|reason| refused(vec![reason]))?;
        let newest = self.newest_revision(&environment.name, name).await?;
        let kept = kept_versions(&split.kept, newest.as_ref());
        let sealed = self.sealed_secrets(&environment.name, name, &kept).await?;
        let mut secrets = self.open_secrets(&environment.name, name, &sealed)?;
        secrets.extend(split.given.clone());
        let mut reasons = judging::against_schema(&package, &split.public, &secrets);
        reasons.extend(judging::texts(&put.templates, &put.senders));
        if package.manifest.hosts.iter().any(|host| host == INBOX_HOST) && !environment.is_development() {
            let text =
                "it speaks to the development inbox, which this environment has not; choose a provider's connector";
            reasons.push(Reason::at("development-only", "/component", text));
        }
        if !reasons.is_empty() {
            return Err(refused(reasons));
        }
        let (hosts, bindings) = judging::resolve(&package.manifest, &split.public).map_err(refused)?;
        let asked = Asked::new(&package.manifest, &hosts, &bindings, &self.limits);
        approve(&asked, &component, newest.as_ref(), put)?;
        keep_only_where_approved(&sealed, &bindings, put.grant_all)?;
        let plans = Plans {
            name: name.to_owned(),
            revision: 0,
            component,
            package,
            public: split.public,
            secrets,
            templates: put.templates.clone(),
            senders: put.senders.clone(),
        };
        Ok(Judged { plans, asked, kept, given: split.given })
    }

    fn revision(&self, environment: &EnvironmentRow, name: &str, put: &PutConnector, judged: Judged) -> NewRevision {
        let uses = |field: &str| -> Vec<&Binding> {
            judged.asked.credentials.values().filter(|binding| binding.secrets().contains(field)).collect()
        };
        let given = judged.given.iter().map(|(field, secret)| {
            let (vault, secret, place) =
                (self.vault.clone(), secret.clone(), (environment.name.clone(), name.to_owned(), field.clone()));
            GivenSecret {
                field: field.clone(),
                seal: Box::new(move |version| {
                    vault.seal(&aad(&place.0, &place.1, &place.2, version), secret.expose().as_bytes())
                }),
                bindings: serde_json::to_value(uses(field)).unwrap_or_default(),
            }
        });
        NewRevision {
            environment: environment.name.clone(),
            name: name.to_owned(),
            component_digest: judged.plans.component.digest.clone(),
            config: Value::Object(judged.plans.public.clone()),
            templates: put.templates.clone(),
            senders: put.senders.clone(),
            approved: serde_json::to_value(&judged.asked).unwrap_or_default(),
            given: given.collect(),
            kept: judged.kept,
            serve: put.serve,
            activate: put.activate,
            if_match: put.if_match,
            now: self.clock.now(),
        }
    }

    /// Let another revision serve: roll back or forward. Its secrets are those that it was saved with.
    pub async fn activate_revision(
        &self,
        environment: &str,
        name: &str,
        number: u64,
        if_match: Option<u64>,
    ) -> Result<ConnectorView, SetupError> {
        let environment = self.environment(environment).await?;
        let missing = || SetupError::not_found("revision", format!("{name}#{number}"));
        let row = self.store.revision(&environment.name, name, number).await?.ok_or_else(missing)?;
        let digest = Digest::parse(&row.component_digest).ok_or_else(missing)?;
        let _code = self.loader.load(&digest).await?;
        let _turn = self.turn.lock().await;
        match self.store.serve_revision(&environment.name, name, number, if_match).await? {
            StoreSaved::Missing => return Err(missing()),
            StoreSaved::Stale { current } => return Err(SetupError::Stale { given: if_match.unwrap_or(0), current }),
            StoreSaved::Revision { .. } => {}
        }
        self.refresh(&environment.name).await?;
        self.show(&environment, name, &row).await
    }

    /// Delete a connector. Refused while sign-in depends on it, unless forced.
    pub async fn delete_connector(&self, environment: &str, name: &str, force: bool) -> Result<(), SetupError> {
        let environment = self.environment(environment).await?;
        let _turn = self.turn.lock().await;
        let missing = || SetupError::not_found("connector", name);
        self.store.connector(&environment.name, name).await?.ok_or_else(missing)?;
        let channel = self.store.channel(&environment.name, "sms").await?;
        if channel.active.as_deref() == Some(name) && !force {
            let by = vec![format!(
                "channel `sms` of `{}`: every verification and message would be refused with no-active-connector",
                environment.name
            )];
            return Err(SetupError::InUse { what: format!("connector `{name}`"), by });
        }
        self.store.delete_connector(&environment.name, name).await?;
        self.refresh(&environment.name).await
    }

    /// Connectors of an environment, the active one first.
    pub async fn connectors(&self, environment: &str) -> Result<Vec<ConnectorView>, SetupError> {
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
        let mut views = Vec::new();
        for revision in self.store.revisions(&environment.name, name).await? {
            views.push(RevisionView {
                revision: revision.number,
                serving: row.serving == Some(revision.number),
                component: self.component_name(&revision.component_digest).await?,
                config: shown_config(&revision),
                templates: revision.templates,
                senders: revision.senders,
                created_at: revision.created_at,
            });
        }
        Ok(views)
    }

    async fn show(
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
            serving: row.and_then(|row| row.serving),
            active: channel.active.as_deref() == Some(name),
            config: shown_config(revision),
            templates: revision.templates.clone(),
            senders: revision.senders.clone(),
            overrides: self.overrides(environment, asked.as_ref()),
            granted: asked.map(|asked| asked.words()).unwrap_or_default(),
            created_at: revision.created_at,
        })
    }

    fn overrides(&self, environment: &EnvironmentRow, asked: Option<&Asked>) -> BTreeMap<String, String> {
        let Some(asked) = asked.filter(|_| environment.is_development()) else { return BTreeMap::new() };
        let named = |host: &str| asked.hosts.iter().any(|pattern| pattern.to_string() == host);
        let overrides = self.egress.overrides().iter().filter(|(host, _)| named(host));
        overrides.map(|(host, target)| (host.clone(), target.to_string())).collect()
    }

    async fn component_name(&self, digest: &str) -> Result<String, SetupError> {
        let row = self.store.component_by_digest(digest).await?;
        Ok(row.map_or_else(|| digest.to_owned(), |row| format!("{}@{}", row.id, row.version)))
    }

    async fn newest_revision(&self, environment: &str, name: &str) -> Result<Option<RevisionRow>, SetupError> {
        let Some(row) = self.store.connector(environment, name).await? else { return Ok(None) };
        Ok(self.store.revision(environment, name, row.newest).await?)
    }

    pub(super) async fn environment(&self, name: &str) -> Result<EnvironmentRow, SetupError> {
        self.store.environment(name).await?.ok_or_else(|| SetupError::not_found("environment", name))
    }
}

fn connector_name(name: &str) -> Result<(), SetupError> {
    let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if fits && (1..=64).contains(&name.len()) {
        return Ok(());
    }
    let text = "a connector's name has 1 to 64 lower-case letters, digits, `-` and `_`";
    Err(SetupError::Refused { what: "the connector", reasons: vec![Reason::at("name", "/name", text)] })
}

/// The versions that the newest revision has of the secrets that are kept.
fn kept_versions(kept: &[String], newest: Option<&RevisionRow>) -> BTreeMap<String, u32> {
    let versions = newest.map(|revision| revision.secret_versions.clone()).unwrap_or_default();
    versions.into_iter().filter(|(field, _)| kept.contains(field)).collect()
}

/// Granted by itself: what a built-in component asks for, and what is no wider than what was granted before.
fn approve(
    asked: &Asked,
    component: &ComponentRow,
    newest: Option<&RevisionRow>,
    put: &PutConnector,
) -> Result<(), SetupError> {
    let before: Option<Asked> = newest.and_then(|revision| serde_json::from_value(revision.approved.clone()).ok());
    let digest = asked.digest();
    let granted = component.built_in
        || put.grant_all
        || before.is_some_and(|before| asked.is_within(&before))
        || put.approve.as_deref() == Some(digest.as_str());
    if granted { Ok(()) } else { Err(SetupError::ApprovalNeeded { digest, asks: asked.words() }) }
}

/// A secret that the request does not bring goes only where it was approved to go when it was given.
fn keep_only_where_approved(
    kept: &[SecretRow],
    bindings: &BTreeMap<String, Binding>,
    grant_all: bool,
) -> Result<(), SetupError> {
    let mut fields = Vec::new();
    for row in kept {
        let field = &row.field;
        let approved: Vec<Binding> = serde_json::from_value(row.bindings.clone()).unwrap_or_default();
        let fits = |binding: &Binding| approved.iter().any(|wider| binding.is_within(wider));
        if !bindings.values().filter(|binding| binding.secrets().contains(field)).all(fits) && !grant_all {
            fields.push(field.clone());
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(SetupError::SecretRebound { fields }) }
}

/// The configuration with `{"set": true}` in place of each secret.
fn shown_config(revision: &RevisionRow) -> Value {
    let mut config: Map<String, Value> = revision.config.as_object().cloned().unwrap_or_default();
    for field in revision.secret_versions.keys() {
        config.insert(field.clone(), json!({ "set": true }));
    }
    Value::Object(config)
}
