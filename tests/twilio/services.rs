//! Verify services.

use serde_json::{Value, json};

use super::{Caller, refused};
use crate::support::service::{Service, TO};

#[tokio::test(flavor = "multi_thread")]
async fn a_twilio_service_is_made_changed_listed_and_decides_what_its_codes_are_like() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let (status, made) = caller.post("/v2/Services", &[("FriendlyName", "Sign in"), ("CodeLength", "8")]).await;
    assert_eq!((status, &made["friendly_name"], &made["code_length"]), (201, &json!("Sign in"), &json!(8)), "{made}");
    assert_eq!((&made["custom_code_enabled"], &made["date_created"]), (&json!(false), &json!("2026-01-15T12:00:00Z")));
    let path = format!("/v2/Services/{}", made["sid"].as_str().unwrap());
    assert_eq!(made["url"], format!("{}{path}", service.url));
    caller.post(&format!("{path}/Verifications"), &[("To", TO), ("Channel", "sms")]).await;
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    assert_eq!(inbox["items"][0]["purpose"], "sign-in", "its name means a purpose");
    assert_eq!(service.inbox_code().await.len(), 8);
    let (status, changed) = caller.post(&path, &[("FriendlyName", "Shop"), ("CodeLength", "10")]).await;
    assert_eq!((status, &changed["friendly_name"], &changed["code_length"]), (200, &json!("Shop"), &json!(10)));
    assert_eq!(caller.get(&path).await.1, changed);
    for (form, status, code) in [
        (&[][..], 400, 60200),
        (&[("FriendlyName", "a name that has more than thirty-two letters")], 400, 60200),
        (&[("FriendlyName", "x"), ("CodeLength", "3")], 400, 60200),
        (&[("FriendlyName", "x"), ("CodeLength", "11")], 400, 60200),
        (&[("FriendlyName", "x"), ("CodeLength", "4")], 400, 60200),
        (&[("FriendlyName", "x"), ("CustomCodeEnabled", "true")], 403, 60204),
        (&[("FriendlyName", "x"), ("Push.FcmCredentialSid", "CR0")], 403, 60204),
    ] {
        refused(&caller.post("/v2/Services", form).await, status, code);
    }
    let policy = json!({"defaults": {"code_length": 4}});
    assert_eq!(service.put("/v1/environments/development/policy", policy).await.0, 200);
    let short = [("FriendlyName", "short"), ("CodeLength", "4"), ("CustomCodeEnabled", "false")];
    assert_eq!(caller.post("/v2/Services", &short).await.0, 201, "where the operator's policy permits it");
}

#[tokio::test(flavor = "multi_thread")]
async fn twilio_services_are_listed_page_by_page_and_there_is_an_end_of_them() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    for n in 1..100 {
        let (status, made) = caller.post("/v2/Services", &[("FriendlyName", &format!("service {n}"))]).await;
        assert_eq!(status, 201, "{made}");
    }
    refused(&caller.post("/v2/Services", &[("FriendlyName", "one more")]).await, 403, 60204);
    let mut next = Some("/v2/Services?PageSize=40".to_owned());
    let mut pages: Vec<usize> = Vec::new();
    while let Some(path) = next {
        let (status, page) = caller.get(&path).await;
        assert_eq!((status, &page["meta"]["key"]), (200, &json!("services")), "{page}");
        pages.push(page["services"].as_array().unwrap().len());
        next = page["meta"]["next_page_url"].as_str().map(|url| url.strip_prefix(&service.url).unwrap().to_owned());
    }
    assert_eq!(pages, [40, 40, 20]);
    assert_eq!(caller.get("/v2/Services?Page=9").await.1["services"], Value::Array(vec![]));
    refused(&caller.get("/v2/Services?PageSize=many").await, 400, 20001);
}
