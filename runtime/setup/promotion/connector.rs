//! One connector of a promotion, judged where it goes to: the same judgement as a `PUT` there, after what the request
//! has to bring was found out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::chosen::{Chosen, refused};
use super::secrets::needed;
use super::view::{Action, PromotedConnector};
use super::{Approval, Journey};
use crate::connector::reason::Reason;
use crate::connector::schema;
use crate::setup::approval::Asked;
use crate::setup::changes::{changes, escaped, of_revision};
use crate::setup::connectors::judge::{Judged, is_granted};
use crate::setup::{PutConnector, Setup, SetupError, connectors, judging};
use crate::store::RevisionRow;
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

/// What a connector's promotion depends on.
pub(super) struct Case<'a> {
    pub(super) journey: &'a Journey<'a>,
    pub(super) chosen: &'a Chosen,
    pub(super) there: &'a There,
}

/// The connector as it is in the environment that it goes to.
pub(super) struct There {
    pub(super) newest: Option<RevisionRow>,
    serving: Option<RevisionRow>,
    /// Component of the serving revision.
    component: Option<String>,
}

impl Setup {
    pub(super) async fn propose_connector(
        &self,
        journey: &Journey<'_>,
        texts: &Shared,
        chosen: &Chosen,
    ) -> Result<Proposal, SetupError> {
        let there = self.there(journey, &chosen.name).await?;
        let case = Case { journey, chosen, there: &there };
        let (put, copied) = self.put_of(&case).await?;
        let component = put.component.clone();
        let mut proposal = Proposal {
            shown: PromotedConnector {
                name: chosen.name.clone(),
                action: if there.serving.is_some() { Action::Changed } else { Action::Created },
                digest: chosen.component.digest.clone(),
                from_revision: chosen.row.number,
                revision: there.serving.as_ref().map(|row| row.number),
                changes: differences(chosen, &component, &there),
                component,
                asks: Vec::new(),
                approve: None,
                secrets: BTreeMap::new(),
            },
            put,
            judged: None,
            needs: Vec::new(),
            warnings: development_build(chosen).into_iter().collect(),
        };
        match judging::split(&chosen.package.manifest, &proposal.put.config) {
            Err(fault) => proposal.needs.push(moved(chosen, &fault)),
            Ok(split) => {
                let public = schema::with_defaults(&chosen.package.schema, &split.public);
                let faults = |faults: Vec<Reason>| refused(faults.iter().map(|fault| moved(chosen, fault)).collect());
                let (hosts, bindings) = judging::resolve(&chosen.package.manifest, &public).map_err(faults)?;
                let fates = self.fates(&case, &split, &copied, &bindings).await?;
                proposal.needs.extend(fates.iter().filter_map(|(field, fate)| needed(&case, field, *fate)));
                proposal.shown.secrets = fates;
                let asked = Asked::new(&chosen.package.manifest, &hosts, &bindings, &self.limits);
                ask_for_approval(&case, &asked, &mut proposal);
            }
        }
        if proposal.needs.is_empty() {
            self.judge_promoted(&case, texts, &mut proposal).await?;
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

    /// As a `PUT` is judged.
    async fn judge_promoted(&self, case: &Case<'_>, texts: &Shared, proposal: &mut Proposal) -> Result<(), SetupError> {
        let Case { journey, chosen, there } = case;
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
            self.keep_what_was_given_before(&journey.to.name, &chosen.name, &mut judged).await?;
        }
        if is_there(&judged, &proposal.put, there) {
            proposal.shown.action = Action::Unchanged;
        } else {
            proposal.judged = Some(judged);
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

fn differences(chosen: &Chosen, component: &str, there: &There) -> Vec<crate::setup::changes::Change> {
    let before = match (&there.serving, &there.component) {
        (Some(row), Some(component)) => of_revision(component, row),
        _ => Value::Object(Map::new()),
    };
    let after = of_revision(component, &chosen.row);
    changes(&before, &after)
}

fn ask_for_approval(case: &Case<'_>, asked: &Asked, proposal: &mut Proposal) {
    let Case { chosen, there, .. } = case;
    proposal.shown.asks = asked.words();
    if is_granted(asked, &chosen.component, there.newest.as_ref(), &proposal.put) {
        return;
    }
    proposal.shown.approve = Some(asked.digest());
    let pointer = format!("/approve/{}", escaped(&chosen.name));
    let asks = asked.words();
    proposal.needs.extend(asks.iter().map(|ask| Reason::at("approval-needed", &pointer, ask)));
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
