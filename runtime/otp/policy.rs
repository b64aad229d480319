//! The rules of an environment, and of each of its purposes.

mod destinations;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::{GuardFault, GuardRules};

pub use destinations::{Closed, Countries, Destinations, NamedCountry, NumberType};

/// Messages for one client in an hour, unless the policy says otherwise. Many people of one carrier share an address.
const SENDS_PER_CLIENT: u32 = 60;

/// Every rule with its smallest and largest value.
pub const RANGES: [(&str, u32, u32); 8] = [
    ("code_length", 4, 10),
    ("life_seconds", 60, 600),
    ("checks", 1, 10),
    ("cooldown_seconds", 0, 3600),
    ("sends_per_hour", 1, 1000),
    ("sends_per_hour_per_client", 0, 10_000),
    ("failures_max", 10, 100),
    ("lock_seconds", 60, 86_400),
];

/// `GET/PUT /v1/environments/{env}/policy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What holds for every purpose.
    pub defaults: RuleChanges,
    /// What differs for one, by its name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub purposes: BTreeMap<String, RuleChanges>,
    /// Where messages may go.
    #[serde(skip_serializing_if = "Destinations::says_nothing")]
    pub destinations: Destinations,
    /// The defence against messages that are asked for because somebody earns on them.
    #[serde(skip_serializing_if = "GuardRules::says_nothing")]
    pub guard: GuardRules,
}

/// Rules that are set; the others stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleChanges {
    /// Digits of a code, 4 to 10 (6). Fewer than 6 is below NIST SP 800-63B-4 §3.1.3.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_length: Option<u8>,
    /// Life of a code in seconds, 60 to 600 (600).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life_seconds: Option<u32>,
    /// Checks of a verification, 1 to 10 (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<u32>,
    /// Seconds between two messages to a number, 0 to 3600 (30).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown_seconds: Option<u32>,
    /// Messages to a number in an hour, 1 to 1000 (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_per_hour: Option<u32>,
    /// Messages in an hour for one `client_ip` (an IPv6 address counts by its /64), whatever their number: 0 to 10000, where
    /// 0 is no limit (60; none in an environment of kind development).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_per_hour_per_client: Option<u32>,
    /// Consecutive wrong codes against a number until it is locked, 10 to 100 (100).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_max: Option<u32>,
    /// Seconds that a lock lasts, 60 to 86400 (3600), or 0: until an operator releases it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_seconds: Option<u32>,
}

/// The rules that hold for one verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Digits of a code.
    pub code_length: u8,
    /// Life of a code.
    pub life: Duration,
    /// Checks of a verification.
    pub checks: u32,
    /// Between two messages to a number.
    pub cooldown: Duration,
    /// Messages to a number in an hour.
    pub sends_per_hour: u32,
    /// Messages for one client in an hour, where that is limited.
    pub sends_per_hour_per_client: Option<u32>,
    /// Messages to the number's country in a day, where that is limited.
    pub sends_per_day_to_country: Option<u32>,
    /// Consecutive wrong codes against a number until it is locked.
    pub failures_max: u32,
    /// How long a lock lasts; none if until an operator releases it.
    pub lock: Option<Duration>,
}

/// A value that can't be taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{pointer}` {detail}")]
pub struct PolicyError {
    /// JSON Pointer into the document.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Policy {
    /// The rules for a purpose. What only a crowd of real people needs is off in an environment of kind development.
    pub fn rules(&self, purpose: &str, is_development: bool) -> Rules {
        let own = self.purposes.get(purpose);
        let client_default = if is_development { 0 } else { SENDS_PER_CLIENT };
        let pick = |field: fn(&RuleChanges) -> Option<u32>, default: u32| {
            own.and_then(field).or_else(|| field(&self.defaults)).unwrap_or(default)
        };
        let seconds = |value: u32| Duration::from_secs(value.into());
        Rules {
            code_length: u8::try_from(pick(|r| r.code_length.map(u32::from), 6)).unwrap_or(6),
            life: seconds(pick(|r| r.life_seconds, 600)),
            checks: pick(|r| r.checks, 5),
            cooldown: seconds(pick(|r| r.cooldown_seconds, 30)),
            sends_per_hour: pick(|r| r.sends_per_hour, 5),
            sends_per_hour_per_client: Some(pick(|r| r.sends_per_hour_per_client, client_default))
                .filter(|cap| *cap > 0),
            sends_per_day_to_country: None,
            failures_max: pick(|r| r.failures_max, 100),
            lock: Some(seconds(pick(|r| r.lock_seconds, 3600))).filter(|lock| !lock.is_zero()),
        }
    }

    /// The rules that hold where nothing is said, in the words of a policy.
    pub fn built_in(is_development: bool) -> RuleChanges {
        let rules = Self::default().rules("", is_development);
        let seconds = |span: Duration| u32::try_from(span.as_secs()).ok();
        RuleChanges {
            code_length: Some(rules.code_length),
            life_seconds: seconds(rules.life),
            checks: Some(rules.checks),
            cooldown_seconds: seconds(rules.cooldown),
            sends_per_hour: Some(rules.sends_per_hour),
            sends_per_hour_per_client: Some(rules.sends_per_hour_per_client.unwrap_or(0)),
            failures_max: Some(rules.failures_max),
            lock_seconds: seconds(rules.lock.unwrap_or_default()),
        }
    }

    /// The same without purposes that differ in nothing.
    #[must_use]
    pub fn without_empty(mut self) -> Self {
        self.purposes.retain(|_, rules| *rules != RuleChanges::default());
        self
    }

