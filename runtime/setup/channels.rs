//! "Change connector": who is active for a channel, who is asked after it, which rules say otherwise, and which
//! revision is on trial.

mod judge;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Dependent, Setup, SetupError};
use serde_json::json;

use crate::actor::Actor;
use crate::audit::{self, Entry, action};
use crate::connector::digest::Digest;
use crate::delivery::canary::Verdict;
use crate::store::{Canary, CanaryEnd, ChannelRow, Prefer, Rule, Why};

/// A channel as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Channel {
    /// The active connector.
    pub active: Option<String>,
    /// Who is asked after it when it certainly did not send, in order.
    pub fallback: Vec<String>,
    /// Who sends what differs; the first rule that matches decides.
    pub routes: Vec<Rule>,
    /// What decides who is asked first of those that are named: the order as it stands here, or `cheapest`.
    pub prefer: Prefer,
    /// A revision on trial.
    pub canary: Option<Canary>,
    /// The last trial, if it did worse than the serving revision and was rolled back.
    pub canary_ended: Option<CanaryEnd>,
}

/// `PUT /v1/environments/{env}/channels/sms`: the whole channel. What only `GET` tells (`canary_ended`, `health`,
/// `untold`, `costs`) may be sent back and changes nothing.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutChannel {
    /// The active connector. It gets what no rule matches.
    pub active: String,
    /// Who is asked after it.
    #[serde(default)]
    pub fallback: Vec<String>,
    /// Who sends what differs. The first rule that matches decides, and what it matches goes to nobody else.
    #[serde(default)]
    pub routes: Vec<Rule>,
    /// `cheapest`: the cheapest of those that are as good as the best is asked first, in each country. `order`, or left out:
    /// the order as it stands here. A rule that splits messages by weight keeps its weights.
    #[serde(default)]
    pub prefer: Prefer,
    /// A revision to try on a share of its connector's messages; left out, a trial ends.
    #[serde(default)]
    pub canary: Option<PutCanary>,
    /// Who asks.
    #[serde(skip)]
    pub by: Option<Actor>,
    #[serde(default, rename = "canary_ended")]
    #[schema(ignore)]
    _canary_ended: IgnoredAny,
    #[serde(default, rename = "health")]
    #[schema(ignore)]
    _health: IgnoredAny,
    #[serde(default, rename = "costs")]
    #[schema(ignore)]
    _costs: IgnoredAny,
    #[serde(default, rename = "untold")]
    #[schema(ignore)]
    _untold: IgnoredAny,
}

/// A revision to try.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCanary {
    /// The connector.
    pub connector: String,
    /// A revision of it that does not serve.
    pub revision: u64,
    /// How many of a hundred of its messages go to that revision, 1 to 99.
    pub percent: u32,
    #[serde(default, rename = "started_at")]
    #[schema(ignore)]
    _started_at: IgnoredAny,
}

impl From<&Canary> for PutCanary {
    fn from(canary: &Canary) -> Self {
        let Canary { connector, revision, percent, .. } = canary.clone();
        Self { connector, revision, percent: percent.into(), _started_at: IgnoredAny }
    }
}

impl PutChannel {
    /// The same, asked for by this actor.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.by = Some(actor);
        self
    }
}

impl From<ChannelRow> for Channel {
    fn from(row: ChannelRow) -> Self {
        Self {
            active: row.active,
            fallback: row.fallback,
            routes: row.routes,
            prefer: row.prefer,
            canary: row.canary,
            canary_ended: row.canary_ended,
        }
    }
}

impl Setup {
    /// Who is active.
    pub async fn channel(&self, environment: &str) -> Result<Channel, SetupError> {
        let environment = self.environment(environment).await?;
        Ok(self.store.channel(&environment.name, "sms").await?.into())
    }

    /// Change who is active, the rules and the trial. The next send uses it.
    pub async fn put_channel(&self, environment: &str, put: PutChannel) -> Result<Channel, SetupError> {
        let environment = self.environment(environment).await?;
        // Compiled before anything is stored, as for a revision that is activated.
        let _code = match &put.canary {
            Some(canary) => self.canary_code(&environment.name, canary).await?,
            None => None,
        };
        let _turn = self.turns.of(&environment.name).await?;
        let reasons = self.judge_channel(&environment.name, &put).await?;
        if !reasons.is_empty() {
            return Err(SetupError::Refused { what: "the channel", reasons });
        }
        let before = self.store.channel(&environment.name, "sms").await?;
        let canary = put.canary.map(|canary| self.begun(canary, before.canary));
        let row = ChannelRow {
            active: Some(put.active),
            fallback: put.fallback,
            routes: put.routes,
            prefer: put.prefer,
            // How the last trial ended is told until the next one begins.
            canary_ended: before.canary_ended.filter(|_| canary.is_none()),
            canary,
        };
        self.store.put_channel(&environment.name, "sms", row.clone(), self.occasion(put.by, Why::Trial)).await?;
        self.refresh(&environment.name).await?;
        Ok(row.into())
    }

    /// A trial did worse than the serving revision: end it, unless somebody was faster.
    pub async fn end_canary(&self, verdict: Verdict) -> Result<(), SetupError> {
        let Verdict { environment, canary, reason } = verdict;
        let _turn = self.turns.of(&environment).await?;
        let mut row = self.store.channel(&environment, "sms").await?;
        if row.canary.as_ref() != Some(&canary) {
            return Ok(());
        }
        let (connector, revision) = (canary.connector, canary.revision);
        tracing::warn!(environment, connector, revision, reason, "canary rolled back");
        let told = json!({ "revision": revision, "reason": reason });
        let entry = Entry::of(action::TRIAL_END).within(&environment).to(&connector).with(told);
        row.canary = None;
        row.canary_ended = Some(CanaryEnd { connector, revision, reason, at: self.clock.now() });
        self.store.put_channel(&environment, "sms", row, self.occasion(Some(Actor::host("trial")), Why::Trial)).await?;
        audit::note(&*self.store, self.clock.now(), &Actor::host("trial"), entry).await;
        self.refresh(&environment).await
    }

    /// The same trial goes on with what it has counted; another one begins now.
    fn begun(&self, put: PutCanary, before: Option<Canary>) -> Canary {
        let percent = u8::try_from(put.percent).unwrap_or(u8::MAX);
        let begun = Canary { connector: put.connector, revision: put.revision, percent, started_at: self.clock.now() };
        let same = before.filter(|before| Canary { started_at: begun.started_at, ..before.clone() } == begun);
        same.unwrap_or(begun)
    }

    async fn canary_code(
        &self,
        environment: &str,
        canary: &PutCanary,
    ) -> Result<Option<std::sync::Arc<crate::connector::sandbox::Component>>, SetupError> {
        let row = self.store.revision(environment, &canary.connector, canary.revision).await?;
        match row.and_then(|row| Digest::parse(&row.component_digest)) {
            Some(digest) => Ok(Some(self.ready(&digest).await?)),
            None => Ok(None),
        }
    }
}

/// What of the channel's rules would break without this connector, in words.
pub(super) fn rules_that_break(channel: &ChannelRow, connector: &str) -> Vec<Dependent> {
    let naming = channel.routes.iter().enumerate().filter(|(_, rule)| rule.connectors().any(|name| name == connector));
    let words = |(index, rule): (usize, &Rule)| {
        let others = rule.connectors().any(|name| name != connector);
        let then = if others { "others would send it all" } else { "what it matches would be refused" };
        Dependent::of_channel(format!("/routes/{index}"), then)
    };
    naming.map(words).collect()
}
