//! From what was typed to the document, and from a fault to its field.

use super::*;

fn posted(pairs: &[(&str, &str)]) -> Posted {
    Posted::of(pairs.iter().map(|(name, value)| (format!("{AT}/{name}"), (*value).to_owned())))
}

#[test]
fn what_was_typed_is_the_document_of_the_api() {
    let form = posted(&[
        ("countries", ""),
        ("named/0/country", " de "),
        ("named/0/sends_per_day", ""),
        ("named/2/country", "CH"),
        ("named/2/sends_per_day", "500"),
        ("blocked", "kp, ir\nRU"),
        ("allowed_prefixes", "+4990055"),
        ("blocked_prefixes", ""),
        ("refused_types", ""),
        ("refused_types", "pager"),
    ]);
    let expected = json!({
        "named": [{"country": "DE"}, {"country": "CH", "sends_per_day": 500}], "blocked": ["KP", "IR", "RU"],
        "allowed_prefixes": ["+4990055"], "refused_types": ["pager"],
    });
    assert_eq!(typed(&form), expected);
}

#[test]
fn the_types_that_are_built_in_are_not_written_down_and_none_of_them_is() {
    let built_in: Vec<(&str, &str)> = NumberType::REFUSED.iter().map(|kind| ("refused_types", kind.word())).collect();
    assert_eq!(typed(&posted(&built_in)), json!({}));
    assert_eq!(typed(&posted(&[("refused_types", "")])), json!({"refused_types": []}));
}

#[test]
fn a_number_that_is_none_stays_as_it_was_typed() {
    let form = posted(&[("named/0/country", "DE"), ("named/0/sends_per_day", "many"), ("refused_types", "")]);
    assert_eq!(typed(&form).pointer("/named/0/sends_per_day"), Some(&json!("many")));
    assert_eq!(no_numbers(&typed(&form)), ["/destinations/named/0/sends_per_day"]);
}

#[test]
fn a_fault_within_a_list_is_told_at_its_one_field() {
    assert_eq!(place("/destinations/blocked/3").0, "/destinations/blocked");
    assert_eq!(place("/destinations/blocked_prefixes/0").0, "/destinations/blocked_prefixes");
    assert_eq!(place("/destinations/named/1/country").0, "/destinations/named/1/country");
}
