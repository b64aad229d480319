//! The channel goes along whole, or not at all: half of its rules would be rules that nobody tested.

use std::collections::BTreeSet;

use super::Journey;
use super::chosen::{Chosen, named_by};
use super::view::{Action, PromotedChannel, Way};
use crate::connector::reason::Reason;
use crate::setup::{Setup, SetupError};
use crate::store::ChannelRow;

/// What becomes of the channel.
pub(super) struct ChannelProposal {
    /// What to write, if it changes.
    pub(super) row: Option<ChannelRow>,
    pub(super) shown: PromotedChannel,
    pub(super) warning: Option<Reason>,
}

impl Setup {
    pub(super) async fn propose_channel(
        &self,
        journey: &Journey<'_>,
        chosen: &[Chosen],
    ) -> Result<ChannelProposal, SetupError> {
        let tested = self.store.channel(&journey.from.name, "sms").await?;
        let before = self.store.channel(&journey.to.name, "sms").await?;
        let there = self.store.connectors(&journey.to.name).await?;
        let there = there.iter().filter(|row| row.serving.is_some()).map(|row| &row.name);
        let then: BTreeSet<&String> = there.chain(chosen.iter().map(|one| &one.name)).collect();
        let missing: Vec<&String> = named_by(&tested).into_iter().filter(|name| !then.contains(name)).collect();
        let (mut after, mut warning) = (before.clone(), None);
        if missing.is_empty() && tested.active.is_some() {
            after.active = tested.active;
            after.fallback = tested.fallback;
            after.routes = tested.routes;
            after.prefer = tested.prefer;
        } else {
            // As for the first connector that is saved: one is active, always.
            after.active = after.active.or_else(|| chosen.first().map(|one| one.name.clone()));
            warning = Some(stays(journey, &missing));
        }
        let used = after.clone();
        after.canary = after.canary.filter(|canary| named_by(&used).contains(&&canary.connector));
        let action = match () {
            () if Way::from(&after) != Way::from(&before) && before.active.is_none() => Action::Created,
            () if Way::from(&after) != Way::from(&before) => Action::Changed,
            () if warning.is_some() => Action::Kept,
            () => Action::Unchanged,
        };
        let shown = PromotedChannel { action, before: Way::from(&before), after: Way::from(&after) };
        Ok(ChannelProposal { row: (after != before).then_some(after), shown, warning })
    }
}

fn stays(journey: &Journey<'_>, missing: &[&String]) -> Reason {
    let (from, to) = (&journey.from.name, &journey.to.name);
    let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let why = if missing.is_empty() {
        format!("no connector is active in `{from}`")
    } else {
        format!("the one of `{from}` names {names}, neither promoted nor serving in `{to}`")
    };
    let text = format!(
        "channel `sms` of `{to}` keeps its fallbacks and rules, since {why}; PUT /v1/environments/{to}/channels/sms changes it"
    );
    Reason::at("channel-kept", "/connectors", &text)
}
