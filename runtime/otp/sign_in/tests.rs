use serde_json::json;

use super::*;

fn read(document: serde_json::Value) -> SignInExperience {
    serde_json::from_value(document).unwrap()
}

fn pointers(uses: Vec<SmsUse>) -> Vec<String> {
    uses.into_iter().map(|used| used.pointer).collect()
}

#[test]
fn an_entry_of_its_own_beats_what_holds_for_all_others() {
    let one = read(json!({"purposes": {"sign-in": true}, "other_purposes": false}));
    assert!(one.is_open("sign-in") && !one.is_open("register") && !one.is_open("newsletter"));
    let all_but_one = read(json!({"purposes": {"register": false}}));
    assert!(all_but_one.is_open("sign-in") && !all_but_one.is_open("register") && all_but_one.is_open("own"));
}

#[test]
fn said_in_full_it_means_the_same() {
    let brief =
        read(json!({"sign_up": {"identifier": "username"}, "purposes": {"own": true}, "other_purposes": false}));
    let full = brief.clone().in_full();
    assert_eq!((full.sign_up.verify, full.purposes.len()), (Some(false), PURPOSES.len() + 1));
    assert!(full.sms_uses_beyond(&brief).is_empty() && brief.sms_uses_beyond(&full).is_empty());
    assert_eq!((full.faults(), full.clone().in_full()), (vec![], full));
}

#[test]
fn what_was_on_before_is_not_turned_on_however_it_is_written() {
    let before = read(json!({"sign_up": {"identifier": "email"}, "purposes": {"own": false, "register": false}}));
    assert_eq!(pointers(before.sms_uses_beyond(&SignInExperience::default())), [""; 0]);
    let after = read(json!({"sign_in": {"identifier": "email-or-phone"}, "purposes": {"new": true}}));
    assert_eq!(
        pointers(after.sms_uses_beyond(&before)),
        ["/sign_up/identifier", "/purposes/own", "/purposes/register"],
        "an entry that is left out goes with all others"
    );
}

#[test]
fn numbers_are_verified_at_sign_up_and_what_gets_no_code_is_not() {
    for (identifier, verify, fits) in [
        ("phone", true, true),
        ("phone", false, false),
        ("email-or-phone", false, false),
        ("email", false, true),
        ("email", true, true),
        ("username", true, false),
        ("none", false, true),
    ] {
        let document = read(json!({"sign_up": {"identifier": identifier, "verify": verify}}));
        assert_eq!(document.faults().is_empty(), fits, "{identifier} {verify}");
    }
}
