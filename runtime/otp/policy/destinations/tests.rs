//! Where messages go, and why not elsewhere.

use serde_json::json;

use super::*;

fn destinations(document: serde_json::Value) -> Destinations {
    serde_json::from_value(document).unwrap()
}

fn closed(document: serde_json::Value, to: &str) -> Option<&'static str> {
    destinations(document).open(&PhoneNumber::parse(to).unwrap(), false).err().map(|closed| closed.rule())
}

const GERMAN: &str = "+4915123456789";
const SWISS: &str = "+41781234567";
const GERMAN_PREMIUM: &str = "+499001234567";
const SATELLITE: &str = "+881612345678";

#[test]
fn production_sends_nowhere_until_a_country_is_named_and_development_everywhere() {
    let nothing = Destinations::default();
    let to = PhoneNumber::parse(GERMAN).unwrap();
    assert_eq!(nothing.open(&to, false), Err(Closed::Everywhere));
    assert!(nothing.is_closed(false) && !nothing.is_closed(true));
    assert_eq!(nothing.open(&to, true), Ok(()));
    let named = json!({"named": [{"country": "DE"}]});
    assert_eq!(closed(named.clone(), GERMAN), None);
    assert_eq!(closed(named.clone(), SWISS), Some("country-closed"));
    assert_eq!(closed(named, SATELLITE), Some("country-closed"));
    assert_eq!(closed(json!({"countries": "all"}), SWISS), None);
}

#[test]
fn a_blocked_country_gets_nothing_whatever_else_is_said() {
    let blocked = json!({"countries": "all", "blocked": ["CH"], "allowed_prefixes": ["+4178"]});
    assert_eq!(closed(blocked, SWISS), Some("country-blocked"));
}

#[test]
fn types_that_bring_their_owner_money_are_refused_unless_the_operator_knows_better() {
    assert_eq!(closed(json!({"countries": "all"}), GERMAN_PREMIUM), Some("number-type"));
    assert_eq!(closed(json!({"countries": "all", "refused_types": []}), GERMAN_PREMIUM), None);
    assert_eq!(closed(json!({"countries": "all", "allowed_prefixes": ["+49900123"]}), GERMAN_PREMIUM), None);
    assert_eq!(
        closed(json!({"countries": "all", "refused_types": ["fixed-line"]}), "+493012345678"),
        Some("number-type")
    );
    assert_eq!(closed(json!({"countries": "all"}), "+14155552671"), None, "no mobile number can be told there");
}

#[test]
fn of_an_allowed_and_a_blocked_prefix_the_longer_one_counts() {
    let blocked = |allowed: &str, prefix: &str| json!({"countries": "all", "allowed_prefixes": [allowed], "blocked_prefixes": [prefix]});
    assert_eq!(closed(blocked("+49151", "+4915"), GERMAN), None);
    assert_eq!(closed(blocked("+4915", "+49151"), GERMAN), Some("prefix-blocked"));
    assert_eq!(closed(blocked("+4915", "+4915"), GERMAN), Some("prefix-blocked"));
    assert_eq!(closed(blocked("+4917", "+4917"), GERMAN), None);
}

#[test]
fn the_first_country_has_no_cap_and_each_further_one_begins_with_a_hundred() {
    let document = json!({"named": [
        {"country": "DE"}, {"country": "CH"}, {"country": "AT", "sends_per_day": 7}, {"country": "US", "sends_per_day": 0},
    ]});
    let per_day = |to| destinations(document.clone()).per_day(&PhoneNumber::parse(to).unwrap());
    let caps = [GERMAN, SWISS, "+436641234567", "+14155552671", "+33612345678"].map(per_day);
    assert_eq!(caps, [None, Some(100), Some(7), None, None]);
}

#[test]
fn what_is_no_country_or_prefix_is_named_by_its_pointer() {
    let wrong = destinations(json!({
        "named": [{"country": "de"}, {"country": "DE", "sends_per_day": 10_000_001}, {"country": "DE"}],
        "blocked": ["XX"], "allowed_prefixes": ["49", "+"], "blocked_prefixes": ["+0123", "+49 151", "+1234567890123456"],
    }));
    let pointers: Vec<_> = wrong.faults().into_iter().map(|fault| fault.pointer).collect();
    let expected = [
        "named/0/country",
        "named/1/sends_per_day",
        "named/2/country",
        "blocked/0",
        "allowed_prefixes/0",
        "allowed_prefixes/1",
        "blocked_prefixes/0",
        "blocked_prefixes/1",
        "blocked_prefixes/2",
    ];
    assert_eq!(pointers, expected.map(|at| format!("/destinations/{at}")));
}
