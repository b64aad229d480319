//! What is promoted, and what never is: judged before anything else, and refused in a preview too, since nothing that
//! the request could bring along would help.

use std::collections::BTreeSet;

use super::Promote;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::setup::changes::escaped;
use crate::setup::{INBOX_HOST, Setup, SetupError};
use crate::store::{ChannelRow, ComponentRow, EnvironmentRow, RevisionRow, Rule};

/// A connector that is promoted, as it serves in the environment that it is taken from.
pub(super) struct Chosen {
    pub(super) name: String,
    /// Where the request names it.
    pub(super) pointer: String,
    pub(super) row: RevisionRow,
    pub(super) component: ComponentRow,
    pub(super) package: Package,
}

/// Every connector that the channel names, the active one first.
pub(super) fn named_by(channel: &ChannelRow) -> Vec<&String> {
    let all = channel.active.iter().chain(&channel.fallback).chain(channel.routes.iter().flat_map(Rule::connectors));
    let mut seen = BTreeSet::new();
    all.filter(|name| seen.insert(*name)).collect()
}

pub(super) fn refused(reasons: Vec<Reason>) -> SetupError {
    SetupError::Refused { what: "the promotion", reasons }
}

impl Setup {
    /// The environment that gets it.
    pub(super) async fn promotion_target(
        &self,
        from: &EnvironmentRow,
        promote: &Promote,
    ) -> Result<EnvironmentRow, SetupError> {
        let refuse = |code, pointer, text: &str| Err(refused(vec![Reason::at(code, pointer, text)]));
        if promote.to == from.name {
            return refuse("itself", "/to", "an environment is promoted to another one, not to itself");
        }
        match self.store.environment(&promote.to).await? {
            None => refuse("unknown-environment", "/to", &format!("there is no environment `{}`", promote.to)),
            Some(target) if promote.copy_secrets && target.is_development() => {
                let text = format!(
                    "`{}` is of kind development, and secrets are never copied into one: give its own in `secrets`",
                    target.name
                );
                refuse("copy-into-development", "/copy_secrets", &text)
            }
            Some(target) => Ok(target),
        }
    }

    /// The connectors that are promoted.
    pub(super) async fn chosen(&self, from: &EnvironmentRow, promote: &Promote) -> Result<Vec<Chosen>, SetupError> {
        let channel = self.store.channel(&from.name, "sms").await?;
        let (mut chosen, mut faults) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (pointer, name) in named(&from.name, promote, &channel)? {
            if !seen.insert(name.clone()) {
                faults.push(Reason::at("twice", &pointer, &format!("`{name}` is named twice")));
                continue;
            }
            match self.serving_in(from, &name).await? {
                None => {
                    let text = format!("no connector `{name}` serves in `{}`", from.name);
                    faults.push(Reason::at("unknown-connector", &pointer, &text));
                }
                Some((_, _, package)) if package.manifest.hosts.iter().any(|host| host == INBOX_HOST) => {
                    faults.push(inbox_stays(&from.name, &promote.to, &name, &pointer));
                }
                Some((row, component, package)) => chosen.push(Chosen { name, pointer, row, component, package }),
            }
        }
        faults.extend(strangers(promote, &chosen));
        if !faults.is_empty() {
            return Err(refused(faults));
        }
        let quarantined = chosen.iter().find_map(|one| Some((one, one.row.quarantined.clone()?)));
        match quarantined {
            Some((one, why)) => Err(SetupError::Quarantined { name: one.name.clone(), revision: one.row.number, why }),
            None => Ok(chosen),
        }
    }

    async fn serving_in(
        &self,
        environment: &EnvironmentRow,
        name: &str,
    ) -> Result<Option<(RevisionRow, ComponentRow, Package)>, SetupError> {
        let connector = self.store.connector(&environment.name, name).await?;
        let Some(number) = connector.and_then(|row| row.serving) else { return Ok(None) };
        let Some(row) = self.store.revision(&environment.name, name, number).await? else { return Ok(None) };
        let component = self.store.component_by_digest(&row.component_digest).await?;
        let component = component.ok_or_else(|| SetupError::not_found("component", row.component_digest.clone()))?;
        let package = Package::from_json(&component.package)
            .map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        Ok(Some((row, component, package)))
    }
}

/// Each connector by where the request names it.
fn named(from: &str, promote: &Promote, channel: &ChannelRow) -> Result<Vec<(String, String)>, SetupError> {
    if let Some(names) = &promote.connectors {
        let pointed = names.iter().enumerate().map(|(index, name)| (format!("/connectors/{index}"), name.clone()));
        return Ok(pointed.collect());
    }
    if channel.active.is_none() {
        let text = format!("no connector is active in `{from}`: activate the one that was tested, or name some here");
        return Err(refused(vec![Reason::at("no-active-connector", "/connectors", &text)]));
    }
    Ok(named_by(channel).into_iter().map(|name| ("/connectors".to_owned(), name.clone())).collect())
}

fn inbox_stays(from: &str, to: &str, name: &str, pointer: &str) -> Reason {
    let text = format!(
        "`{name}` speaks to the development inbox, and is never promoted: let the connector that is to send in `{to}` take \
         its place in `{from}` (PUT /v1/environments/{from}/channels/sms), or name what to promote in `connectors`"
    );
    Reason::at("development-only", pointer, &text)
}

/// Secrets and approvals for connectors that are not promoted, secrets that no manifest knows.
fn strangers(promote: &Promote, chosen: &[Chosen]) -> Vec<Reason> {
    let find = |name: &String| chosen.iter().find(|one| one.name == *name);
    let unknown = |list: &str, name: &String| {
        let pointer = format!("/{list}/{}", escaped(name));
        Reason::at("unknown-connector", &pointer, &format!("`{name}` is not among what is promoted"))
    };
    let mut faults = Vec::new();
    for (name, secrets) in &promote.secrets {
        let Some(one) = find(name) else {
            faults.push(unknown("secrets", name));
            continue;
        };
        for field in secrets.keys().filter(|field| !one.package.manifest.secrets.contains(field)) {
            let pointer = format!("/secrets/{}/{}", escaped(name), escaped(field));
            let text = format!("component `{}` has no secret of this name", one.package.manifest.id);
            faults.push(Reason::at("unknown-secret", &pointer, &text));
        }
    }
    faults.extend(promote.approve.keys().filter(|name| find(name).is_none()).map(|name| unknown("approve", name)));
    faults
}