    /// This policy for another environment: its rules are taken there, the caps and destinations stay those of the other one.
    pub fn with_caps_of(&self, other: &Self) -> Self {
        let names: BTreeSet<&String> = self.purposes.keys().chain(other.purposes.keys()).collect();
        let none = RuleChanges::default();
        let of = |policy: &'_ Self, name: &String| policy.purposes.get(name).cloned().unwrap_or_default();
        let purposes = names.into_iter().map(|name| (name.clone(), of(self, name).with_caps_of(&of(other, name))));
        Self {
            defaults: self.defaults.with_caps_of(&other.defaults),
            purposes: purposes.filter(|(_, rules)| *rules != none).collect(),
            // Who may be written to is a question of money and of law, and answered for each environment by itself.
            destinations: other.destinations.clone(),
            guard: other.guard.clone(),
        }
    }

    /// Every value inside its range, or the faults.
    pub fn validate(&self) -> Result<(), Vec<PolicyError>> {
        let mut faults = self.defaults.faults("/defaults");
        for (purpose, rules) in &self.purposes {
            faults.extend(rules.faults(&format!("/purposes/{}", purpose.replace('~', "~0").replace('/', "~1"))));
        }
        faults.extend(self.destinations.faults());
        let of_guard = self.guard.validate().err().unwrap_or_default().into_iter();
        faults.extend(
            of_guard.map(|GuardFault { pointer, detail }| PolicyError { pointer: format!("/guard{pointer}"), detail }),
        );
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

impl RuleChanges {
    /// What an environment can bear in volume is its own: a development environment's cap is no word about production.
    /// All others say how a code works, which is what was tested. Written out, so that a new rule is put on one side.
    fn with_caps_of(&self, other: &Self) -> Self {
        let Self {
            code_length,
            life_seconds,
            checks,
            cooldown_seconds,
            failures_max,
            lock_seconds,
            sends_per_hour: _,
            sends_per_hour_per_client: _,
        } = *self;
        let Self { sends_per_hour, sends_per_hour_per_client, .. } = *other;
        Self {
            code_length,
            life_seconds,
            checks,
            cooldown_seconds,
            sends_per_hour,
            sends_per_hour_per_client,
            failures_max,
            lock_seconds,
        }
    }

    fn faults(&self, at: &str) -> Vec<PolicyError> {
        let values = [
            self.code_length.map(u32::from),
            self.life_seconds,
            self.checks,
            self.cooldown_seconds,
            self.sends_per_hour,
            self.sends_per_hour_per_client,
            self.failures_max,
            // 0 is no time: until an operator releases it.
            self.lock_seconds.filter(|seconds| *seconds != 0),
        ];
        let outside =
            RANGES.iter().zip(values).filter(|((_, min, max), value)| value.is_some_and(|v| v < *min || v > *max));
        outside
            .map(|((name, min, max), _)| PolicyError {
                pointer: format!("{at}/{name}"),
                detail: format!("must be from {min} to {max}"),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_purpose_beats_the_defaults_and_the_defaults_beat_ours() {
        let policy: Policy =
            serde_json::from_value(json!({"defaults": {"checks": 3}, "purposes": {"mfa-setup": {"checks": 2}}}))
                .unwrap();
        assert_eq!(policy.rules("mfa-setup", false).checks, 2);
        assert_eq!(policy.rules("sign-in", false).checks, 3);
        assert_eq!(policy.rules("sign-in", false).code_length, 6);
        assert_eq!(Policy::default().rules("x", false).life, Duration::from_secs(600));
    }

    #[test]
    fn clients_are_limited_where_people_are_and_where_the_policy_says_so() {
        let cap = |document, is_development| {
            let policy: Policy = serde_json::from_value(document).unwrap();
            policy.rules("sign-in", is_development).sends_per_hour_per_client
        };
        assert_eq!((cap(json!({}), true), cap(json!({}), false)), (None, Some(60)));
        let set = |n: u32| json!({"defaults": {"sends_per_hour_per_client": n}});
        assert_eq!((cap(set(3), true), cap(set(3), false), cap(set(0), false)), (Some(3), Some(3), None));
    }

    #[test]
    fn a_policy_that_goes_elsewhere_leaves_the_caps_there() {
        let policy = |document| serde_json::from_value::<Policy>(document).unwrap();
        let from = policy(json!({
            "defaults": {"checks": 3, "sends_per_hour": 1000},
            "purposes": {"mfa-setup": {"checks": 2, "sends_per_hour": 9}, "sign-in": {"sends_per_hour": 900}},
        }));
        let to = policy(json!({
            "defaults": {"checks": 4, "life_seconds": 60, "sends_per_hour": 3, "sends_per_hour_per_client": 7},
            "purposes": {"register": {"checks": 1, "sends_per_hour": 2}, "link-account": {"checks": 1}},
        }));
        let expected = policy(json!({
            "defaults": {"checks": 3, "sends_per_hour": 3, "sends_per_hour_per_client": 7},
            "purposes": {"mfa-setup": {"checks": 2}, "register": {"sends_per_hour": 2}},
        }));
        assert_eq!(from.with_caps_of(&to), expected);
    }

    #[test]
    fn a_value_outside_its_range_is_named_by_its_pointer() {
        let policy: Policy =
            serde_json::from_value(json!({"defaults": {"code_length": 3}, "purposes": {"a/b": {"failures_max": 101}}}))
                .unwrap();
        let pointers: Vec<_> = policy.validate().unwrap_err().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/defaults/code_length", "/purposes/a~1b/failures_max"]);
    }
}
