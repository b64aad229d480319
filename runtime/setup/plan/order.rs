//! Who sends then, and who goes: the channel and the deletions of a plan.

use serde_json::{Map, Value, json};

use super::view::{PlanConnector, Planned, Step};
use super::{Draft, deeper};
use crate::connector::reason::Reason;
use crate::setup::channels::PutChannel;
use crate::setup::{Setup, SetupError};
use crate::store::{ChannelRow, ConnectorRow, Rule};

/// What the plan comes to for those who send.
pub(super) struct Order {
    pub(super) channel: Option<Planned>,
    pub(super) deleted: Vec<PlanConnector>,
    /// Connectors that the request does not name, and that stay.
    pub(super) others: Vec<String>,
    pub(super) somebody_sends: bool,
}

impl Setup {
    pub(super) async fn plan_order(&self, draft: &mut Draft<'_>) -> Result<Order, SetupError> {
        let name = draft.place.name.clone();
        let there = self.store.connectors(&name).await?;
        let before = self.store.channel(&name, "sms").await?;
        let (unnamed, named): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|row| !draft.wanted.connectors.contains_key(&row.name));
        let (gone, stays) = if draft.wanted.prune { (unnamed, Vec::new()) } else { (Vec::new(), unnamed) };
        let then = serving_then(draft, &named, &stays);
        let (channel, after) = self.plan_channel(draft, before, &then).await?;
        let mut deleted = Vec::new();
        for row in gone {
            for used in self.depends_on(&name, &after, &row.name).await? {
                let text = format!("`{}` can't be deleted: {used}", row.name);
                draft.needs.push(Reason::at("in-use", &format!("/connectors/{}", row.name), &text));
            }
            deleted.push(self.deletion(&name, &row).await?);
        }
        let others = stays.into_iter().map(|row| row.name).collect();
        Ok(Order { channel, deleted, others, somebody_sends: after.active.is_some() })
    }

    /// The channel, and what it will be.
    async fn plan_channel(
        &self,
        draft: &mut Draft<'_>,
        before: ChannelRow,
        then: &[ConnectorRow],
    ) -> Result<(Option<Planned>, ChannelRow), SetupError> {
        let mut after = before.clone();
        let Some(wanted) = &draft.wanted.channel else {
            let first = draft.wanted.connectors.iter().find(|(_, put)| put.serve).map(|(name, _)| name.clone());
            if let Some(first) = first.filter(|_| before.active.is_none()) {
                let text = format!("`{first}` becomes the active connector: there is none, and nothing says who is");
                draft.warnings.push(Reason::at("first-connector", "/channel", &text));
                after.active = Some(first);
            }
            return Ok((None, after));
        };
        let put = wanted.clone().with_trial_of(&before);
        let faults = self.judge_channel_of(&draft.place.name, &put, then).await?;
        draft.needs.extend(faults.into_iter().map(|fault| deeper(fault, "/channel")));
        after.active = Some(put.active);
        after.fallback = put.fallback;
        after.routes = put.routes;
        after.prefer = put.prefer;
        Ok((Some(Planned::between(Some(&comparable(&before)), &comparable(&after))), after))
    }

    async fn deletion(&self, environment: &str, row: &ConnectorRow) -> Result<PlanConnector, SetupError> {
        let newest = self.newest_revision(environment, &row.name).await?;
        let digest = newest.map(|row| row.component_digest).unwrap_or_default();
        Ok(PlanConnector {
            name: row.name.clone(),
            action: Step::Delete,
            component: self.component_name(&digest).await?,
            digest,
            revision: row.newest,
            serving: row.serving,
            changes: Vec::new(),
            secrets: Default::default(),
            asks: Vec::new(),
            approve: None,
            warnings: Vec::new(),
        })
    }
}

/// The connectors as they will be once those that are wanted were saved and the others deleted.
fn serving_then(draft: &Draft<'_>, named: &[ConnectorRow], stays: &[ConnectorRow]) -> Vec<ConnectorRow> {
    let wanted = draft.wanted.connectors.iter().map(|(name, put)| {
        let there = named.iter().find(|row| row.name == *name);
        let serving = there.and_then(|row| row.serving);
        ConnectorRow {
            name: name.clone(),
            // A revision that is saved now gets a number that none has yet; which one concerns nobody here.
            serving: if put.serve { Some(serving.unwrap_or(u64::MAX)) } else { serving },
            newest: there.map_or(0, |row| row.newest),
            component_id: None,
            last_success_at: None,
        }
    });
    wanted.chain(stays.iter().cloned()).collect()
}

/// A channel as it is compared: rules by their place.
fn comparable(row: &ChannelRow) -> Value {
    let rules: Map<String, Value> =
        row.routes.iter().enumerate().map(|(index, rule): (usize, &Rule)| (index.to_string(), json!(rule))).collect();
    json!({"active": row.active, "fallback": row.fallback, "routes": rules, "prefer": row.prefer})
}

impl PutChannel {
    /// A trial that is running goes on: files say nothing of it.
    fn with_trial_of(mut self, before: &ChannelRow) -> Self {
        if self.canary.is_none() {
            self.canary = before.canary.as_ref().map(Into::into);
        }
        self
    }
}
