//! Promotion: what was tested in one environment goes to another, in one step.
//!
//! Promise: it is many `PUT`s judged together and written together. Everything is judged against the environment that
//! gets it, before anything is stored: what a component asks for is approved there, and that environment's own secrets
//! stay and go only where they were given for. Then one transaction and one swap; whatever goes wrong before leaves all
//! as it was. Secrets stay where they are unless the request asks for a copy, and a copy is sealed anew for its place.

mod channel;
mod chosen;
mod connector;
mod documents;
mod secrets;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Approval, PutConnector, Setup, SetupError};
use crate::actor::Actor;
use crate::connector::digest::Digest;
use crate::connector::sandbox::Component;
use crate::store::{ChannelRow, EnvironmentRow, NewDocument, NewPromotion};

use chosen::Chosen;
use connector::Proposal;
pub use view::{Action, Fate, PromotedConnector, Promotion, Way};

/// `POST /v1/environments/{env}/promote`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promote {
    /// The environment that gets the set-up.
    #[schema(example = "production")]
    pub to: String,
    /// Connectors, each in the revision that serves. Unless given: the active one, the fallbacks and those that the
    /// routes name.
    #[serde(default)]
    pub connectors: Option<Vec<String>>,
    /// Secrets for the environment that gets them, by connector and field. As in a connector's configuration: left out
    /// or `{"set": true}` keeps the one that is there, null removes it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub secrets: BTreeMap<String, BTreeMap<String, Value>>,
    /// Copy those that `secrets` does not name, also in place of ones that are there. Never into an environment of kind
    /// development.
    #[serde(default)]
    pub copy_secrets: bool,
    /// Digests of what components ask for, to approve it, by connector.
    #[serde(default)]
    pub approve: BTreeMap<String, String>,
    /// Only tell what it would come to.
    #[serde(skip)]
    pub dry_run: bool,
    /// Who asks.
    #[serde(skip)]
    pub by: Option<Actor>,
}

/// From where to where, and what the request says.
struct Journey<'a> {
    from: &'a EnvironmentRow,
    to: &'a EnvironmentRow,
    promote: &'a Promote,
}

/// What would be written, and what it is told as.
struct Plan {
    proposals: Vec<Proposal>,
    channel: Option<ChannelRow>,
    documents: Vec<NewDocument>,
    shown: Promotion,
}

impl Setup {
    /// Promote, or tell what it would come to.
    pub async fn promote(&self, from: &str, promote: Promote) -> Result<Promotion, SetupError> {
        let from = self.environment(from).await?;
        let to = self.promotion_target(&from, &promote).await?;
        // Compiled before anything is stored and while nobody waits, as for a revision that is saved.
        let _code =
            if promote.dry_run { Vec::new() } else { self.code_of(&self.chosen(&from, &promote).await?).await? };
        let _turn = self.turns.of(&to.name).await?;
        let chosen = self.chosen(&from, &promote).await?;
        // Nothing to wait for, unless another component came to serve there this very moment.
        let _same = if promote.dry_run { Vec::new() } else { self.code_of(&chosen).await? };
        let plan = self.plan(&Journey { from: &from, to: &to, promote: &promote }, chosen).await?;
        if promote.dry_run {
            return Ok(plan.shown);
        }
        if !plan.shown.needs.is_empty() {
            let approvals = plan.proposals.iter().filter_map(Proposal::approval).collect();
            return Err(SetupError::NotPromoted { reasons: plan.shown.needs, approvals });
        }
        self.carry_out(&to, plan, promote.by).await
    }

    async fn plan(&self, journey: &Journey<'_>, chosen: Vec<Chosen>) -> Result<Plan, SetupError> {
        let channel = self.propose_channel(journey, &chosen).await?;
        let somebody_sends = channel.shown.after.active.is_some();
        let documents = self.propose_documents(journey, &chosen, somebody_sends).await?;
        let (mut needs, mut warnings) = (documents.needs, documents.warnings);
        warnings.extend(channel.warning);
        let (mut proposals, mut connectors) = (Vec::new(), Vec::new());
        for one in chosen {
            let proposal = self.propose_connector(journey, &documents.texts, &one).await?;
            needs.extend(proposal.needs.iter().cloned());
            warnings.extend(proposal.warnings.iter().cloned());
            connectors.push(proposal.shown.clone());
            proposals.push(proposal);
        }
        let shown = Promotion {
            from: journey.from.name.clone(),
            to: journey.to.name.clone(),
            dry_run: journey.promote.dry_run,
            ready: needs.is_empty(),
            needs,
            warnings,
            connectors,
            channel: channel.shown,
            documents: documents.shown,
        };
        Ok(Plan { proposals, channel: channel.row, documents: documents.new, shown })
    }

    /// One transaction, then one swap.
    async fn carry_out(&self, to: &EnvironmentRow, plan: Plan, by: Option<Actor>) -> Result<Promotion, SetupError> {
        let Plan { proposals, channel, documents, mut shown } = plan;
        let mut revisions = Vec::new();
        let mut places = Vec::new();
        for (index, proposal) in proposals.into_iter().enumerate() {
            let name = proposal.shown.name;
            if let Some(judged) = proposal.judged {
                places.push(index);
                let put = PutConnector { by: by.clone(), ..proposal.put };
                revisions.push(self.revision(to, &name, &put, judged));
            }
        }
        if revisions.is_empty() && channel.is_none() && documents.is_empty() {
            return Ok(shown);
        }
        let promotion =
            NewPromotion { environment: to.name.clone(), revisions, channel, documents, by, now: self.clock.now() };
        let numbers = self.store.promote(promotion).await?;
        let numbers = numbers.ok_or_else(|| SetupError::Moved(to.name.clone()))?;
        for (index, number) in places.into_iter().zip(numbers) {
            if let Some(connector) = shown.connectors.get_mut(index) {
                connector.revision = Some(number);
            }
        }
        self.refresh(&to.name).await?;
        Ok(shown)
    }

    /// What is loaded stays loaded while it is held. Built-in ones are compiled when they are first needed.
    async fn code_of(&self, chosen: &[Chosen]) -> Result<Vec<Arc<Component>>, SetupError> {
        let uploaded = chosen.iter().filter(|one| !one.component.built_in);
        let digests: BTreeSet<&String> = uploaded.map(|one| &one.component.digest).collect();
        let mut code = Vec::new();
        for digest in digests {
            let parsed = Digest::parse(digest);
            let parsed = parsed.ok_or_else(|| SetupError::not_found("component", digest.clone()))?;
            code.push(self.ready(&parsed).await?);
        }
        Ok(code)
    }
}
