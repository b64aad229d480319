//! Fault rehearsal: a connector of a development environment meets its provider's bad day, and nobody else does.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{Service, TO, answer, number};

const FAULTS: &str = "/v1/environments/development/faults";

/// `a` is active and `b` stands by; both send to the same provider, each to a path of its own.
async fn two() -> Service {
    let service = Service::with(|config| config.delivery.send_ms = 2000).await;
    furnish(&service, "development").await;
    service
}

async fn furnish(service: &Service, environment: &str) {
    let at = format!("/v1/environments/{environment}");
    for name in ["a", "b"] {
        let config = json!({"url": format!("https://api.example.com/{name}")});
        let (status, told) =
            service.put(&format!("{at}/connectors/{name}"), json!({"component": "http", "config": config})).await;
        assert!(status < 300, "{told}");
    }
    let (status, told) = service.put(&format!("{at}/channels/sms"), json!({"active": "a", "fallback": ["b"]})).await;
    assert_eq!(status, 200, "{told}");
}

async fn inject(service: &Service, connector: &str, body: Value) -> Value {
    let (status, told) = service.put(&format!("{FAULTS}/{connector}"), body).await;
    assert_eq!(status, 200, "{told}");
    told
}

/// The paths that the provider was asked at since `before`.
fn asked(service: &Service, before: usize) -> Vec<String> {
    service.provider.requests().split_off(before).into_iter().map(|request| request.path).collect()
}

