//! One connector of a promotion, judged where it goes to: the same judgement as a `PUT` there, after what the request
//! has to bring was found out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::changes::{changes, escaped, of_revision};
use super::chosen::Chosen;
use super::view::{Action, Fate, PromotedConnector};
use super::{Approval, Journey};
use crate::connector::reason::Reason;
use crate::connector::schema;
use crate::credentials::Binding;
use crate::setup::approval::Asked;
use crate::setup::connectors::judge::{Judged, is_granted, keep_only_where_approved, kept_versions};
use crate::setup::judging::{self, Split};
use crate::setup::{PutConnector, Setup, SetupError, connectors};
use crate::store::{RevisionRow, SecretRow};
use crate::texts::Shared;

/// What becomes of a connector.
pub(super) struct Proposal {
    pub(super) put: PutConnector,
    /// What to save; none if it is there already, or can't be saved.
    pub(super) judged: Option<Judged>,
    pub(super) shown: PromotedConnector,
    pub(super) needs: Vec<Reason>,
    pub(super) warnings: Vec<Reason>,
}

impl Proposal {
    /// What an operator has to approve, by the connector's name.
    pub(super) fn approval(&self) -> Option<(String, Approval)> {
        let digest = self.shown.approve.clone()?;
        Some((self.shown.name.clone(), Approval { digest, asks: self.shown.asks.clone() }))
    }
}

/// The connector as it is in the environment that it goes to.
struct There {
    newest: Option<RevisionRow>,
    serving: Option<RevisionRow>,
    /// Component of the serving revision.
    component: Option<String>,
}

impl Setup {
    pub(super) async fn propose_connector(
        &self,
        journey: &Journey<'_>,
        texts: &Shared,
        chosen: Chosen,
    ) -> Result<Proposal, SetupError> {
        let there = self.there(journey, &chosen.name).await?;
        let (put, copied) = self.put_of(journey, &chosen).await?;
        let component = put.component.clone();
        let mut proposal = Proposal {
            shown: PromotedConnector {
                name: chosen.name.clone(),
                action: if there.serving.is_some() { Action::Changed } else { Action::Created },
                digest: chosen.component.digest.clone(),
                from_revision: chosen.row.number,
                revision: there.serving.as_ref().map(|row| row.number),
                changes: differences(&chosen, &component, &there),
                component,
                asks: Vec::new(),
                approve: None,
                secrets: BTreeMap::new(),
            },
            put,
            judged: None,
            needs: Vec::new(),
            warnings: development_build(&chosen).into_iter().collect(),
        };
        match judging::split(&chosen.package.manifest, &proposal.put.config) {
            Err(fault) => proposal.needs.push(moved(&chosen, &fault)),
            Ok(split) => {
                let public = schema::with_defaults(&chosen.package.schema, &split.public);
                let (hosts, bindings) = judging::resolve(&chosen.package.manifest, &public)
                    .map_err(|reasons| super::chosen::refused(reasons.iter().map(|r| moved(&chosen, r)).collect()))?;
                self.ask_for_secrets(journey, &chosen, &there, &split, &copied, &bindings, &mut proposal).await?;
                let asked = Asked::new(&chosen.package.manifest, &hosts, &bindings, &self.limits);
                ask_for_approval(&chosen, &there, &asked, &mut proposal);
            }
        }
        if proposal.needs.is_empty() {
            self.judge_promoted(journey, texts, &chosen, &there, &mut proposal).await?;
        }
        Ok(proposal)
    }

    async fn there(&self, journey: &Journey<'_>, name: &str) -> Result<There, SetupError> {
        let to = &journey.to.name;
        let connector = self.store.connector(to, name).await?;
        let serving = match connector.and_then(|row| row.serving) {
            Some(number) => self.store.revision(to, name, number).await?,
            None => None,
        };
        let component = match &serving {
            Some(row) => self.store.component_by_digest(&row.component_digest).await?,
            None => None,
        };
        let component = component.map(|row| format!("{}@{}", row.id, row.version));
        Ok(There { newest: self.newest_revision(to, name).await?, serving, component })
    }

