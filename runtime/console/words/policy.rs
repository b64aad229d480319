//! Limits: the policy of an environment.

use super::common::count;

pub(in crate::console) const LEAD: &str = "How codes are made, how often one may be asked for and guessed. A purpose may differ from the rest; what is empty is as the rest, or as built in. Holds from the next request on.";
pub(in crate::console) const RULE: &str = "Rule";
pub(in crate::console) const EVERY: &str = "Every purpose";
pub(in crate::console) const RANGE: &str = "May be";
pub(in crate::console) const BUILT_IN: &str = "Built in";
pub(in crate::console) const CAPTION: &str = "Rules by purpose";
pub(in crate::console) const ADD: &str = "Add a purpose that differs";
pub(in crate::console) const PURPOSE: &str = "Purpose";
pub(in crate::console) const ADD_IT: &str = "Add";
pub(in crate::console) const SAVED: &str = "Saved. It holds from the next request on.";
pub(in crate::console) const STALE: &str = "Somebody else saved these limits meanwhile; nothing was saved. Theirs are in the hints below each field that differs; save again to replace them.";
pub(in crate::console) const NOT_A_NUMBER: &str = "is a whole number";
pub(in crate::console) const NO_LIMIT: &str = "no limit";

pub(in crate::console) fn theirs(value: Option<u32>) -> String {
    match value {
        Some(value) => format!("Saved meanwhile: {value}"),
        None => "Saved meanwhile: empty".to_owned(),
    }
}

/// A rule's name and what it means.
pub(in crate::console) fn rule(field: &str) -> (&'static str, &'static str) {
    match field {
        "code_length" => ("Digits of a code", "Fewer than 6 is below NIST SP 800-63B-4"),
        "life_seconds" => ("Life of a code", "seconds"),
        "checks" => ("Guesses at one code", "checks of a verification"),
        "cooldown_seconds" => ("Wait between two messages to a number", "seconds"),
        "sends_per_hour" => ("Messages to a number in an hour", ""),
        "sends_per_hour_per_client" => ("Messages for one client address in an hour", "0 is no limit"),
        "failures_max" => ("Wrong codes in a row until a number is locked", "a new code does not reset it"),
        _ => ("How long a lock lasts", "seconds"),
    }
}

pub(in crate::console) fn range(min: u32, max: u32) -> String {
    format!("{} to {}", count(u64::from(min)), count(u64::from(max)))
}

pub(in crate::console) fn label(rule: &str, purpose: Option<&str>) -> String {
    format!("{rule}, {}", purpose.unwrap_or("every purpose"))
}
