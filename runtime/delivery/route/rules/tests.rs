use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;
use crate::phone::PhoneNumber;

const CHINA: &str = "+8613912345678";
const GERMANY: &str = "+4915123456789";

fn rule(json: Value) -> Rule {
    serde_json::from_value(json).unwrap()
}

fn chosen(rules: &[Rule], to: &str, purpose: &str) -> Option<String> {
    let to = PhoneNumber::parse(to).unwrap();
    let wish = Wish { purpose, to: &to, message_id: "msg_1", tried: &[], carries: Default::default() };
    choose(rules, &wish).map(|rule| rule.shares[0].connector.clone())
}

fn to(name: &str) -> Value {
    json!([{ "connector": name }])
}

#[test]
fn the_first_rule_that_matches_decides_and_an_absent_list_matches_everything() {
    let rules = [
        rule(json!({"countries": ["CN"], "purposes": ["register"], "use": to("a")})),
        rule(json!({"countries": ["CN"], "use": to("b")})),
        rule(json!({"prefixes": ["+491512", "+8613"], "use": to("c")})),
        rule(json!({"purposes": ["sign-in"], "use": to("d")})),
    ];
    for (number, purpose, expected) in [
        (CHINA, "register", Some("a")),
        (CHINA, "sign-in", Some("b")),
        (GERMANY, "sign-in", Some("c")),
        ("+14155550123", "sign-in", Some("d")),
        ("+14155550123", "register", None),
    ] {
        assert_eq!(chosen(&rules, number, purpose).as_deref(), expected, "{number} {purpose}");
    }
    assert_eq!(chosen(&[rule(json!({"use": to("all")}))], GERMANY, "x").as_deref(), Some("all"));
}

#[test]
fn a_number_without_a_country_matches_no_rule_of_countries() {
    let rules = [rule(json!({"countries": ["CN", "DE"], "use": to("a")}))];
    assert_eq!(chosen(&rules, "+881612345678", "x"), None, "satellites belong to no country");
}

#[test]
fn weights_are_kept_over_many_messages_and_each_message_keeps_its_way() {
    let weighted = rule(json!({
        "use": [{"connector": "a", "weight": 1}, {"connector": "b", "weight": 7}, {"connector": "c", "weight": 2}],
        "fallback": ["d"],
    }));
    let mut firsts: HashMap<&str, u32> = HashMap::new();
    for n in 0..10_000 {
        let id = format!("msg_{n}");
        let order = names(&weighted, &id);
        assert_eq!(order, names(&weighted, &id));
        let expected: &[&str] = match order[0] {
            "a" => &["a", "b", "c", "d"],
            "b" => &["b", "c", "a", "d"],
            _ => &["c", "b", "a", "d"],
        };
        assert_eq!(order, expected, "the others stand by, the heaviest first");
        *firsts.entry(order[0]).or_default() += 1;
    }
    // Five standard deviations of 10,000 throws are 230 at most.
    for (name, share) in [("a", 1000), ("b", 7000), ("c", 2000)] {
        assert!(firsts[name].abs_diff(share) < 230, "{firsts:?}");
    }
}

#[test]
fn a_rule_that_an_earlier_one_hides_is_found() {
    let earlier = [
        rule(json!({"prefixes": ["+86"], "use": to("a")})),
        rule(json!({"countries": ["DE", "FR"], "purposes": ["sign-in"], "use": to("b")})),
    ];
    for (later, by) in [
        (json!({"prefixes": ["+8613"], "purposes": ["x"], "use": to("c")}), Some(0)),
        (json!({"prefixes": ["+8"], "use": to("c")}), None),
        (json!({"countries": ["DE"], "purposes": ["sign-in"], "use": to("c")}), Some(1)),
        (json!({"countries": ["DE"], "use": to("c")}), None),
        (json!({"countries": ["DE", "US"], "purposes": ["sign-in"], "use": to("c")}), None),
        (json!({"use": to("c")}), None),
    ] {
        assert_eq!(hidden_by(&rule(later.clone()), &earlier), by, "{later}");
    }
    assert_eq!(hidden_by(&earlier[0], &[rule(json!({"use": to("all")}))]), Some(0));
}
