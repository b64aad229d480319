//! What every answer has: problems, ids, hosts, keys, docs, the inbox page.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::inside::Inside;
use crate::support::service::{Service, TO, answer, client};

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_problem_document_with_a_request_id() {
    let service = Service::start().await;
    let url = |path: &str| format!("{}{path}", service.url);
    for (request, expected) in [
        (client().get(url("/v1/messages")), 401),
        (client().get(url("/v1/messages")).bearer_auth("cs_admin_wrong"), 401),
        (service.request(Method::GET, "/v1/nothing"), 404),
        (service.request(Method::DELETE, "/v1/verifications"), 405),
        (service.request(Method::POST, "/v1/verifications").body("{}"), 415),
        (
            service
                .request(Method::POST, "/v1/verifications")
                .header("content-type", "application/json")
                .body("{\"to\":"),
            400,
        ),
        (
            service
                .request(Method::POST, "/v1/verifications")
                .header("content-type", "application/json")
                .body(vec![0xff, 0xfe]),
            400,
        ),
        (
            service
                .request(Method::POST, "/v1/verifications")
                .header("content-type", "application/json")
                .body(vec![b' '; 300 << 10]),
            413,
        ),
        (service.request(Method::GET, "/v1/messages?limit=many"), 400),
        (service.request(Method::GET, "/v1/verifications/vrf_nothing"), 404),
        (service.request(Method::GET, "/healthz").header("host", "evil.example"), 421),
    ] {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await.unwrap();
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap()),
            (expected, "application/problem+json"),
            "{body}"
        );
        assert!(!headers["x-request-id"].is_empty());
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], expected);
        let kind = problem["type"].as_str().unwrap();
        let page = client().get(url(kind)).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{kind} is explained");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_own_request_id_comes_back_if_it_is_a_plain_one() {
    let service = Service::start().await;
    let id = |given: &'static str| {
        let request = client().get(format!("{}/healthz", service.url)).header("x-request-id", given);
        async move { request.send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned() }
    };
    assert_eq!(id("trace-42").await, "trace-42");
    assert_ne!(id("two words").await, "two words");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_what_it_was_made_for_and_nothing_after_it_was_revoked() {
    let service = Service::start().await;
    let (status, made) = service.post("/v1/keys", json!({"name": "shop", "environment": "development"})).await;
    assert_eq!(status, 201, "{made}");
    let key = made["key"].as_str().unwrap().to_owned();
    let with =
        |method: Method, path: &str| client().request(method, format!("{}{path}", service.url)).bearer_auth(&key);
    assert_eq!(answer(with(Method::POST, "/v1/verifications").json(&json!({"to": TO}))).await.0, 201);
    assert_eq!(answer(with(Method::GET, "/v1/messages").header("countersign-environment", "production")).await.0, 403);
    assert_eq!(answer(with(Method::GET, "/v1/components")).await.0, 403);
    let (_, keys) = service.get("/v1/keys").await;
    let prefix =
        |name: &str| keys["items"].as_array().unwrap().iter().find(|k| k["name"] == name).unwrap()["prefix"].clone();
    assert_eq!(prefix("shop"), key[.."cs_env_".len() + 6], "enough to tell it from others");
    assert!(!keys.to_string().contains(&key[..key.len() / 2]));
    let id = made["id"].as_str().unwrap();
    assert_eq!(service.call(Method::DELETE, &format!("/v1/keys/{id}"), Value::Null).await.0, 204);
    assert_eq!(answer(with(Method::GET, "/v1/messages")).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_bounds_an_admin_key_and_it_makes_no_mightier_one() {
    let service = Service::start().await;
    let (_, made) = service.post("/v1/keys", json!({"name": "reader", "roles": ["viewer", "configure"]})).await;
    let key = made["key"].as_str().unwrap().to_owned();
    let with =
        |method: Method, path: &str| client().request(method, format!("{}{path}", service.url)).bearer_auth(&key);
    assert_eq!(answer(with(Method::GET, "/v1/components")).await.0, 200);
    assert_eq!(answer(with(Method::POST, "/v1/verifications").json(&json!({"to": TO}))).await.0, 403);
    assert_eq!(answer(with(Method::POST, "/v1/keys").json(&json!({"name": "x", "roles": ["upload"]}))).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_keys_is_slowed_down() {
    let service = Service::start().await;
    let mut last = 0;
    for n in 0..40 {
        last = answer(client().get(format!("{}/v1/messages", service.url)).bearer_auth(format!("guess-{n}"))).await.0;
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_describes_itself_without_any_asset_from_elsewhere() {
    let service = Service::start().await;
    let (_, document) = service.get("/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    for path in [
        "/v1/verifications",
        "/v1/verifications/{id}/check",
        "/v1/components",
        "/v1/environments/{env}/connectors/{name}",
        "/v1/messages",
        "/v1/environments/{env}/channels/sms",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let page = client().get(format!("{}/docs/", service.url)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    assert!(!html.contains("http://") && !html.contains("https://"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_page_shows_a_message_and_runs_no_script_of_its_text() {
    let service = Service::start().await;
    service
        .put(
            "/v1/environments/development/templates",
            json!({"templates": [{"purpose": "sign-in", "text": "<script>alert({{ code }})</script>"}]}),
        )
        .await;
    service.create(TO).await;
    let page = client().get(format!("{}/inbox", service.url)).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = page.text().await.unwrap();
    assert!(html.contains(TO) && html.contains("&lt;script&gt;") && !html.contains("<script>alert"), "{html}");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_chosen_by_purpose_and_locale_and_judged_when_they_are_saved() {
    let service = Service::start().await;
    let path = "/v1/environments/development/templates";
    let (status, refused) =
        service.put(path, json!({"templates": [{"purpose": "sign-in", "text": "no code in it"}]})).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/templates/0/text")), "{refused}");
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} en"}, {"purpose": "sign-in", "locale": "de", "text": "{{ code }} de"}]});
    assert_eq!(service.put(path, texts).await.0, 200);
    service.post("/v1/verifications", json!({"to": TO, "purpose": "sign-in", "locale": "de-AT"})).await;
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    assert!(inbox["items"][0]["text"].as_str().unwrap().ends_with(" de"), "{inbox}");
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_made_kept_apart_and_deleted() {
    let service = Service::start().await;
    assert_eq!(service.post("/v1/environments", json!({"name": "staging", "kind": "development"})).await.0, 201);
    assert_eq!(service.post("/v1/environments", json!({"name": "staging", "kind": "production"})).await.0, 409);
    assert_eq!(service.post("/v1/environments", json!({"name": "x", "kind": "test"})).await.0, 422);
    let put = service.put("/v1/environments/staging/connectors/phone", json!({"component": "inbox"})).await;
    assert_eq!((put.0, &put.1["active"]), (201, &json!(true)), "the first one becomes the active one");
    let (_, made) = service.create(TO).await;
    let elsewhere = service
        .request(Method::GET, &format!("/v1/verifications/{}", made["id"].as_str().unwrap()))
        .header("countersign-environment", "staging");
    assert_eq!(answer(elsewhere).await.0, 404);
    assert_eq!(service.call(Method::DELETE, "/v1/environments/staging", Value::Null).await.0, 409);
    assert_eq!(service.call(Method::DELETE, "/v1/environments/staging?force=true", Value::Null).await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_saves_a_policy_that_another_has_replaced_is_told_and_one_that_is_broken_is_saved_anew() {
    let service = Service::start().await;
    let path = "/v1/environments/development/policy";
    let put = |version: &'static str, checks: u32| {
        let request = service.request(Method::PUT, path).header("if-match", version);
        answer(request.json(&json!({"defaults": {"checks": checks}})))
    };
    let read = service.request(Method::GET, path).send().await.unwrap();
    assert_eq!(read.headers()["etag"], "\"0\"");
    assert_eq!(put("\"0\"", 3).await.0, 200);
    let (status, stale) = put("\"0\"", 4).await;
    assert_eq!((status, &stale["type"], &stale["current"]), (409, &json!("/problems/stale-revision"), &json!(1)));
    assert_eq!(service.get(path).await.1["defaults"]["checks"], 3);
    Inside::of(service.dir.path()).run("UPDATE settings SET document = '{\"defaults\": 1}' WHERE kind = 'policy'");
    assert_eq!(service.get(path).await.0, 500);
    assert_eq!(put("\"1\"", 5).await.0, 200);
    assert_eq!(service.get(path).await.1["defaults"]["checks"], 5);
}
