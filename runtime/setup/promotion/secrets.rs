//! The secrets of a promoted connector: those of the environment that it goes to stay, unless the request brings others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::chosen::Chosen;
use super::connector::Case;
use super::view::Fate;
use crate::connector::reason::Reason;
use crate::credentials::Binding;
use crate::setup::changes::escaped;
use crate::setup::connectors::judge::kept_versions;
use crate::setup::connectors::same::goes_where_it_may;
use crate::setup::judging::Split;
use crate::setup::{PutConnector, Setup, SetupError};

impl Setup {
    /// The `PUT` that the promotion of this connector is, and which of its secrets are copies.
    pub(super) async fn put_of(&self, case: &Case<'_>) -> Result<(PutConnector, BTreeSet<String>), SetupError> {
        let Case { journey, chosen, .. } = case;
        let Chosen { name, row, component, .. } = chosen;
        let mut config: Map<String, Value> = row.config.as_object().cloned().unwrap_or_default();
        config.extend(journey.promote.secrets.get(name).cloned().unwrap_or_default());
        let mut copied = BTreeSet::new();
        if journey.promote.copy_secrets {
            // One that was erased meanwhile can't be copied, and is asked for.
            let sealed = self.store.secrets(&journey.from.name, name, &row.secret_versions).await?;
            for (field, secret) in self.open_secrets(&journey.from.name, name, &sealed)? {
                if !config.contains_key(&field) {
                    config.insert(field.clone(), Value::String(secret.expose().clone()));
                    copied.insert(field);
                }
            }
        }
        let put = PutConnector {
            component: format!("{}@{}", component.id, component.version),
            config: Value::Object(config),
            templates: row.templates.clone(),
            senders: row.senders.clone(),
            approve: journey.promote.approve.get(name).cloned(),
            ..PutConnector::default()
        };
        Ok((put, copied))
    }

    /// What becomes of each secret.
    pub(super) async fn fates(
        &self,
        case: &Case<'_>,
        split: &Split,
        copied: &BTreeSet<String>,
        bindings: &BTreeMap<String, Binding>,
    ) -> Result<BTreeMap<String, Fate>, SetupError> {
        let Case { journey, chosen, there } = case;
        let versions = kept_versions(&split.kept, there.newest.as_ref());
        let own = self.store.secrets(&journey.to.name, &chosen.name, &versions).await?;
        let was_there = |field: &str| there.newest.as_ref().is_some_and(|row| row.secret_versions.contains_key(field));
        let fate = |field: &String| {
            if copied.contains(field) {
                return Some(Fate::Copied);
            }
            if split.given.contains_key(field) {
                return Some(Fate::Given);
            }
            if split.removed.contains(field) {
                return was_there(field).then_some(Fate::Removed);
            }
            match own.iter().find(|row| row.field == *field) {
                Some(row) if goes_where_it_may(row, bindings) => Some(Fate::Kept),
                Some(_) => Some(Fate::Rebound),
                // What was tested had it; whether it could do without is not for us to guess.
                None => chosen.row.secret_versions.contains_key(field).then_some(Fate::Needed),
            }
        };
        let fields = chosen.package.manifest.secrets.iter();
        Ok(fields.filter_map(|field| Some((field.clone(), fate(field)?))).collect())
    }
}

/// Why a secret has to be brought, if it has to.
pub(super) fn needed(case: &Case<'_>, field: &str, fate: Fate) -> Option<Reason> {
    let (journey, name) = (case.journey, &case.chosen.name);
    let pointer = format!("/secrets/{}/{}", escaped(name), escaped(field));
    let to = &journey.to.name;
    match fate {
        Fate::Needed => {
            let copy = match (journey.to.is_development(), journey.promote.copy_secrets) {
                (false, false) => format!(", or copy that of `{}` with `copy_secrets`", journey.from.name),
                _ => String::new(),
            };
            let text = format!("`{to}` has no `{field}` for `{name}`: give it{copy}");
            Some(Reason::at("secret-needed", &pointer, &text))
        }
        Fate::Rebound => {
            let text = format!("give `{field}` again: the one of `{to}` would go where it was not approved to go");
            Some(Reason::at("secret-rebound", &pointer, &text))
        }
        _ => None,
    }
}