    /// The `PUT` that the promotion of this connector is, and which of its secrets are copies.
    async fn put_of(
        &self,
        journey: &Journey<'_>,
        chosen: &Chosen,
    ) -> Result<(PutConnector, BTreeSet<String>), SetupError> {
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

    /// What becomes of each secret, and which of them the request has to bring.
    #[expect(clippy::too_many_arguments, reason = "all that the fate of a secret depends on")]
    async fn ask_for_secrets(
        &self,
        journey: &Journey<'_>,
        chosen: &Chosen,
        there: &There,
        split: &Split,
        copied: &BTreeSet<String>,
        bindings: &BTreeMap<String, Binding>,
        proposal: &mut Proposal,
    ) -> Result<(), SetupError> {
        let (name, to) = (&chosen.name, &journey.to.name);
        let versions = kept_versions(&split.kept, there.newest.as_ref());
        let own = self.store.secrets(to, name, &versions).await?;
        let had = there.newest.as_ref().map(|row| &row.secret_versions);
        for field in &chosen.package.manifest.secrets {
            let kept = own.iter().find(|row| row.field == *field);
            let fate = match kept {
                _ if copied.contains(field) => Fate::Copied,
                _ if split.given.contains_key(field) => Fate::Given,
                _ if split.removed.contains(field) && had.is_some_and(|had| had.contains_key(field)) => Fate::Removed,
                _ if split.removed.contains(field) => continue,
                Some(row) if keep_only_where_approved(std::slice::from_ref(row), bindings, false).is_err() => {
                    Fate::Rebound
                }
                Some(_) => Fate::Kept,
                None if chosen.row.secret_versions.contains_key(field) => Fate::Needed,
                None => continue,
            };
            proposal.shown.secrets.insert(field.clone(), fate);
            proposal.needs.extend(needed(journey, name, field, fate));
        }
        Ok(())
    }

    /// As a `PUT` is judged.
    async fn judge_promoted(
        &self,
        journey: &Journey<'_>,
        texts: &Shared,
        chosen: &Chosen,
        there: &There,
        proposal: &mut Proposal,
    ) -> Result<(), SetupError> {
        let mut judged = match self.judge_connector_beside(journey.to, &chosen.name, &proposal.put, texts).await {
            Ok(judged) => judged,
            Err(SetupError::Refused { reasons, .. }) => {
                proposal.needs.extend(reasons.iter().map(|reason| moved(chosen, reason)));
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let warnings = connectors::warnings(&judged);
        let told =
            |text: String| Reason::at("connector", &chosen.pointer, &format!("connector `{}`: {text}", chosen.name));
        proposal.warnings.extend(warnings.into_iter().map(told));
        // A preview compares no secrets: it would tell, without a trace, whether a guess is right.
        if !journey.promote.dry_run {
            self.keep_what_is_the_same(journey, &chosen.name, there, &mut judged).await?;
        }
        if is_there(&judged, &proposal.put, there) {
            proposal.shown.action = Action::Unchanged;
        } else {
            proposal.judged = Some(judged);
        }
        Ok(())
    }

    /// A secret that is brought and is there already, for the same places, is no new one.
    async fn keep_what_is_the_same(
        &self,
        journey: &Journey<'_>,
        name: &str,
        there: &There,
        judged: &mut Judged,
    ) -> Result<(), SetupError> {
        let Some(newest) = &there.newest else { return Ok(()) };
        let sealed = self.store.secrets(&journey.to.name, name, &newest.secret_versions).await?;
        let open = self.open_secrets(&journey.to.name, name, &sealed)?;
        let fits = |row: &SecretRow| {
            keep_only_where_approved(std::slice::from_ref(row), &judged.asked.credentials, false).is_ok()
        };
        for row in sealed.iter().filter(|row| fits(row)) {
            let same = |field: &String| match (judged.given.get(field), open.get(field)) {
                (Some(given), Some(own)) => given.expose() == own.expose(),
                _ => false,
            };
            if same(&row.field) {
                judged.given.remove(&row.field);
                judged.kept.insert(row.field.clone(), row.version);
            }
        }
        Ok(())
    }
}

/// Whether the newest revision says all this already, and serves.
fn is_there(judged: &Judged, put: &PutConnector, there: &There) -> bool {
    let Some(newest) = &there.newest else { return false };
    there.serving.as_ref().is_some_and(|serving| serving.number == newest.number)
        && newest.quarantined.is_none()
        && newest.component_digest == judged.plans.component.digest
        && newest.config.as_object() == Some(&judged.plans.public)
        && newest.templates == put.templates
        && newest.senders == put.senders
        && judged.given.is_empty()
        && newest.secret_versions == judged.kept
}

fn differences(chosen: &Chosen, component: &str, there: &There) -> Vec<super::view::Change> {
    let before = match (&there.serving, &there.component) {
        (Some(row), Some(component)) => of_revision(component, row),
        _ => Value::Object(Map::new()),
    };
    let after = of_revision(component, &chosen.row);
    changes(&before, &after)
}

fn ask_for_approval(chosen: &Chosen, there: &There, asked: &Asked, proposal: &mut Proposal) {
    proposal.shown.asks = asked.words();
    if is_granted(asked, &chosen.component, there.newest.as_ref(), &proposal.put) {
        return;
    }
    proposal.shown.approve = Some(asked.digest());
    let pointer = format!("/approve/{}", escaped(&chosen.name));
    let asks = asked.words();
    proposal.needs.extend(asks.iter().map(|ask| Reason::at("approval-needed", &pointer, ask)));
}

/// Why a secret has to be brought, if it has to.
fn needed(journey: &Journey<'_>, name: &str, field: &str, fate: Fate) -> Option<Reason> {
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

/// A fault of the connector's `PUT`, by where the promotion's request could mend it.
fn moved(chosen: &Chosen, reason: &Reason) -> Reason {
    let field = reason.pointer.as_deref().and_then(|pointer| pointer.strip_prefix("/config/"));
    match field.filter(|field| chosen.package.manifest.secrets.iter().any(|secret| escaped(secret) == **field)) {
        Some(field) => Reason::at(reason.code, &format!("/secrets/{}/{field}", escaped(&chosen.name)), &reason.text),
        None => Reason::at(reason.code, &chosen.pointer, &format!("connector `{}`: {reason}", chosen.name)),
    }
}

/// A component of a watched folder is somebody's work of the hour.
fn development_build(chosen: &Chosen) -> Option<Reason> {
    let watched = chosen.component.version.contains("+dev.");
    let name = &chosen.name;
    let text = || format!("`{name}` is a build of a watched folder, {}: release it first", chosen.component.version);
    watched.then(|| Reason::at("development-build", &chosen.pointer, &text()))
}
