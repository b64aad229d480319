//! Connectors: saved as immutable revisions, swapped in, rolled back, deleted.

mod compare;
mod dependents;
pub(super) mod judge;
mod naming;
mod place;
mod replacement;
mod request;
pub(super) mod same;
mod view;

use serde_json::{Value, json};

use super::building::aad;
use super::{Setup, SetupError};
use crate::actor::Actor;
use crate::connector::digest::Digest;
use crate::connector::reason::Reason;
use crate::credentials::{Binding, MASKED_BYTES_MIN};
use crate::store::{EnvironmentRow, GivenSecret, NewRevision, RevisionRow, Saved as StoreSaved, Why};

pub use compare::{Comparison, Difference, Kind};
pub use dependents::{Dependent, Dependents};
use judge::Judged;
pub(super) use naming::connector_name;
pub use replacement::{LeftTemplate, Replacement};
pub use request::PutConnector;
pub use view::{ConnectorView, RevisionDetail, RevisionView};

/// What saving came to.
pub struct Saved {
    /// The connector as it is now.
    pub connector: ConnectorView,
    /// Whether it is new.
    pub new: bool,
    /// What an operator should know of it, though it was saved.
    pub warnings: Vec<String>,
}

impl Saved {
    /// As the audit log tells it.
    pub fn told(&self) -> Value {
        let ConnectorView { revision, component, serving, active, .. } = &self.connector;
        json!({"revision": revision, "component": component, "serving": serving, "active": active, "new": self.new})
    }
}

impl Setup {
    /// Save a revision and swap it in. What is there already is not saved again.
    pub async fn put_connector(&self, environment: &str, name: &str, put: PutConnector) -> Result<Saved, SetupError> {
        let environment = self.environment(environment).await?;
        // Compiled before anything is stored: what does not run never serves. A built-in one was run when this program
        // was made, and is compiled in the background, so that a first start is quick.
        let component = self.wanted_component(&put).await?;
        let digest = Digest::parse(&component.digest);
        let digest = digest.ok_or_else(|| SetupError::not_found("component", &put.component))?;
        let code = if component.built_in { None } else { Some(self.ready(&digest).await?) };
        // Judged in turn, since a judgement builds on the revision before: its grants, and the secrets that are kept.
        let _turn = self.turns.of(&environment.name).await?;
        let before = self.store.connector(&environment.name, name).await?;
        let mut judged = naming::judged(name, self.judge_connector(&environment, name, &put).await)?;
        let mut warnings = warnings(&judged);
        warnings.extend(self.left_to_the_old_one(&environment.name, name, &put).await?);
        let current = before.as_ref().map_or(0, |row| row.newest);
        if let Some(given) = put.if_match.filter(|given| *given != current) {
            return Err(SetupError::Stale { given, current });
        }
        if let Some(row) = self.saved_before(&environment.name, name, &put, &judged).await? {
            self.make_active(&environment.name, name, &put).await?;
            return Ok(Saved { connector: self.show(&environment, name, &row).await?, new: false, warnings });
        }
        self.keep_what_was_given_before(&environment.name, name, &mut judged).await?;
        let saved = self.store.save_revision(self.revision(&environment, name, &put, judged)).await?;
        if let (StoreSaved::Stale { current }, Some(given)) = (&saved, put.if_match) {
            return Err(SetupError::Stale { given, current: *current });
        }
        self.refresh(&environment.name).await?;
        drop(code);
        Ok(Saved { connector: self.connector(&environment.name, name).await?, new: before.is_none(), warnings })
    }

    /// The revision that says all this already. A quarantined one is saved anew: that is the word that it may serve.
    async fn saved_before(
        &self,
        environment: &str,
        name: &str,
        put: &PutConnector,
        judged: &Judged,
    ) -> Result<Option<RevisionRow>, SetupError> {
        let row = self.counterpart(environment, name, put.serve).await?.filter(|row| row.quarantined.is_none());
        let Some(row) = row else { return Ok(None) };
        Ok(self.says_the_same(environment, name, put, judged, &row).await?.then_some(row))
    }

