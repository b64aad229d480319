//! What an operator saves: judged, shown without its secret, and kept where nobody reads it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ATTESTATION, Asked, SECRET, refused, service};
use crate::support::inside;
use crate::support::provider::Provider;
use crate::support::service::{Service, answer, number};

fn turnstile() -> Value {
    json!({
        "kind": "siteverify", "url": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        "secret": SECRET, "when": "suspicious",
    })
}

async fn delete(service: &Service) -> (u16, Value) {
    service.call(Method::DELETE, ATTESTATION, Value::Null).await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_in_full_but_for_its_secret_until_it_is_deleted() {
    let service = Service::start().await;
    refused(&service.get(ATTESTATION).await, 404, "not-found");
    let mut body = turnstile();
    body["purposes"] = json!(["register", "sign-in"]);
    body["hostname"] = json!("shop.example");
    let (status, saved) = service.put(ATTESTATION, body).await;
    let shown = json!({
        "kind": "siteverify", "url": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        "secret": {"set": true}, "when": "suspicious", "on_error": "allow", "purposes": ["register", "sign-in"],
        "hostname": "shop.example", "action": null, "score": null,
    });
    assert_eq!((status, &saved), (200, &shown));
    assert_eq!(service.get(ATTESTATION).await, (200, shown.clone()));
    let service = Service::at(service.stop().await, |_| {}).await;
    assert_eq!(service.get(ATTESTATION).await.1, shown, "a restart forgets nothing");
    assert_eq!(delete(&service).await.0, 204);
    refused(&service.get(ATTESTATION).await, 404, "not-found");
    refused(&delete(&service).await, 404, "not-found");
    assert_eq!(service.create(&number(1)).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_stays_until_it_would_go_elsewhere() {
    let service = Service::start().await;
    assert_eq!(service.put(ATTESTATION, turnstile()).await.0, 200);
    let mut body = turnstile();
    body.as_object_mut().unwrap().remove("secret");
    body["when"] = json!("always");
    assert_eq!(service.put(ATTESTATION, body.clone()).await.0, 200);
    body["url"] = json!("https://api.hcaptcha.com/siteverify");
    let (status, told) = service.put(ATTESTATION, body.clone()).await;
    assert_eq!((status, &told["errors"][0]["code"]), (422, &json!("secret-rebound")), "{told}");
    body["kind"] = json!("endpoint");
    let (status, made) = service.put(ATTESTATION, body).await;
    assert_eq!(status, 200, "{made}");
    assert!(made["signing_secret"].is_string(), "a provider's secret signs nothing: {made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_taken_is_named_all_at_once_and_nothing_is_saved() {
    let service = Service::start().await;
    let mut wrong = turnstile();
    wrong["url"] = json!("ftp://captcha.example/canary");
    wrong["secret"] = json!("");
    wrong["purposes"] = json!(["sign-in", "Not One"]);
    wrong["hostname"] = json!("");
    wrong["action"] = json!("a b");
    wrong["score"] = json!(1.5);
    let (status, told) = service.put(ATTESTATION, wrong).await;
    let mut pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!((status, pointers), (422, vec!["/action", "/hostname", "/purposes/1", "/score", "/secret", "/url"]));
    for (field, value) in [
        ("kind", json!("captcha")),
        ("when", json!("sometimes")),
        ("when", Value::Null),
        ("on_error", json!("panic")),
        ("purposes", json!([])),
        ("secret", Value::Null),
        ("score", json!("high")),
        ("more", json!(1)),
    ] {
        let mut body = turnstile();
        body[field] = value;
        let (status, told) = service.put(ATTESTATION, body).await;
        assert_eq!(status, 422, "{field}: {told}");
        assert!(
            told["detail"].as_str().unwrap().contains(field) || told["errors"].to_string().contains(field),
            "{told}"
        );
    }
    let mut own = json!({"kind": "endpoint", "url": "https://shop.example/attest", "when": "always"});
    own["score"] = json!(0.5);
    let (status, told) = service.put(ATTESTATION, own).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/score")), "{told}");
    refused(&service.get(ATTESTATION).await, 404, "not-found");
    assert_eq!(service.put("/v1/environments/nowhere/attestation", turnstile()).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_a_secret_goes_over_tls_only_and_never_inwards() {
    let judge = Provider::start().await;
    let service = service(&[&judge]).await;
    let path = "/v1/environments/production/attestation";
    for url in ["http://captcha.example/siteverify", "https://10.0.0.7/siteverify", &judge.url] {
        let mut body = turnstile();
        body["url"] = json!(url);
        let (status, told) = service.put(path, body).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/url")), "{url}: {told}");
    }
    assert_eq!(service.put(path, turnstile()).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_over_another_ones_is_refused_also_after_a_deletion() {
    let service = Service::start().await;
    let save = async |seen: &str| {
        answer(service.request(Method::PUT, ATTESTATION).header("if-match", seen).json(&turnstile())).await
    };
    assert_eq!(save("\"0\"").await.0, 200);
    refused(&save("\"0\"").await, 409, "stale-revision");
    assert_eq!(save("\"1\"").await.0, 200);
    assert_eq!(delete(&service).await.0, 204);
    refused(&save("\"2\"").await, 409, "stale-revision");
    assert_eq!(save("\"3\"").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_configures_saves_and_it_is_in_the_audit_log_without_its_secret() {
    let service = Service::start().await;
    let (status, key) = service.post("/v1/keys", json!({"name": "reader", "roles": ["viewer"]})).await;
    assert_eq!(status, 201, "{key}");
    let reader = |method: Method| {
        let request = crate::support::service::client().request(method, format!("{}{ATTESTATION}", service.url));
        request.bearer_auth(key["key"].as_str().unwrap())
    };
    assert_eq!(answer(reader(Method::PUT).json(&turnstile())).await.0, 403);
    assert_eq!(answer(reader(Method::DELETE)).await.0, 403);
    assert_eq!(service.put(ATTESTATION, turnstile()).await.0, 200);
    assert_eq!(delete(&service).await.0, 204);
    let (_, audit) = service.get("/v1/audit?action=attestation.*").await;
    let done: Vec<&Value> =
        audit["items"].as_array().unwrap().iter().filter(|entry| entry["outcome"] == "done").collect();
    let words: Vec<&str> = done.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(words, ["attestation.delete", "attestation.save"], "{audit}");
    assert!(audit.to_string().contains("challenges.cloudflare.com"), "{audit}");
    assert!(!audit.to_string().contains("canary") && !audit.to_string().contains("turnstile"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_token_nor_the_secret_is_on_the_disk_in_clear() {
    let asked = Asked::start(json!({})).await;
    let request = asked.service.request(Method::POST, "/v1/verifications").header("idempotency-key", "k-1");
    let body = json!({"to": number(1), "attestation": "good-canary-token"});
    assert_eq!(answer(request.json(&body)).await.0, 201);
    asked.create(2, Some("bad-canary-token")).await;
    let message = json!({"to": number(3), "code": "123456", "attestation": "good-canary-token-2"});
    assert_eq!(asked.service.post("/v1/messages", message).await.0, 201);
    let dir = asked.service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        for private in [SECRET.as_bytes(), b"canary-token"] {
            assert!(!bytes.windows(private.len()).any(|window| window == private), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_leaves_it_where_it_is() {
    let service = Service::start().await;
    assert_eq!(service.put(ATTESTATION, turnstile()).await.0, 200);
    let (status, told) = service.post("/v1/environments/development/promote", json!({"to": "production"})).await;
    assert!(status < 500, "{told}");
    refused(&service.get("/v1/environments/production/attestation").await, 404, "not-found");
}
