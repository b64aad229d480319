use std::net::IpAddr;

use serde_json::{Value, json};

use super::checking::Came;
use super::*;

const NOW: Timestamp = Timestamp::from_millis(10_000_000);

fn rule() -> Rule {
    Rule {
        kind: Kind::Siteverify,
        url: "https://captcha.example/siteverify".to_owned(),
        when: When::Suspicious,
        on_error: OnError::Allow,
        purposes: None,
        hostname: None,
        action: None,
        score: None,
    }
}

fn read(rule: &Rule, body: &Value) -> Option<Came> {
    siteverify::read(rule, body.to_string().as_bytes())
}

#[test]
fn who_needs_a_proof_only_where_it_is_suspicious_needs_none_elsewhere() {
    let refused = |demand: Demand, suspicious| demand.met(suspicious, NOW).err().map(|limited| limited.rule);
    assert_eq!(refused(Demand::Nothing, true), None);
    assert_eq!(refused(Demand::Missing(When::Suspicious), false), None);
    assert_eq!(refused(Demand::Missing(When::Suspicious), true), Some(REQUIRED));
    assert_eq!(refused(Demand::Unread(When::Suspicious), true), Some(UNREAD));
    assert_eq!(refused(Demand::Failed(When::Suspicious), false), None);
    assert_eq!(refused(Demand::Failed(When::Always), false), Some(FAILED));
    assert_eq!(refused(Demand::Missing(When::Always), false), Some(REQUIRED));
}

#[test]
fn a_purpose_that_is_not_named_and_a_door_without_room_need_nothing() {
    let named = Rule { purposes: Some(vec!["register".to_owned()]), ..rule() };
    let attestation = Attestation { rule: named, sealed: String::new() };
    let token = Proof::Token(Secret::from("t"));
    assert_eq!(attestation.demand("sign-in", &Proof::Nothing), Demand::Nothing);
    assert_eq!(attestation.demand("register", &Proof::Nothing), Demand::Missing(When::Suspicious));
    assert_eq!(attestation.demand("register", &token), Demand::Unread(When::Suspicious));
    assert_eq!(attestation.demand("register", &Proof::NoRoom), Demand::Nothing);
}

#[test]
fn a_deleted_one_and_none_are_the_same() {
    assert_eq!(Attestation::read("production", Value::Null).unwrap(), None);
    let kept = Attestation { rule: rule(), sealed: "00".to_owned() };
    assert_eq!(Attestation::read("production", json!(kept)).unwrap(), Some(kept));
    assert!(
        Attestation::read("production", json!({"kind": "siteverify"})).is_err(),
        "half of one is no leave to go without"
    );
}

#[test]
fn an_answer_of_a_captchas_provider_is_read() {
    let rejected = Some(Came::Doubted(Doubt::Rejected));
    assert_eq!(read(&rule(), &json!({"success": true})), Some(Came::Passed));
    assert_eq!(read(&rule(), &json!({"success": false})), rejected);
    assert_eq!(read(&rule(), &json!({"success": false, "error-codes": ["timeout-or-duplicate"]})), rejected);
    for nonsense in [json!({}), json!([]), json!({"success": "true"}), json!({"ok": true}), json!(true)] {
        assert_eq!(read(&rule(), &nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_wrong_secret_says_nothing_of_the_token() {
    for code in ["invalid-input-secret", "internal-error", "sitekey-secret-mismatch"] {
        let came = read(&rule(), &json!({"success": false, "error-codes": [code, "timeout-or-duplicate"]}));
        assert!(matches!(came, Some(Came::Unknown(why)) if why.contains(code)), "{code}");
    }
}

#[test]
fn host_action_and_score_have_to_be_those_that_are_asked_for() {
    let asked =
        Rule { hostname: Some("shop.example".into()), action: Some("sign-in".into()), score: Some(0.5), ..rule() };
    let answer = |more: Value| {
        let mut body = json!({"success": true, "hostname": "shop.example", "action": "sign-in", "score": 0.5});
        more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
        read(&asked, &body).unwrap()
    };
    assert_eq!(answer(json!({})), Came::Passed);
    assert_eq!(answer(json!({"hostname": "evil.example"})), Came::Doubted(Doubt::Hostname));
    assert_eq!(answer(json!({"hostname": null})), Came::Doubted(Doubt::Hostname));
    assert_eq!(answer(json!({"action": "register"})), Came::Doubted(Doubt::Action));
    assert_eq!(answer(json!({"score": 0.49})), Came::Doubted(Doubt::Score));
    assert_eq!(answer(json!({"score": null})), Came::Doubted(Doubt::Score));
}

#[test]
fn an_answer_of_the_applications_own_endpoint_is_read() {
    assert_eq!(endpoint::read(br#"{"ok": true, "more": 1}"#), Some(Came::Passed));
    assert_eq!(endpoint::read(br#"{"ok": false}"#), Some(Came::Doubted(Doubt::Rejected)));
    assert_eq!(endpoint::read(br#"{"ok": 1}"#), None);
    assert_eq!(endpoint::read(b"ok"), None);
}

#[test]
fn what_is_asked_is_encoded() {
    let client: IpAddr = "2001:db8::1".parse().unwrap();
    let (secret, token) = (Secret::new(b"a&b".to_vec()), Secret::from("t+1=2 &x"));
    let form = siteverify::form(&secret, &token, Some(client));
    assert_eq!(form, "secret=a%26b&response=t%2B1%3D2+%26x&remoteip=2001%3Adb8%3A%3A1");
    assert!(!siteverify::form(&secret, &token, None).contains("remoteip"));
    let asker = Asker { environment: "production", purpose: "sign-in", country: None, client: Some(client) };
    let body: Value = serde_json::from_str(&endpoint::body(&token, asker)).unwrap();
    let told = json!({"attestation": "t+1=2 &x", "environment": "production", "purpose": "sign-in", "country": null,
        "client_ip": "2001:db8::1"});
    assert_eq!(body, told);
}
