//! After "accepted": what a provider reports of a message, and what follows from it.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::couriers::{Couriers, PUBLIC_URL, Sent};
use crate::support::service::{TO, answer, number};

const KEY: &str = "report-key-of-the-provider-0123";

async fn created(couriers: &Couriers) -> (String, String) {
    let (status, made) = couriers.service.create(TO).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    (id, made["delivery"]["message"].as_str().unwrap().to_owned())
}

/// A callback as the provider of a connector with a key signs it.
async fn signed(couriers: &Couriers, path: &str, reports: &Value, key: &str) -> (u16, Value) {
    let body = reports.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{PUBLIC_URL}{path}{body}").as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = couriers.service.request(Method::POST, path).header("x-signature", signature).body(body);
    answer(request.header("content-type", "application/json")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_not_delivered_goes_to_the_next_connector_with_the_same_code() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let (id, message) = created(&couriers).await;
    let first = couriers.sent().remove(0);
    let report =
        json!([{"status": "undelivered", "kind": "provider-unavailable", "code": "30008", "network": "24007"}]);
    assert_eq!(couriers.report(&first.callback, report).await, (200, json!({})));
    let sent = couriers.sends(2).await;
    assert_eq!((sent[1].account.as_str(), sent[1].code()), ("b", first.code()));
    let shown = couriers.message(&message, |message| message["status"] == "accepted").await;
    let attempts = shown["attempts"].as_array().unwrap();
    assert_eq!(
        (attempts.len(), &attempts[0]["status"], &attempts[1]["status"]),
        (2, &json!("undelivered"), &json!("accepted"))
    );
    assert_eq!((&attempts[0]["network"], &attempts[0]["provider_code"]), (&json!("24007"), &json!("30008")));
    let verification = couriers.shown(&format!("/v1/verifications/{id}"), |v| v["delivery"]["connector"] == "b").await;
    assert_eq!(verification["delivery"]["status"], "accepted");
    assert_eq!(couriers.service.check(&id, &first.code()).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_comes_twice_moves_once() {
    let couriers = Couriers::start(&["a", "b", "c"]).await;
    let (_, message) = created(&couriers).await;
    let first = couriers.sent().remove(0);
    let report = json!([{"status": "undelivered"}]);
    let all = (0..8).map(|_| couriers.report(&first.callback, report.clone()));
    for (status, told) in futures_util::future::join_all(all).await {
        assert_eq!(status, 200, "{told}");
    }
    couriers.sends(2).await;
    let shown = couriers.message(&message, |message| message["status"] == "accepted").await;
    assert_eq!((shown["attempts"].as_array().unwrap().len(), shown["reports"].as_array().unwrap().len()), (2, 1));
    assert_eq!(couriers.asked(), ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_final_is_not_taken_back_in_whatever_order_reports_come() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let (id, message) = created(&couriers).await;
    let callback = couriers.sent().remove(0).callback;
    for status in ["delivered", "sent", "undelivered", "expired", "accepted", "nonsense"] {
        assert_eq!(couriers.report(&callback, json!([{"status": status}])).await.0, 200);
    }
    let (_, shown) = couriers.service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!((&shown["status"], &shown["attempts"][0]["status"]), (&json!("delivered"), &json!("delivered")));
    let moved: Vec<bool> = shown["reports"].as_array().unwrap().iter().map(|r| r["moved"].as_bool().unwrap()).collect();
    assert_eq!((moved.len(), moved.iter().filter(|moved| **moved).count()), (6, 1));
    let (_, verification) = couriers.service.get(&format!("/v1/verifications/{id}")).await;
    assert_eq!(verification["delivery"]["status"], "delivered");
    assert_eq!(couriers.asked(), ["a"], "nothing goes on that has arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_address_is_nobodys() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let (_, message) = created(&couriers).await;
    let callback = couriers.sent().remove(0).callback;
    let other = callback.replace("/a/", "/b/");
    let shorter = &callback[..callback.len() - 1];
    for path in [other.as_str(), shorter, "/callbacks/development/a/", "/callbacks/development/a/x"] {
        assert_eq!(couriers.report(path, json!([{"status": "undelivered"}])).await.0, 404, "{path}");
    }
    let (_, shown) = couriers.service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!((&shown["status"], &shown["reports"]), (&json!("accepted"), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_provider_signs_an_unsigned_report_is_kept_and_moves_nothing() {
    let couriers = Couriers::keyed(&["a", "b"], Some(KEY)).await;
    let (_, message) = created(&couriers).await;
    let callback = couriers.sent().remove(0).callback;
    let negative = json!([{"status": "undelivered"}]);
    assert_eq!(couriers.report(&callback, negative.clone()).await.0, 200);
    assert_eq!(signed(&couriers, &callback, &negative, "another-key").await.0, 200);
    let (_, shown) = couriers.service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!((&shown["status"], &shown["reports"][0]["verified"]), (&json!("accepted"), &json!(false)));
    assert_eq!(signed(&couriers, &callback, &json!([{"status": "delivered"}]), KEY).await.0, 200);
    let (_, shown) = couriers.service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!((&shown["status"], couriers.asked().len()), (&json!("delivered"), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_to_the_connectors_own_address_finds_its_message_by_id_or_reference() {
    let couriers = Couriers::start(&["a"]).await;
    let (_, one) = created(&couriers).await;
    couriers.service.clock.advance(Duration::from_secs(60));
    let (_, two) = created(&couriers).await;
    let sent = couriers.sent();
    let (_, connector) = couriers.service.get("/v1/environments/development/connectors/a").await;
    let address = connector["callback_url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap();
    let reports = json!([
        {"ids": ["unknown", sent[0].id()], "status": "delivered"},
        {"reference": sent[1].reference, "status": "undelivered"},
        {"reference": format!("{one}-00000000"), "status": "undelivered"},
        {"ids": ["never-heard-of"], "status": "undelivered"},
        {"status": "undelivered"},
    ]);
    assert_eq!(couriers.report(address, reports).await.0, 200);
    assert_eq!(couriers.service.get(&format!("/v1/messages/{one}")).await.1["status"], "delivered");
    assert_eq!(couriers.service.get(&format!("/v1/messages/{two}")).await.1["status"], "undelivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_outruns_its_receipt_is_not_lost() {
    let couriers = Couriers::start(&["a", "b"]).await;
    couriers.answers("a", json!({"id": "early"}));
    let (_, connector) = couriers.service.get("/v1/environments/development/connectors/a").await;
    let address = connector["callback_url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap();
    assert_eq!(couriers.report(address, json!([{"ids": ["early"], "status": "undelivered"}])).await.0, 200);
    let (_, message) = created(&couriers).await;
    let (_, shown) = couriers.service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!((&shown["attempts"][0]["status"], &shown["status"]), (&json!("undelivered"), &json!("accepted")));
    assert_eq!(couriers.asked(), ["a", "b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_takes_another_way_and_ends_the_wait_for_the_first() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let (id, _) = created(&couriers).await;
    couriers.service.clock.advance(Duration::from_secs(60));
    let path = format!("/v1/verifications/{id}/resend");
    let (status, told) = couriers.service.post(&path, json!({"channel": "voice"})).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/channel")));
    let (status, sent) = couriers.service.post(&path, Value::Null).await;
    assert_eq!((status, &sent["delivery"]["connector"]), (200, &json!("b")), "{sent}");
    let first = couriers.sent().remove(0);
    assert_eq!(couriers.sent()[1].code(), first.code());
    assert_eq!(couriers.report(&first.callback, json!([{"status": "undelivered"}])).await.0, 200);
    let provider = couriers.service.provider.clone();
    couriers.service.stop().await;
    assert_eq!(provider.requests().len(), 2, "the second is on its way already");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_messages_do_not_arrive_another_connector_is_asked_first_and_only_there() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let first = async |to: &str| {
        let before = couriers.sent().len();
        assert_eq!(couriers.service.create(to).await.0, 201);
        couriers.sent().swap_remove(before)
    };
    let told = async |sent: &Sent, report: Value| assert_eq!(couriers.report(&sent.callback, report).await.0, 200);
    let expired = json!([{"status": "undelivered", "kind": "invalid-recipient", "network": "31026"}]);
    for n in 0..12 {
        let sent = first(&number(n)).await;
        assert_eq!(sent.account, "a");
        told(&sent, expired.clone()).await;
    }
    for n in 20..30 {
        let sent = first(&number(n)).await;
        assert_eq!(sent.account, "a", "a bad number is no provider's fault");
        told(&sent, json!([{"status": "expired", "network": "31026"}])).await;
        couriers.sends(couriers.asked().iter().filter(|account| *account == "a").count() + n as usize - 19).await;
    }
    assert_eq!(first(&number(40)).await.account, "b", "that area's network gets nothing from `a`");
    assert_eq!(first("+12125550123").await.account, "a", "another area does");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_swapped_or_deleted_is_still_told_what_became_of_its_messages() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let (_, swapped) = created(&couriers).await;
    couriers.service.clock.advance(Duration::from_secs(60));
    let (status, told) = couriers.service.set_up("a", json!({"component": "inbox"})).await;
    assert_eq!(status, 200, "{told}");
    let callback = couriers.sent().remove(0).callback;
    assert_eq!(couriers.report(&callback, json!([{"status": "delivered"}])).await.0, 200);
    assert_eq!(couriers.service.get(&format!("/v1/messages/{swapped}")).await.1["status"], "delivered");

    let active = json!({"active": "b"});
    assert_eq!(couriers.service.put("/v1/environments/development/channels/sms", active).await.0, 200);
    let (_, deleted) = created(&couriers).await;
    let path = "/v1/environments/development/connectors/b?force=true";
    assert_eq!(couriers.service.call(Method::DELETE, path, Value::Null).await.0, 204);
    let callback = couriers.sent().remove(1).callback;
    couriers.service.clock.advance(Duration::from_secs(71 * 3600));
    assert_eq!(couriers.report(&callback, json!([{"status": "delivered"}])).await.0, 200);
    assert_eq!(couriers.service.get(&format!("/v1/messages/{deleted}")).await.1["status"], "delivered");
    couriers.service.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(couriers.report(&callback, json!([{"status": "sent"}])).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_report_says_is_written_without_numbers() {
    let couriers = Couriers::start(&["a"]).await;
    let (id, message) = created(&couriers).await;
    let callback = couriers.sent().remove(0).callback;
    let report = json!([{"status": "undelivered", "text": "handset +14155550123 is off"}]);
    assert_eq!(couriers.report(&callback, report).await.0, 200);
    let (_, shown) = couriers.service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!(shown["reports"][0]["text"], "handset +••• is off");
    let (_, verification) = couriers.service.get(&format!("/v1/verifications/{id}")).await;
    let delivery = &verification["delivery"];
    assert_eq!(
        (&delivery["status"], &delivery["failure"]["text"]),
        (&json!("undelivered"), &json!("handset +••• is off"))
    );
    assert_eq!(couriers.report(&callback, json!([{"status": "delivered"}])).await.0, 200);
    let (_, verification) = couriers.service.get(&format!("/v1/verifications/{id}")).await;
    assert_eq!(
        (&verification["delivery"]["status"], &verification["delivery"]["failure"]),
        (&json!("delivered"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_can_not_be_read_is_an_error_that_tells_nothing() {
    let couriers = Couriers::start(&["a"]).await;
    created(&couriers).await;
    let callback = couriers.sent().remove(0).callback;
    let (status, told) = couriers.report(&callback, json!({"not": "a list of +14155550123"})).await;
    assert_eq!((status, &told["type"]), (502, &json!("/problems/callback-failed")), "{told}");
    assert!(!told.to_string().contains("4155550123"), "{told}");
    let huge = "x".repeat(300 << 10);
    assert_eq!(couriers.report(&callback, json!(huge)).await.0, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_the_callers_own_code_goes_on_while_its_content_is_kept() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let body = json!({"to": TO, "code": "424242", "purpose": "sign-in"});
    let (status, made) = couriers.service.post("/v1/messages", body).await;
    assert_eq!(status, 201, "{made}");
    let first = couriers.sent().remove(0);
    assert_eq!(couriers.report(&first.callback, json!([{"status": "rejected"}])).await.0, 200);
    let sent = couriers.sends(2).await;
    assert_eq!((sent[1].account.as_str(), sent[1].code().as_str()), ("b", "424242"));
    let id = made["id"].as_str().unwrap();
    couriers.message(id, |message| message["status"] == "accepted").await;
    assert_eq!(couriers.report(&sent[1].callback, json!([{"status": "delivered"}])).await.0, 200);
    couriers.message(id, |message| message["status"] == "delivered").await;
}
