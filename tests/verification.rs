//! Providers that make and check the codes themselves: started, checked where they were started, and never by a code
//! of ours.

mod checks;
mod doors;
mod failover;
mod uploads;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::service::TO;
use crate::support::verifiers::{CODE, Verifiers};

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_makes_the_code_and_its_word_approves_once() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let body =
        json!({"to": TO, "purpose": "sign-in", "locale": "de", "client_ip": "192.0.2.7", "app_hash": "FA+9qCX9VSu"});
    let (status, made) = service.post("/v1/verifications", body).await;
    assert_eq!((status, &made["status"]), (201, &json!("pending")), "{made}");
    let delivery = &made["delivery"];
    assert_eq!(
        (&delivery["status"], &delivery["connector"], &delivery["code_by_provider"]),
        (&json!("accepted"), &json!("tv"), &json!(true)),
        "{made}"
    );
    let started = verifiers.asked("start").remove(0);
    let reference = started["reference"].as_str().unwrap().to_owned();
    assert_eq!(
        started,
        json!({
            "account": "tv", "to": TO, "reference": reference, "ip": "192.0.2.7", "length": 6, "previous": null,
            "app_hash": "FA+9qCX9VSu", "locale": "de", "purpose": "sign-in", "validity": 600, "sender": null,
        })
    );
    let id = made["id"].as_str().unwrap();
    let (_, log) = service.get(&format!("/v1/messages/{}", delivery["message"].as_str().unwrap())).await;
    let attempt = &log["attempts"][0];
    assert_eq!(
        (&attempt["provider_ids"], &attempt["code_by_provider"]),
        (&json!([format!("v-{reference}")]), &json!(true)),
        "{log}"
    );

    assert_eq!(service.check(id, "000000").await.1, json!({"status": "pending", "attempts_left": 4}));
    let asked = verifiers.asked("check").remove(0);
    assert_eq!(
        asked,
        json!({"account": "tv", "id": format!("v-{reference}"), "to": TO, "code": "000000", "reference": reference})
    );
    let (status, checked) = service.check(id, "2468 1357").await;
    assert_eq!((status, checked), (200, json!({"status": "approved", "attempts_left": 4})));
    let (status, again) = service.check(id, CODE).await;
    assert_eq!((status, &again["verification_status"]), (409, &json!("approved")), "{again}");
    assert_eq!(verifiers.asked("check").len(), 2, "what has ended asks nobody");
    let (_, log) = service.get(&format!("/v1/messages/{}", delivery["message"].as_str().unwrap())).await;
    assert_eq!(log["used"], true, "the connector is thanked: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_starts_again_with_what_it_was_called_before_and_the_newest_id_is_checked() {
    let verifiers = Verifiers::start(&["tv", "other", "inbox"]).await;
    let service = &verifiers.service;
    let made = verifiers.create(TO).await;
    let id = made["id"].as_str().unwrap();
    service.clock.advance(Duration::from_secs(31));
    let (status, again) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &again["delivery"]["connector"]), (200, &json!("tv")), "bound to it: {again}");
    assert_eq!(again["expires_at"], made["expires_at"], "no longer life");
    let started = verifiers.asked("start");
    assert_eq!(verifiers.accounts("start"), ["tv", "tv"]);
    assert_eq!(started[1]["previous"], json!(format!("v-{}", started[0]["reference"].as_str().unwrap())));
    assert_eq!(service.check(id, CODE).await.1["status"], "approved");
    let newest = format!("v-{}", started[1]["reference"].as_str().unwrap());
    assert_eq!(verifiers.asked("check")[0]["id"], json!(newest));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_whose_code_lives_shorter_ends_the_verification_with_it() {
    let verifiers = Verifiers::start(&["tv"]).await;
    verifiers.answers("start", "tv", json!({"id": "short", "expires_in": 120}));
    let service = &verifiers.service;
    let made = verifiers.create(TO).await;
    assert_eq!(made["expires_at"], "2026-01-15T12:02:00.000Z", "{made}");
    let (_, shown) = service.get(&format!("/v1/verifications/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(shown["expires_at"], made["expires_at"]);
    service.clock.advance(Duration::from_secs(121));
    let (status, late) = service.check(made["id"].as_str().unwrap(), CODE).await;
    assert_eq!((status, &late["verification_status"]), (409, &json!("expired")), "{late}");
    assert!(verifiers.asked("check").is_empty());
}
