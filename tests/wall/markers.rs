//! A marker is worth something at its place, in a request that names its credential, and nowhere else.

use serde_json::{Value, json};

use super::{failure, reprogram, serve_agent, tested};
use crate::support::service::Service;

const CREDENTIALS: &str = r#"
[credentials.sig]
kind = "hmac"
secret = "sign_key"
digest = "sha256"
encoding = "hex"
place = { form = "sig" }
methods = ["POST"]
paths = ["/send"]
[credentials.other]
kind = "bearer"
secret = "sign_key"
methods = ["POST"]
paths = ["/send"]
exports = ["account"]
[credentials.callback]
kind = "verify"
algorithm = "hmac-sha1"
secret = "sign_key"
"#;
const SECRETS: [(&str, &str); 1] = [("sign_key", "canary-sign-key-0123456789")];
const FORM: &str = "application/x-www-form-urlencoded";

fn program(step: Value) -> Value {
    let mut whole = json!({"content_type": FORM, "credentials": ["sig"], "sign": ["sig", "data"]});
    whole.as_object_mut().unwrap().extend(step.as_object().unwrap().clone());
    json!({"then": "accept", "steps": [whole]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marker_in_the_text_of_a_message_or_anywhere_but_its_place_does_not_leave() {
    let service = Service::start().await;
    serve_agent(&service, &SECRETS, CREDENTIALS, &program(json!({"body": "text={text}&sig={marker}"}))).await;
    assert_eq!(tested(&service).await["status"], "accepted");
    let sent = String::from_utf8(service.provider.requests()[0].body.to_vec()).unwrap();
    // By Python: hmac.new(b"canary-sign-key-0123456789", b"data", "sha256").hexdigest()
    assert!(sent.ends_with("&sig=17e2913a49ffe5af48b6f3f1196771c2e639d078ce19353c9d9faa4bf25f2580"), "{sent}");
    assert!(!sent.contains("csm_"), "{sent}");
    for step in [
        json!({"body": "text={text}+{marker}&sig="}),
        json!({"body": "text={marker}&sig={marker}"}),
        json!({"body": "text={text}&sig={marker}", "headers": {"x-note": "{marker}"}}),
        json!({"url": "https://api.example.com/send?x={marker}", "body": "text={text}&sig={marker}"}),
        // Signed, and then sent without naming the credential.
        json!({"body": "text={text}&sig={marker}", "credentials": []}),
        json!({"url": "https://api.example.com/other?text={marker}", "credentials": []}),
    ] {
        assert_eq!(reprogram(&service, &program(step.clone())).await.0, 200);
        let text = failure(&service).await;
        assert!(text.contains("marker"), "{step}: {text}");
    }
    assert_eq!(service.provider.requests().len(), 1, "nothing else left");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_may_not_ask_of_a_credential_is_refused_in_words() {
    let service = Service::start().await;
    serve_agent(&service, &SECRETS, CREDENTIALS, &program(json!({}))).await;
    for (step, word) in [
        (json!({"sign": ["unknown", "x"]}), "no credential `unknown`"),
        (json!({"sign": ["other", "x"]}), "not for this export"),
        (json!({"sign": ["callback", "x"]}), "kind `verify`"),
        (json!({"sign": null, "digest": ["sig", {}]}), "kind `hmac`"),
        (json!({"sign": null, "token": ["sig", {}]}), "kind `hmac`"),
        (json!({"body": "sig={marker}", "credentials": ["callback"]}), "not for requests"),
        (json!({"body": "sig={marker}", "credentials": ["sig", "other"]}), "not for this export"),
        (json!({"body": "sig={marker}", "credentials": ["sig", "sig"]}), "marker"),
    ] {
        assert_eq!(reprogram(&service, &program(step.clone())).await.0, 200);
        let text = failure(&service).await;
        assert!(text.contains(word), "{step}: {text}");
    }
    let many: Vec<Value> = (0..17).map(|_| program(json!({"body": "sig={marker}"}))["steps"][0].clone()).collect();
    reprogram(&service, &json!({"then": "accept", "steps": many})).await;
    let tested = tested(&service).await;
    assert!(tested["failure"]["text"].as_str().unwrap().contains("no more signatures"), "{tested}");
}
