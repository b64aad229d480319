//! What a preview shows is what is sent, for each connector; it saves nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::registered::serve_registered;
use super::{HASH, PREVIEW, TEXTS};
use crate::support::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_what_is_sent_for_each_connector_and_saves_nothing() {
    let service = Service::start().await;
    let senders = json!([{"countries": ["IN"], "sender": "ACMEIN", "template_id": "DLT_1", "entity_id": "E_1"}]);
    let own = json!([{"purpose": "sign-in", "template_id": "SMS_1"}]);
    serve_registered(&service, "template-id", own, senders).await;
    let unsaved = json!({"templates": [{"purpose": "sign-in", "locale": "pl", "text": "Kod {{ app }}: {{ code }}"}], "ending": {"origin": {"host": "shop.example"}}});
    let body = json!({"purpose": "sign-in", "locale": "pl-PL", "country": "IN", "templates": unsaved});
    let (status, shown) = service.post(PREVIEW, body).await;
    assert_eq!(status, 200, "{shown}");
    let of =
        |name: &str| shown["previews"].as_array().unwrap().iter().find(|p| p["connector"] == name).unwrap().clone();
    let phone = of("inbox");
    assert_eq!(phone["template"], json!({"source": "environment", "purpose": "sign-in", "locale": "pl"}), "{phone}");
    assert_eq!(phone["text"], "Kod Countersign: 123456\n@shop.example #123456");
    assert_eq!((&phone["encoding"], &phone["segments"]), (&json!("GSM-7"), &json!(1)));
    assert_eq!(phone["ending"], "@shop.example #123456");
    let registered = of("teller");
    assert_eq!((&registered["template_id"], &registered["sender"]), (&json!("DLT_1"), &json!("ACMEIN")));
    assert_eq!(registered["warnings"][0]["code"], "no-ending");
    let (_, built_in) = service.post(PREVIEW, json!({"connector": "inbox", "app_hash": HASH})).await;
    let only = &built_in["previews"][0];
    assert_eq!((&only["template"]["source"], &only["ending"]), (&Value::Null, &json!(HASH)), "{built_in}");
    let (_, none) = service.post(PREVIEW, json!({"purpose": "register", "connector": "teller"})).await;
    assert!(none["previews"][0]["failure"].as_str().unwrap().contains("registered templates only"), "{none}");
    for (body, pointer) in [
        (json!({"templates": {"templates": [{"purpose": "x", "text": "none"}]}}), "/templates/templates/0/text"),
        (json!({"country": "in"}), "/country"),
        (json!({"to": "12"}), "/to"),
        (json!({"purpose": "A"}), "/purpose"),
    ] {
        let (status, refused) = service.post(PREVIEW, body).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{refused}");
    }
    assert_eq!(service.post(PREVIEW, json!({"connector": "nobody"})).await.0, 404);
    assert_eq!(service.get(TEXTS).await.1, json!({"templates": []}));
    assert_eq!(service.call(Method::POST, "/v1/environments/nowhere/templates/preview", json!({})).await.0, 404);
}