    /// A set-up that was judged, as the store takes it.
    pub(super) fn revision(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        put: &PutConnector,
        judged: Judged,
    ) -> NewRevision {
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
            replaces: put.replaces.clone(),
            if_match: put.if_match,
            by: put.by.clone(),
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
        by: Option<Actor>,
    ) -> Result<ConnectorView, SetupError> {
        let environment = self.environment(environment).await?;
        let missing = || SetupError::not_found("revision", format!("{name}#{number}"));
        let row = self.store.revision(&environment.name, name, number).await?.ok_or_else(missing)?;
        let digest = Digest::parse(&row.component_digest).ok_or_else(missing)?;
        let _code = self.ready(&digest).await?;
        let _turn = self.turns.of(&environment.name).await?;
        self.may_serve(&environment.name, name, number).await?;
        let by = self.occasion(by, Why::Activate);
        match self.store.serve_revision(&environment.name, name, number, if_match, by).await? {
            StoreSaved::Missing => return Err(missing()),
            StoreSaved::Stale { current } => return Err(SetupError::Stale { given: if_match.unwrap_or(0), current }),
            StoreSaved::Revision { .. } => {}
        }
        self.refresh(&environment.name).await?;
        self.show(&environment, name, &row).await
    }

    /// Delete a connector. Refused while sign-in depends on it, unless forced.
    pub async fn delete_connector(
        &self,
        environment: &str,
        name: &str,
        force: bool,
        by: Option<Actor>,
    ) -> Result<(), SetupError> {
        let environment = self.environment(environment).await?;
        let _turn = self.turns.of(&environment.name).await?;
        let missing = || SetupError::not_found("connector", name);
        self.store.connector(&environment.name, name).await?.ok_or_else(missing)?;
        let channel = self.store.channel(&environment.name, "sms").await?;
        let used_by = self.depends_on(&environment.name, &channel, name).await?;
        if !used_by.is_empty() && !force {
            let by = used_by.iter().map(ToString::to_string).collect();
            return Err(SetupError::InUse { what: format!("connector `{name}`"), by });
        }
        self.store.delete_connector(&environment.name, name, self.occasion(by, Why::Delete)).await?;
        self.refresh(&environment.name).await
    }

    /// Whether a revision may serve still. Asked in turn, so that nothing of it goes between the question and the swap.
    pub(super) async fn may_serve(&self, environment: &str, name: &str, number: u64) -> Result<(), SetupError> {
        let row = self.store.revision(environment, name, number).await?;
        let row = row.ok_or_else(|| SetupError::not_found("revision", format!("{name}#{number}")))?;
        if let Some(why) = row.quarantined {
            return Err(SetupError::Quarantined { name: name.to_owned(), revision: number, why });
        }
        let secrets = self.store.secrets(environment, name, &row.secret_versions).await?;
        let erased = row.secret_versions.keys().filter(|field| !secrets.iter().any(|secret| secret.field == **field));
        let fields: Vec<String> = erased.cloned().collect();
        if fields.is_empty() { Ok(()) } else { Err(SetupError::SecretErased { fields }) }
    }

    /// Erase a secret that is compromised, in every version that the serving revision does not use, or in one. Revisions
    /// that need it can't be rolled back to any more.
    pub async fn erase_secret(
        &self,
        environment: &str,
        name: &str,
        field: &str,
        version: Option<u32>,
    ) -> Result<Vec<u32>, SetupError> {
        let environment = self.environment(environment).await?;
        let _turn = self.turns.of(&environment.name).await?;
        let came = self.store.erase_secret(&environment.name, name, field, version).await?;
        let came = came.ok_or_else(|| SetupError::not_found("secret", format!("{name}/{field}")))?;
        match came.in_use {
            Some(used) if came.erased.is_empty() => Err(SetupError::InUse {
                what: format!("version {used} of secret `{field}`"),
                by: vec![format!("the serving revision of `{name}`: save one with a new secret first")],
            }),
            _ => Ok(came.erased),
        }
    }

    pub(super) async fn newest_revision(
        &self,
        environment: &str,
        name: &str,
    ) -> Result<Option<RevisionRow>, SetupError> {
        let Some(row) = self.store.connector(environment, name).await? else { return Ok(None) };
        Ok(self.store.revision(environment, name, row.newest).await?)
    }

    pub(super) async fn environment(&self, name: &str) -> Result<EnvironmentRow, SetupError> {
        self.store.environment(name).await?.ok_or_else(|| SetupError::not_found("environment", name))
    }
}

/// Secrets that the net below the wall can't look for, and texts that cost more or arrive less often than they could.
pub(super) fn warnings(judged: &Judged) -> Vec<String> {
    let short = judged.given.iter().filter(|(_, secret)| secret.expose().len() < MASKED_BYTES_MIN);
    let words = |field: &String| {
        format!("`{field}` has fewer than {MASKED_BYTES_MIN} bytes: it is not masked where a provider echoes it")
    };
    short.map(|(field, _)| words(field)).chain(judged.warnings.iter().map(Reason::to_string)).collect()
}
