use serde_json::json;

use super::*;
use crate::console::posted::Posted;

fn builtin(id: &str) -> Value {
    crate::builtin::find(id).unwrap().package().unwrap().schema.clone()
}

#[test]
fn what_is_missing_is_told_in_the_forms_words_and_not_twice() {
    let form = Form::of(&builtin("twilio"));
    let read = form.read(&Posted::of([("/region".to_owned(), "ie1".to_owned())]));
    let judged = [
        ("", "\"account_sid\" is a required property"),
        ("", "this value is not valid under any of the schemas listed in the 'anyOf' keyword"),
    ];
    let faults = Faults::of(&read, judged);
    assert!(faults.rest.is_empty(), "{faults:?}");
    let told: Vec<String> = form.summary(&faults).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(told, ["field-account_sid", "field-auth_token", "field-messaging_service_sid", "field-edge"]);
    assert_eq!(faults.at("/auth_token"), Some("Give this: Auth token, or API key SID and API key secret."));
}

#[test]
fn what_a_pattern_wants_is_told_by_an_example_that_is_no_secret() {
    let form = Form::of(&json!({
        "type": "object",
        "properties": {
            "sid": {"type": "string", "pattern": "^AC[0-9]+$"},
            "region": {"type": "string", "pattern": "^[a-z]{2}$", "examples": ["ie"]},
            "token": {"type": "string", "writeOnly": true, "pattern": "^t"},
        },
        "examples": [{"sid": "AC0", "token": "t-1"}],
    }));
    let told =
        |pointer: &str, pattern: &str| form.plainly(pointer, &format!("this value does not match \"{pattern}\""));
    assert_eq!(
        told("/sid", "^AC[0-9]+$"),
        "This does not have the right form. An example: `AC0`. The pattern: `^AC[0-9]+$`"
    );
    assert!(told("/region", "^[a-z]{2}$").contains("`ie`"));
    assert!(!told("/token", "^t").contains("t-1") && told("/token", "^t").contains("`^t`"));
    assert_eq!(form.plainly("/sid", "this value is too long"), "this value is too long");
}

#[test]
fn in_json_the_ways_that_were_not_taken_are_told() {
    let form = Form::of(&builtin("twilio"));
    let any = "this value is not valid under any of the schemas listed in the 'anyOf' keyword";
    let judged = vec![("/region".to_owned(), "odd".to_owned()), (String::new(), any.to_owned())];
    let told = form.in_json(&json!({"from": "ACME"}), judged.clone());
    let give = "Give this: Auth token, or API key SID and API key secret.";
    assert_eq!(told, [("/region".to_owned(), "odd".to_owned()), (String::new(), give.to_owned())]);
    assert_eq!(form.in_json(&json!([]), judged.clone()), judged);
}
