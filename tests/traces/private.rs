//! Nothing private is in what is exported.

use countersign::traces::{ATTRIBUTES, SPANS};
use reqwest::Method;
use serde_json::json;

use super::collector::Collector;
use super::traced;
use crate::support::service::{ADMIN_KEY, TO, answer};

#[tokio::test(flavor = "multi_thread")]
async fn no_number_code_text_or_secret_is_in_any_byte_that_is_exported() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a", "b"], |config| {
        config.traces.headers = Some("authorization: Bearer canary-of-the-collector".parse().unwrap());
    })
    .await;
    let service = &couriers.service;
    couriers
        .answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent", "text": "canary +14155550123"}));
    let body = json!({
        "to": TO, "subject": "canary-subject", "client_ip": "203.0.113.77", "metadata": {"canary": "canary-metadata"},
        "purpose": "canary-purpose", "locale": "de-CH",
    });
    let request = service.request(Method::POST, "/v1/verifications?canary=query").header("user-agent", "canary-agent");
    let (status, made) = answer(request.json(&body)).await;
    assert_eq!(status, 201, "{made}");
    let sent = couriers.sends(2).await.remove(1);
    let id = made["id"].as_str().unwrap();
    let wrong = if sent.code() == "111111" { "222222" } else { "111111" };
    assert_eq!(service.check(id, wrong).await.1["status"], "pending");
    let again = service.post(&format!("/v1/verifications/{id}/resend"), json!({})).await;
    assert_eq!(again.0, 429, "{again:?}");
    assert_eq!(couriers.report(&sent.callback, json!([{"status": "delivered", "text": "canary"}])).await.0, 200);
    assert_eq!(service.check(id, &sent.code()).await.1["status"], "approved");
    let text = json!({"to": TO, "purpose": "sign-in", "text": "canary-text 918273"});
    assert!(service.post("/v1/messages", text).await.0 > 0);
    assert_eq!(service.get("/v1/nothing/+14155550123").await.0, 404);
    assert_eq!(service.get("/v1/verifications/canary-id").await.0, 404);
    couriers.service.stop().await;

    let spans = collector.spans();
    for expected in
        ["verification.create", "verification.check", "verification.resend", "report.apply", "connector.call"]
    {
        assert!(spans.iter().any(|span| span.name == expected), "{expected}");
    }
    let token = sent.callback.rsplit('/').next().unwrap().to_owned();
    let (code, message) = (sent.code(), made["delivery"]["message"].as_str().unwrap());
    let private = [
        "4155550123",
        "canary",
        "203.0.113.77",
        "918273",
        "de-CH",
        ADMIN_KEY,
        id,
        message,
        &code,
        wrong,
        &token,
        &sent.reference,
        &sent.text,
        "vrf_",
        "msg_",
    ];
    for request in collector.requests() {
        let bytes = String::from_utf8_lossy(&request.body).into_owned();
        for word in private {
            assert!(!bytes.contains(word), "`{word}` was exported: {bytes}");
        }
    }
    let known: Vec<&str> = ATTRIBUTES.iter().map(|(name, _)| *name).collect();
    for span in &spans {
        let is_request = span.name.split_once(' ').is_some_and(|(_, route)| route.starts_with('/'));
        assert!(is_request || SPANS.iter().any(|named| named.name == span.name), "{span:?}");
        assert!(span.attributes.keys().all(|name| known.contains(&name.as_str())), "{span:?}");
        assert_eq!(span.state, "");
    }
}
