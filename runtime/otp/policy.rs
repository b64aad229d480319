//! The rules of an environment, and of each of its purposes.

mod destinations;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::{GuardFault, GuardRules};

pub use destinations::{Closed, Countries, Destinations, NamedCountry, NumberType};
pub use rules::{RANGES, RuleChanges, Rules};

/// Messages for one client in an hour, unless the policy says otherwise. Many people of one carrier share an address.
const SENDS_PER_CLIENT: u32 = 60;

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
