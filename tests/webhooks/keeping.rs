//! Making, reading, changing and deleting webhooks, by the API.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Told, WEBHOOKS, delete, got, make, path, receiver, service};
use crate::support::provider::Answer;
use crate::support::service::{Service, answer, client};

const URL: &str = "https://shop.example/told";

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_read_changed_and_deleted_and_its_secret_is_shown_once() {
    let service = Service::start().await;
    let made =
        make(&service, json!({"url": URL, "events": ["message.sent", "message.sent"], "description": "shop"})).await;
    let secret = made["secret"].as_str().unwrap();
    let key = secret.strip_prefix("whsec_").unwrap();
    let key = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, key).unwrap();
    assert!((24..=64).contains(&key.len()));
    let path = path(&made, "");
    let (_, shown) = service.get(&path).await;
    assert_eq!(
        (&shown["url"], &shown["events"], &shown["enabled"]),
        (&json!(URL), &json!(["message.sent"]), &json!(true))
    );
    let changed = json!({"url": "https://shop.example/elsewhere", "enabled": false});
    let (status, changed) = service.put(&path, changed).await;
    assert_eq!((status, &changed["events"], &changed["description"]), (200, &Value::Null, &Value::Null), "{changed}");
    let (_, list) = service.get(WEBHOOKS).await;
    assert_eq!(list["items"], json!([changed]));
    assert!(!format!("{shown}{list}").contains(secret) && !format!("{shown}{list}").contains("whsec_"));
    assert!(service.get("/v1/environments/production/webhooks").await.1["items"].as_array().unwrap().is_empty());
    assert_eq!((delete(&service, &path).await, delete(&service, &path).await), (204, 404));
    let (_, audit) = service.get("/v1/audit?action=webhook.*").await;
    let words: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(words, ["webhook.delete", "webhook.save", "webhook.save"], "{audit}");
    assert!(audit["items"].as_array().unwrap().iter().all(|entry| entry["target"] == made["id"]), "{audit}");
    assert!(!audit.to_string().contains("whsec_") && !audit.to_string().contains("elsewhere"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_work_is_refused_by_its_field() {
    let service = Service::start().await;
    let made = make(&service, json!({"url": URL})).await;
    let huge = format!("https://shop.example/{}", "a".repeat(2048));
    let many: Vec<&str> = vec!["message.sent"; 5000];
    let long = "d".repeat(201);
    for (body, pointer) in [
        (json!({}), "url"),
        (json!({"url": ""}), "/url"),
        (json!({"url": 7}), "/url"),
        (json!({"url": huge}), "/url"),
        (json!({"url": "ftp://shop.example/"}), "/url"),
        (json!({"url": "shop.example"}), "/url"),
        (json!({"url": "https://me:secret@shop.example/"}), "/url"),
        (json!({"url": "https://shop.example/#part"}), "/url"),
        (json!({"url": "https://shop.example/a b"}), "/url"),
        (json!({"url": "https://127.0.0.1/"}), "/url"),
        (json!({"url": "https://10.0.0.5/"}), "/url"),
        (json!({"url": "https://169.254.169.254/latest/meta-data"}), "/url"),
        (json!({"url": "https://[::1]/"}), "/url"),
        (json!({"url": "http://0x7f.1/"}), "/url"),
        (json!({"url": service.url}), "/url"),
        (json!({"url": URL, "events": []}), "/events"),
        (json!({"url": URL, "events": "message.sent"}), "/events"),
        (json!({"url": URL, "events": ["message.sent", "message.eaten"]}), "/events/1"),
        (json!({"url": URL, "events": ["webhook.test"]}), "/events/0"),
        (json!({"url": URL, "events": [null]}), "/events/0"),
        (json!({"url": URL, "description": long}), "/description"),
        (json!({"url": URL, "enabled": "yes"}), "/enabled"),
        (json!({"url": URL, "secret": "whsec_AAAA"}), "secret"),
    ] {
        for (method, at) in [(Method::POST, WEBHOOKS.to_owned()), (Method::PUT, path(&made, ""))] {
            let (status, problem) = service.call(method, &at, body.clone()).await;
            let said = problem.to_string();
            assert!(
                status == 422 && said.contains(pointer),
                "{}: {status} {said}",
                body.to_string().chars().take(90).collect::<String>()
            );
            assert!(!said.contains("me:secret"), "{said}");
        }
    }
    assert_eq!(service.post(WEBHOOKS, json!({"url": URL, "events": many})).await.0, 201, "said often, it is one");
    for id in ["whk_none", "", "%00", "..%2f..", "whk_0190"] {
        assert_eq!(service.get(&format!("{WEBHOOKS}/{id}/deliveries")).await.0, 404, "{id}");
    }
    assert_eq!(service.get("/v1/environments/nowhere/webhooks").await.0, 404);
    assert_eq!(service.post("/v1/environments/nowhere/webhooks", json!({"url": URL})).await.0, 404);
    for bad in ["status=eaten", "limit=0", "limit=201"] {
        let (status, problem) = service.get(&path(&made, &format!("/deliveries?{bad}"))).await;
        assert_eq!(status, 422, "{bad}: {problem}");
    }
    let retry = path(&made, "/deliveries/whm_none/retry");
    assert_eq!(service.post(&retry, json!({})).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eleventh_webhook_is_one_too_many() {
    let service = Service::start().await;
    for n in 0..10 {
        make(&service, json!({"url": format!("{URL}/{n}")})).await;
    }
    let (status, problem) = service.post(WEBHOOKS, json!({"url": URL})).await;
    assert_eq!((status, &problem["type"]), (409, &json!("/problems/webhooks-full")), "{problem}");
    let other = service.post("/v1/environments/production/webhooks", json!({"url": URL})).await;
    assert_eq!(other.0, 201, "another environment has its own: {}", other.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_told_without_tls_only_by_the_operators_explicit_word() {
    let receiver = receiver().await;
    let address = receiver.url.trim_start_matches("http://").to_owned();
    let production = "/v1/environments/production/webhooks";
    let allowing = |entry: String| Service::with(move |config| config.egress.allow.push(entry.parse().unwrap()));
    let service = allowing(address.clone()).await;
    let (status, problem) = service.post(production, json!({"url": receiver.url})).await;
    assert!(
        status == 422 && problem["detail"].as_str().unwrap().starts_with("/url: begins with https://"),
        "{problem}"
    );
    make(&service, json!({"url": receiver.url})).await;
    let service = allowing(format!("http://{address}")).await;
    let (status, made) = service.post(production, json!({"url": receiver.url})).await;
    assert_eq!(status, 201, "{made}");
    let test = format!("{production}/{}/test", made["id"].as_str().unwrap());
    assert_eq!(service.post(&test, json!({})).await.1["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_told_at_once_and_answers_what_came_back() {
    let told = Told::of(&["a"], json!({"enabled": false})).await;
    let (status, tested) = told.service().post(&path(&told.webhook, "/test"), json!({})).await;
    assert_eq!(
        (status, &tested["status"], &tested["type"]),
        (200, &json!("delivered"), &json!("webhook.test")),
        "{tested}"
    );
    let call = got(&told.receiver, 1).await.remove(0);
    assert_eq!(super::body(&call)["data"], json!({"environment": "development", "webhook": told.webhook["id"]}));
    assert_eq!(json!(call.header("webhook-id")), tested["id"]);
    told.receiver.answers(Answer::Json(500, json!({})));
    let (_, failed) = told.service().post(&path(&told.webhook, "/test"), json!({})).await;
    assert_eq!((&failed["status"], &failed["tries"][0]["status"]), (&json!("failed"), &json!(500)), "{failed}");
    let failed = told.service().get(&path(&told.webhook, "/deliveries?status=failed&limit=1")).await.1;
    assert_eq!(failed["items"].as_array().unwrap().len(), 1);
    let (_, first) = told.service().get(&path(&told.webhook, "/deliveries?limit=1")).await;
    let cursor = first["next"].as_str().unwrap();
    let (_, second) = told.service().get(&path(&told.webhook, &format!("/deliveries?limit=1&cursor={cursor}"))).await;
    assert_eq!((&second["items"][0]["id"], &second["next"]), (&tested["id"], &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_admin_key_that_may_configure_changes_webhooks() {
    let told = Told::start(&["a"]).await;
    let service = told.service();
    let key = |body: Value| async move { service.post("/v1/keys", body).await.1["key"].as_str().unwrap().to_owned() };
    let operator = key(json!({"name": "o", "roles": ["operate"]})).await;
    let environments = key(json!({"name": "e", "environment": "development"})).await;
    let as_key = |key: &str, method: Method, path: String| {
        answer(client().request(method, format!("{}{path}", service.url)).bearer_auth(key).json(&json!({"url": URL})))
    };
    for (method, path) in [
        (Method::POST, WEBHOOKS.to_owned()),
        (Method::PUT, path(&told.webhook, "")),
        (Method::DELETE, path(&told.webhook, "")),
        (Method::POST, path(&told.webhook, "/rotate")),
        (Method::POST, path(&told.webhook, "/test")),
        (Method::POST, path(&told.webhook, "/deliveries/whm_1/retry")),
    ] {
        for key in [&operator, &environments] {
            assert_eq!(as_key(key, method.clone(), path.clone()).await.0, 403, "{method} {path}");
        }
    }
    assert_eq!(as_key(&operator, Method::GET, WEBHOOKS.to_owned()).await.0, 200);
    assert_eq!(as_key(&environments, Method::GET, WEBHOOKS.to_owned()).await.0, 403);
    assert!(told.receiver.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_the_api_tells_each_event() {
    let service = service(&[]).await;
    let (_, document) = service.get("/openapi.json").await;
    let told = document["webhooks"].as_object().unwrap();
    assert_eq!(told.len(), 8);
    for (kind, item) in told {
        let event = &item["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"];
        assert_eq!(event["type"]["enum"], json!([kind]));
        let data = event["data"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(document["components"]["schemas"][data].is_object(), "{data}");
    }
}
