//! Limits: the policy of an environment.

use super::common::count;
use crate::otp::policy::{Countries, Destinations, NumberType};

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

pub(in crate::console) const DESTINATIONS: &str = "Where messages may go";
pub(in crate::console) const DESTINATIONS_LEAD: &str = "Whoever makes money from premium numbers asks for codes in countries where you have no users. Name only those where you have.";
pub(in crate::console) const CLOSED: &str =
    "This environment sends to no country yet. Name the one that most of your users are in.";
pub(in crate::console) const COUNTRIES: &str = "Countries";
pub(in crate::console) const NAMED_ONES: &str = "Only those named below";
pub(in crate::console) const ALL_COUNTRIES: &str = "All that are not blocked";
pub(in crate::console) const NAMED: &str = "Countries by name, your own first";
pub(in crate::console) const COUNTRY: &str = "Country (two letters, such as DE)";
pub(in crate::console) const PER_DAY: &str = "Messages a day";
pub(in crate::console) const FIRST_CAP: &str = "Empty or 0: no limit";
pub(in crate::console) const FURTHER_CAP: &str = "Empty: 100. 0: no limit";
pub(in crate::console) const BLOCKED: &str = "Blocked countries";
pub(in crate::console) const BLOCKED_HINT: &str =
    "Get nothing, whatever else is said here. Two letters each, with spaces between.";
pub(in crate::console) const TYPES: &str = "Types of numbers that get nothing";
pub(in crate::console) const TYPES_HINT: &str =
    "What is known of types lags behind new blocks of numbers: allowed first digits below make an exception.";
pub(in crate::console) const ALLOWED_PREFIXES: &str = "Allowed first digits";
pub(in crate::console) const ALLOWED_PREFIXES_HINT: &str =
    "Numbers that begin so get messages whatever their country and type, such as +4990055. Caps hold all the same.";
pub(in crate::console) const BLOCKED_PREFIXES: &str = "Blocked first digits";
pub(in crate::console) const BLOCKED_PREFIXES_HINT: &str =
    "Numbers that begin so get nothing. Of an allowed and a blocked beginning the longer one counts.";

pub(in crate::console) const LOCKS: &str = "Locked numbers";
pub(in crate::console) const LOCKS_LEAD: &str = "After too many wrong codes in a row a number gets no messages and takes no codes. Release it when you have made sure that it is its owner who asks.";
pub(in crate::console) const NO_LOCK: &str = "No number is locked.";
pub(in crate::console) const LOCK_COLUMNS: [&str; 3] = ["Number", "Locked until", "Release"];
pub(in crate::console) const NUMBER_GONE: &str = "no message to it is kept any more";
pub(in crate::console) const UNTIL_RELEASED: &str = "an operator releases it";
pub(in crate::console) const RELEASED: &str = "Released. The number gets messages and takes codes again.";

pub(in crate::console) fn release(number: Option<&str>) -> String {
    number.map_or_else(|| "Release it".to_owned(), |number| format!("Release {number}"))
}

pub(in crate::console) fn as_built_in(is_development: bool) -> &'static str {
    if is_development { "As built in: all" } else { "As built in: only those named below" }
}

pub(in crate::console) fn nth_country(nth: usize) -> String {
    format!("Country {nth}")
}

pub(in crate::console) fn nth_per_day(nth: usize) -> String {
    format!("Messages a day to country {nth}")
}

pub(in crate::console) fn about(word: &str, fault: &str) -> String {
    format!("{word}: {fault}")
}

pub(in crate::console) fn number_type(kind: NumberType) -> &'static str {
    match kind {
        NumberType::PremiumRate => "Premium rate",
        NumberType::SharedCost => "Shared cost",
        NumberType::TollFree => "Toll free",
        NumberType::Pager => "Pager",
        NumberType::Voicemail => "Voicemail",
        NumberType::FixedLine => "Fixed line",
        NumberType::Voip => "Internet telephony",
        NumberType::PersonalNumber => "Personal number",
        NumberType::Uan => "Universal access number",
    }
}

/// What somebody else saved meanwhile.
pub(in crate::console) fn their_destinations(theirs: &Destinations) -> String {
    let named: Vec<&str> = theirs.named.iter().map(|named| named.country.as_str()).collect();
    let list = |what: &str, words: String| if words.is_empty() { String::new() } else { format!("; {what} {words}") };
    let countries = match theirs.countries {
        Some(Countries::All) => "all countries",
        Some(Countries::Named) => "only named countries",
        None => "countries as built in",
    };
    let more = [
        list("named", named.join(" ")),
        list("blocked", theirs.blocked.join(" ")),
        list("allowed", theirs.allowed_prefixes.join(" ")),
        list("blocked", theirs.blocked_prefixes.join(" ")),
    ];
    format!("Saved meanwhile: {countries}{}", more.concat())
}

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
        _ => ("How long a lock lasts", "seconds; 0: until an operator releases it"),
    }
}

pub(in crate::console) fn range(min: u32, max: u32) -> String {
    format!("{} to {}", count(u64::from(min)), count(u64::from(max)))
}

pub(in crate::console) fn label(rule: &str, purpose: Option<&str>) -> String {
    format!("{rule}, {}", purpose.unwrap_or("every purpose"))
}
