//! Last lines: of a web origin, of an app; where they come from, and what has no room for them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{HASH, last_text, save};
use crate::support::service::{Service, TO, number};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_ends_as_the_environment_the_template_or_the_request_says() {
    let service = Service::start().await;
    let origin = json!({"origin": {"host": "shop.example", "embedded_host": "pay.example"}});
    save(
        &service,
        json!({"ending": origin, "templates": [
            {"purpose": "sign-in", "text": "{{ code }} for {{ app }}\n"},
            {"purpose": "register", "text": "{{ code }} plain", "ending": "none"},
            {"purpose": "mfa-setup", "text": "{{ code }} app", "ending": {"app_hash": HASH}},
        ]}),
    )
    .await;
    for (n, purpose, app_hash, ends) in [
        (1, "sign-in", None, " for Countersign\n@shop.example #CODE @pay.example"),
        (2, "register", None, " plain"),
        (3, "mfa-setup", None, " app\nFA+9qCX9VSu"),
        (4, "sign-in", Some("abcdefghijk"), " for Countersign\nabcdefghijk"),
        (5, "link-account", None, "minutes.\n@shop.example #CODE @pay.example"),
    ] {
        let mut body = json!({"to": number(n), "purpose": purpose});
        if let Some(hash) = app_hash {
            body["app_hash"] = hash.into();
        }
        let (status, made) = service.post("/v1/verifications", body).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
        let code = service.inbox_code().await;
        let text = last_text(&service).await;
        assert!(text.ends_with(&ends.replace("CODE", &code)), "{purpose}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_hash_is_kept_for_a_resend_and_judged_in_the_request() {
    let service = Service::start().await;
    let (_, made) = service.post("/v1/verifications", json!({"to": TO, "app_hash": HASH})).await;
    service.clock.advance(Duration::from_secs(31));
    let id = made["id"].as_str().unwrap();
    assert_eq!(service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await.0, 200);
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    let items = inbox["items"].as_array().unwrap();
    assert!(items.len() == 2 && items.iter().all(|sms| sms["text"].as_str().unwrap().ends_with("\nFA+9qCX9VSu")));
    let message = |extra: Value| {
        let mut body = json!({"to": number(1), "app_hash": HASH});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        body
    };
    assert_eq!(service.post("/v1/messages", message(json!({"code": "777777"}))).await.0, 201);
    assert!(last_text(&service).await.ends_with("\nFA+9qCX9VSu"));
    for (path, body) in [
        ("/v1/verifications", json!({"to": number(2), "app_hash": "FA+9"})),
        ("/v1/messages", message(json!({"text": "as it is"}))),
    ] {
        let (status, refused) = service.post(path, body).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/app_hash")), "{refused}");
    }
    // A text of one's own goes out as it is, whatever is configured.
    save(&service, json!({"templates": [], "ending": {"app_hash": HASH}})).await;
    let sent = service.post("/v1/messages", json!({"to": number(3), "text": "as it is "})).await;
    assert_eq!((sent.0, last_text(&service).await), (201, "as it is ".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_too_long_for_an_app_is_not_sent_and_says_so() {
    let service = Service::start().await;
    let text = format!("{{{{ code }}}} {}", "a".repeat(130));
    save(&service, json!({"templates": [{"purpose": "generic", "text": text}]})).await;
    let (status, made) = service.post("/v1/verifications", json!({"to": TO, "app_hash": HASH})).await;
    let failure = &made["delivery"]["failure"];
    assert_eq!((status, &failure["kind"], &failure["certainty"]), (201, &json!("invalid-config"), &json!("not-sent")));
    assert!(failure["text"].as_str().unwrap().contains("149 bytes"), "{failure}");
    assert_eq!(service.post("/v1/verifications", json!({"to": TO})).await.1["delivery"]["status"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ending_that_a_connectors_own_text_has_no_room_for_is_told_when_it_is_saved() {
    let service = Service::start().await;
    let own = json!([{"purpose": "sign-in", "text": format!("{{{{ code }}}} {}", "a".repeat(125))}]);
    assert_eq!(service.set_up("own", json!({"component": "inbox", "templates": own})).await.0, 201);
    let saved = save(&service, json!({"templates": [], "ending": {"app_hash": HASH}})).await;
    let warning = &saved["warnings"][0];
    assert_eq!((&warning["code"], &warning["pointer"]), (&json!("connector-text"), &json!("/ending")), "{saved}");
    assert!(warning["text"].as_str().unwrap().contains("`own`"), "{warning}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_needs_the_older_form_has_its_text_begin_with_its_mark() {
    let service = Service::start().await;
    save(&service, json!({"templates": [{"purpose": "generic", "text": "<#> {{ code }} is your code"}]})).await;
    service.post("/v1/verifications", json!({"to": TO, "app_hash": HASH})).await;
    let text = last_text(&service).await;
    assert!(text.starts_with("<#> ") && text.ends_with(" is your code\nFA+9qCX9VSu"), "{text}");
}
