//! An endpoint of the application's own: what it is asked, how that is signed, what it may answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{ATTESTATION, doubted, refused, service};
use crate::support::provider::{Answer, Provider, Recorded};
use crate::support::service::{Service, number};

struct Own {
    service: Service,
    endpoint: Provider,
    /// As it was saved.
    saved: Value,
}

async fn own(more: Value) -> Own {
    let endpoint = Provider::start().await;
    endpoint.answers(Answer::Json(200, json!({"ok": true})));
    let service = service(&[&endpoint]).await;
    let mut body = json!({"kind": "endpoint", "url": format!("{}/attest?by=cs", endpoint.url), "when": "always"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, saved) = service.put(ATTESTATION, body).await;
    assert_eq!(status, 200, "{saved}");
    Own { service, endpoint, saved }
}

/// Signed as Standard Webhooks says.
fn is_signed(call: &Recorded, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let (id, at) = (call.header("webhook-id"), call.header("webhook-timestamp"));
    let signed = [format!("{id}.{at}.").as_bytes(), &call.body[..]].concat();
    let made = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key), &signed);
    call.header("webhook-signature") == format!("v1,{}", STANDARD.encode(made))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_for_what_and_where_and_never_the_number_or_the_code() {
    let own = own(json!({})).await;
    let secret = own.saved["signing_secret"].as_str().unwrap();
    let body =
        json!({"to": number(1), "purpose": "sign-in", "client_ip": "203.0.113.9", "attestation": "{\"app\": 1}"});
    assert_eq!(own.service.post("/v1/verifications", body).await.0, 201);
    let message = json!({"to": number(2), "code": "918273", "attestation": "t-2"});
    assert_eq!(own.service.post("/v1/messages", message).await.0, 201);
    let calls = own.endpoint.requests();
    let told = |call: &Recorded| serde_json::from_slice::<Value>(&call.body).unwrap();
    let here = json!({"attestation": "{\"app\": 1}", "purpose": "sign-in", "environment": "development",
        "country": "US", "client_ip": "203.0.113.9"});
    assert_eq!(told(&calls[0]), here);
    let bare = json!({"attestation": "t-2", "purpose": "generic", "environment": "development", "country": "US"});
    assert_eq!(told(&calls[1]), bare);
    assert!(calls.iter().all(|call| is_signed(call, secret) && call.path == "/attest?by=cs"));
    assert_eq!(calls[0].header("content-type"), "application/json");
    assert_ne!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn its_no_is_a_no_and_nonsense_is_none() {
    let own = own(json!({"on_error": "refuse"})).await;
    let create = async |n: u32| {
        let body = json!({"to": number(n), "attestation": format!("t-{n}")});
        own.service.post("/v1/verifications", body).await
    };
    own.endpoint.answers(Answer::Json(200, json!({"ok": false})));
    doubted(&create(1).await, "rejected");
    for (n, (status, body)) in
        (2..).zip([(200, json!({"ok": "yes"})), (200, json!({"success": true})), (403, json!({"ok": true}))])
    {
        own.endpoint.answers(Answer::Json(status, body));
        refused(&create(n).await, 503, "attestation-unavailable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_key_is_made_once_stays_and_can_be_given() {
    let own = own(json!({})).await;
    let made = own.saved["signing_secret"].as_str().unwrap().to_owned();
    let url = format!("{}/elsewhere", own.endpoint.url);
    let mut body = json!({"kind": "endpoint", "url": url, "when": "always"});
    let (status, kept) = own.service.put(ATTESTATION, body.clone()).await;
    assert_eq!(
        (status, &kept["signing_secret"], &kept["secret"]),
        (200, &Value::Null, &json!({"set": true})),
        "{kept}"
    );
    assert!(own.service.get(ATTESTATION).await.1.get("signing_secret").is_none());
    let create = async |n: u32| {
        let body = json!({"to": number(n), "attestation": format!("t-{n}")});
        assert_eq!(own.service.post("/v1/verifications", body).await.0, 201);
        own.endpoint.requests().pop().unwrap()
    };
    assert!(is_signed(&create(1).await, &made));
    let given = format!("whsec_{}", STANDARD.encode([7; 32]));
    body["secret"] = json!(given);
    let (_, told) = own.service.put(ATTESTATION, body.clone()).await;
    assert!(!told.to_string().contains("whsec_"), "{told}");
    assert!(is_signed(&create(2).await, &given));
    for wrong in ["whsec_", "whsec_AAAA", "canary", &STANDARD.encode([7; 32])] {
        body["secret"] = json!(wrong);
        let (status, told) = own.service.put(ATTESTATION, body.clone()).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/secret")), "{told}");
        assert!(!told.to_string().contains("canary"), "{told}");
    }
}