async fn attempts(service: &Service, made: &Value) -> Vec<Value> {
    let id = made["delivery"]["message"].as_str().unwrap();
    let (_, message) = service.get(&format!("/v1/messages/{id}")).await;
    message["attempts"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_the_certainty_of_the_real_one_and_the_next_connector_takes_over() {
    let service = two().await;
    let cases = [
        (json!({"kind": "refused"}), "not-sent", &["/b"][..]),
        (json!({"kind": "bad-tls"}), "not-sent", &["/b"]),
        (json!({"kind": "reset"}), "unknown", &["/b"]),
        (json!({"kind": "half-answer"}), "unknown", &["/a", "/b"]),
        (json!({"kind": "latency", "ms": 60_000}), "unknown", &["/a", "/b"]),
        (json!({"kind": "status", "status": 429, "retry_after": 7}), "not-sent", &["/b"]),
        (json!({"kind": "status", "status": 500}), "unknown", &["/b"]),
        (json!({"kind": "status", "status": 302}), "unknown", &["/b"]),
    ];
    for (n, (fault, certainty, paths)) in (0..).zip(cases) {
        inject(&service, "a", json!({"fault": fault})).await;
        let before = service.provider.requests().len();
        let (status, made) = service.create(&number(n)).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{fault}: {made}");
        assert_eq!(made["delivery"]["connector"], "b", "{fault}");
        assert_eq!(asked(&service, before), paths, "{fault}");
        let attempts = attempts(&service, &made).await;
        let (failed, taken) = (&attempts[0], &attempts[1]);
        assert_eq!((&failed["connector"], &failed["certainty"]), (&json!("a"), &json!(certainty)), "{fault}: {failed}");
        assert!(failed["text"].as_str().unwrap().starts_with("injected fault ("), "{failed}");
        assert_eq!((&taken["connector"], &taken["text"]), (&json!("b"), &Value::Null), "{taken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_or_silent_is_taken_and_its_attempt_says_why() {
    let service = two().await;
    inject(&service, "a", json!({"fault": {"kind": "latency", "ms": 30}})).await;
    let (_, late) = service.create(&number(1)).await;
    let attempt = attempts(&service, &late).await.remove(0);
    assert_eq!(
        (&attempt["status"], &attempt["text"]),
        (&json!("accepted"), &json!("injected fault (latency of 30 ms)"))
    );
    assert!(attempt["elapsed_ms"].as_u64().unwrap() >= 30, "{attempt}");
    assert_eq!(asked(&service, 0), ["/a"], "what is late arrives all the same");
    inject(&service, "a", json!({"fault": {"kind": "silent"}})).await;
    let (_, silent) = service.create(&number(2)).await;
    assert_eq!((&silent["delivery"]["status"], &silent["delivery"]["connector"]), (&json!("accepted"), &json!("a")));
    assert_eq!(asked(&service, 0), ["/a"], "nothing left");
    let attempt = attempts(&service, &silent).await.remove(0);
    assert_eq!(attempt["text"], "injected fault (silent, status 200)");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_connectors_environments_and_countries_are_untouched() {
    let service = two().await;
    let made = service.post("/v1/environments", json!({"name": "staging", "kind": "development"})).await;
    assert_eq!(made.0, 201, "{}", made.1);
    furnish(&service, "staging").await;
    inject(&service, "a", json!({"fault": {"kind": "refused"}, "countries": ["DE"]})).await;
    let by = async |environment: &str, to: &str| {
        let request = service.request(Method::POST, "/v1/verifications").header("countersign-environment", environment);
        answer(request.json(&json!({"to": to}))).await.1["delivery"]["connector"].clone()
    };
    assert_eq!(by("development", "+4915112345678").await, "b");
    assert_eq!(by("development", TO).await, "a");
    assert_eq!(by("staging", "+4915112345678").await, "a");
    inject(&service, "b", json!({"fault": {"kind": "refused"}})).await;
    assert_eq!(by("development", &number(9)).await, "a", "a fault of a connector that stands by is in nobody's way");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_sends_as_many_meet_it_as_were_asked_for() {
    let service = two().await;
    inject(&service, "a", json!({"fault": {"kind": "refused"}, "percent": 25})).await;
    for n in 0..20 {
        assert_eq!(service.create(&number(n)).await.0, 201);
    }
    let met = asked(&service, 0).iter().filter(|path| *path == "/b").count();
    assert_eq!(met, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_listed_with_what_remains_and_ends_by_itself_by_word_and_by_restart() {
    let service = two().await;
    let put = inject(&service, "a", json!({"fault": {"kind": "refused"}, "for_seconds": 60})).await;
    assert_eq!((&put["seconds_left"], &put["percent"], &put["connector"]), (&json!(60), &json!(100), &json!("a")));
    service.clock.advance(Duration::from_secs(15));
    let (_, listed) = service.get(FAULTS).await;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["seconds_left"]), (1, &json!(45)));
    service.clock.advance(Duration::from_secs(45));
    assert_eq!(service.get(FAULTS).await.1["items"], json!([]));
    assert_eq!(service.create(&number(1)).await.1["delivery"]["connector"], "a", "its time is over");

    inject(&service, "a", json!({"fault": {"kind": "refused"}})).await;
    assert_eq!(service.call(Method::DELETE, &format!("{FAULTS}/a"), Value::Null).await.0, 204);
    assert_eq!(
        service.call(Method::DELETE, &format!("{FAULTS}/a"), Value::Null).await.0,
        404,
        "there is none any more"
    );
    assert_eq!(service.get(&format!("{FAULTS}/a")).await.0, 404);
    assert_eq!(service.create(&number(2)).await.1["delivery"]["connector"], "a");
    let (_, audit) = service.get("/v1/audit").await;
    let noted: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(noted.iter().filter(|action| **action == "fault.inject").count(), 2, "{noted:?}");
    assert_eq!(noted.iter().filter(|action| **action == "fault.end").count(), 1, "{noted:?}");

    inject(&service, "a", json!({"fault": {"kind": "refused"}})).await;
    let service = Service::at(service.stop().await, |_| ()).await;
    assert_eq!(service.get(FAULTS).await.1["items"], json!([]), "a restart ends it");
    assert_eq!(service.create(&number(3)).await.1["delivery"]["connector"], "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_never_rehearsed_not_even_by_what_was_promoted() {
    let service = two().await;
    service.opens("production").await;
    inject(&service, "a", json!({"fault": {"kind": "refused"}})).await;
    let (status, told) = service.post("/v1/environments/development/promote", json!({"to": "production"})).await;
    assert_eq!(status, 200, "{told}");
    let at = "/v1/environments/production/faults";
    assert_eq!(service.get(at).await.1["items"], json!([]));
    let (status, refused) = service.put(&format!("{at}/a"), json!({"fault": {"kind": "refused"}})).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/not-development")), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_takes_its_fault_along() {
    let service = two().await;
    inject(&service, "b", json!({"fault": {"kind": "refused"}})).await;
    let connector = "/v1/environments/development/connectors/b?force=true";
    assert_eq!(service.call(Method::DELETE, connector, Value::Null).await.0, 204);
    assert_eq!(service.get(FAULTS).await.1["items"], json!([]));
    let (status, told) = service.put(&format!("{FAULTS}/b"), json!({"fault": {"kind": "refused"}})).await;
    assert_eq!(status, 404, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_field_by_field() {
    let service = two().await;
    let long = "x".repeat(5000);
    let many: Vec<&str> = std::iter::repeat_n("DE", 300).collect();
    let cases = [
        (json!({}), "/fault"),
        (json!({"fault": "refused"}), "/fault"),
        (json!({"fault": {}}), "/fault/kind"),
        (json!({"fault": {"kind": "<script>"}}), "/fault/kind"),
        (json!({"fault": {"kind": ""}}), "/fault/kind"),
        (json!({"fault": {"kind": "refused", "ms": 5}}), "/fault/ms"),
        (json!({"fault": {"kind": "latency"}}), "/fault/ms"),
        (json!({"fault": {"kind": "latency", "ms": 0}}), "/fault/ms"),
        (json!({"fault": {"kind": "latency", "ms": 60_001}}), "/fault/ms"),
        (json!({"fault": {"kind": "latency", "ms": -1}}), "/fault/ms"),
        (json!({"fault": {"kind": "status", "status": 200}}), "/fault/status"),
        (json!({"fault": {"kind": "status", "status": 70_000}}), "/fault/status"),
        (json!({"fault": {"kind": "status", "status": 503, "retry_after": 90_000}}), "/fault/retry_after"),
        (json!({"fault": {"kind": "silent", "status": 500}}), "/fault/status"),
        (json!({"fault": {"kind": "silent", "body": long}}), "/fault/body"),
        (json!({"fault": {"kind": "silent", "content_type": "a\r\nb: c"}}), "/fault/content_type"),
        (json!({"fault": {"kind": "refused"}, "percent": 0}), "/percent"),
        (json!({"fault": {"kind": "refused"}, "percent": 101}), "/percent"),
        (json!({"fault": {"kind": "refused"}, "percent": "50"}), "/percent"),
        (json!({"fault": {"kind": "refused"}, "for_seconds": 0}), "/for_seconds"),
        (json!({"fault": {"kind": "refused"}, "for_seconds": 3601}), "/for_seconds"),
        (json!({"fault": {"kind": "refused"}, "countries": ["DE", "XX"]}), "/countries/1"),
        (json!({"fault": {"kind": "refused"}, "countries": ["de"]}), "/countries/0"),
        (json!({"fault": {"kind": "refused"}, "countries": many}), "/countries"),
        (json!({"fault": {"kind": "refused"}, "forever": true}), "/forever"),
    ];
    for (body, pointer) in cases {
        let (status, told) = service.put(&format!("{FAULTS}/a"), body.clone()).await;
        assert_eq!(status, 422, "{body}: {told}");
        let named = told["errors"].to_string();
        // What is missing or unknown is named where it would be.
        let (place, field) = pointer.rsplit_once('/').unwrap();
        let is_named = named.contains(pointer) || (named.contains(place) && named.contains(&format!("`{field}`")));
        assert!(is_named, "{body}: {pointer} is not in {named}");
    }
    for path in [format!("{FAULTS}/nobody"), "/v1/environments/nowhere/faults/a".to_owned()] {
        let (status, told) = service.put(&path, json!({"fault": {"kind": "refused"}})).await;
        assert_eq!(status, 404, "{told}");
    }
    assert_eq!(service.get(FAULTS).await.1["items"], json!([]), "nothing of it is on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_opens_no_way_that_is_closed() {
    let service = Service::start().await;
    // A host that no override leads away from: loopback, which nobody may reach.
    let config = json!({"url": "https://127.0.0.1:9/send"});
    let (status, told) = service.set_up("main", json!({"component": "http", "config": config, "activate": true})).await;
    assert!(status < 300, "{told}");
    inject(&service, "main", json!({"fault": {"kind": "silent"}})).await;
    let (_, made) = service.create(TO).await;
    assert_eq!(made["delivery"]["status"], "refused", "{made}");
    let text = made["delivery"]["failure"]["text"].as_str().unwrap();
    assert!(text.contains("loopback") && !text.contains("injected"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_says_that_it_is_a_rehearsal() {
    let service = two().await;
    let cookie = service.signed_in().await;
    let page = async |path: &str| service.page(path, &cookie).await.text().await.unwrap();
    let at = "/console/environments/development";
    assert!(!page(at).await.contains("Fault rehearsal"));
    inject(&service, "a", json!({"fault": {"kind": "refused"}, "countries": ["DE"]})).await;
    for path in [at.to_owned(), format!("{at}/connectors/a"), format!("{at}/connectors/a/revisions")] {
        let page = page(&path).await;
        assert!(page.contains("Fault rehearsal: every call to DE of a"), "{path}");
    }
    assert!(!page(&format!("{at}/connectors/b")).await.contains("Fault rehearsal"));
}
