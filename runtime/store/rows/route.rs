//! Who sends what: rules, weights, a revision on trial.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;

/// Who sends some messages. A list that is left out matches everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Countries of recipients, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["CN"]))]
    pub countries: Option<Vec<String>>,
    /// Beginnings of recipients' numbers, E.164 with the plus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["+86"]))]
    pub prefixes: Option<Vec<String>>,
    /// Why the message is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<String>>,
    /// Who sends: one of them by weight, the others stand by, the heaviest first.
    #[serde(rename = "use")]
    pub shares: Vec<Share>,
    /// Who is asked after them, in order. After those nobody: what a rule matches goes to nobody that it does not name.
    #[serde(default)]
    pub fallback: Vec<String>,
}

/// The greatest weight.
pub const WEIGHT_MAX: u32 = 10_000;

/// A connector's share of what a rule matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The connector.
    pub connector: String,
    /// Its weight among the others of `use`, 1 to 10,000.
    #[serde(default = "one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

impl Rule {
    /// Every connector that it names, `use` first.
    pub fn connectors(&self) -> impl Iterator<Item = &String> {
        self.shares.iter().map(|share| &share.connector).chain(&self.fallback)
    }

    /// Put one connector in the place of another; where both are named, it gets the other's share too.
    pub(super) fn replace(&mut self, old: &str, new: &str) {
        let moved: u32 = self.shares.iter().filter(|share| share.connector == old).map(|share| share.weight).sum();
        match self.shares.iter_mut().find(|share| share.connector == new) {
            Some(share) => {
                share.weight = share.weight.saturating_add(moved).min(WEIGHT_MAX);
                self.shares.retain(|share| share.connector != old);
            }
            None => self
                .shares
                .iter_mut()
                .filter(|share| share.connector == old)
                .for_each(|share| new.clone_into(&mut share.connector)),
        }
        super::channel::take_place(&mut self.fallback, old, new);
        let sends = self.shares.iter().any(|share| share.connector == new);
        self.fallback.retain(|name| !(sends && name == new));
    }

    /// Take a connector that is gone out of it.
    pub fn forget(&mut self, connector: &str) {
        self.shares.retain(|share| share.connector != connector);
        self.fallback.retain(|name| name != connector);
    }
}

/// A revision on trial: some of its connector's messages go to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Canary {
    /// The connector.
    pub connector: String,
    /// The revision that is tried.
    pub revision: u64,
    /// How many of a hundred messages go to it, 1 to 99.
    pub percent: u8,
    /// When the trial began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
}

/// How a trial ended that was not ended by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CanaryEnd {
    /// The connector.
    pub connector: String,
    /// The revision that was tried.
    pub revision: u64,
    /// What it did worse.
    pub reason: String,
    /// When it was rolled back.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
