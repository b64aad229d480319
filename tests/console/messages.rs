//! The log of messages: the filter is in the address, rows open to their attempts, and no number is shown in full.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use crate::support::couriers::Couriers;
use crate::support::service::number;

const LOG: &str = "/console/environments/development/messages";

/// A message to the `n`th number; answers its id.
async fn send(couriers: &Couriers, n: u32, purpose: &str) -> String {
    let body = json!({"to": number(n), "code": "481205", "purpose": purpose, "subject": format!("user-{n}")});
    let (_, told) = couriers.service.post("/v1/messages", body).await;
    told["id"].as_str().or(told["message"].as_str()).unwrap().to_owned()
}

/// One message delivered, one that the second connector took, one that nobody took; their ids in this order.
async fn three() -> (Couriers, [String; 3]) {
    let couriers = Couriers::start(&["first", "second"]).await;
    let delivered = send(&couriers, 1, "sign-in").await;
    let callback = couriers.sent().remove(0).callback;
    let report = json!([{"status": "delivered"}]);
    assert_eq!(couriers.report(&callback, report).await.0, 200);
    couriers.service.clock.advance(Duration::from_secs(600));
    couriers.answers("first", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    let second = send(&couriers, 2, "link-account").await;
    couriers.service.clock.advance(Duration::from_secs(600));
    couriers.answers("first", json!({"kind": "invalid-number", "certainty": "not-sent"}));
    couriers.answers("second", json!({"kind": "invalid-number", "certainty": "not-sent"}));
    let refused = send(&couriers, 3, "forgot-password").await;
    (couriers, [delivered, second, refused])
}

async fn shows_no_number(browser: &Browser) {
    let text = browser.text().await;
    for n in 1..=3 {
        assert!(!text.contains(&number(n)) && !text.contains(&number(n)[2..]), "a full number: {text}");
    }
    assert!(!text.contains("481205"), "a code: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_stands_in_the_address() {
    let Some(browser) = Browser::start().await else { return };
    let (couriers, _) = three().await;
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, LOG).await;
    let rows = browser.table("Messages").rows().await;
    assert_eq!(rows.len(), 3, "{rows:?}");
    for (row, parts) in rows.iter().zip([
        ["forgot-password", "Refused", "first, second"],
        ["link-account", "Accepted", "first, second"],
        ["sign-in", "Delivered", "first"],
    ]) {
        assert!(row[3] == parts[0] && row[4].ends_with(parts[1]) && row[5] == parts[2], "{row:?}");
    }
    shows_no_number(&browser).await;
    browser.looks("messages").await;
    browser.field("Refused").tick().await;
    browser.field("Delivered").tick().await;
    browser.button("Show").click().await;
    browser.link("Clear the filter").is_shown().await;
    let path = browser.path().await;
    assert!(path.contains("status=delivered&status=refused"), "{path}");
    assert_eq!(browser.table("Messages").rows().await.len(), 2);
    assert!(browser.field("Refused").is_ticked().await);
    browser.field("Purpose").fill("sign-in").await;
    browser.button("Show").click().await;
    browser.table("Messages").do_not_see("forgot-password").await;
    assert_eq!(browser.table("Messages").rows().await.len(), 1);
    browser.open(&couriers.service.url, &format!("{LOG}?purpose=recover")).await;
    browser.see("No message fits this filter.").await;
    browser.expect_refusal(422);
    browser.open(&couriers.service.url, &format!("{LOG}?from=yesterday&status=refused")).await;
    browser.alert().see("From (UTC)").await;
    assert!(browser.field("Refused").is_ticked().await);
    browser.axe("messages-refused").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_opens_to_its_attempts_and_closes_again() {
    let Some(browser) = Browser::start().await else { return };
    let (couriers, [_, second, _]) = three().await;
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, &format!("{LOG}?purpose=link-account")).await;
    let link = browser.table("Messages").part("rowheader", None).part("link", None);
    assert_eq!(link.attribute("aria-expanded").await.as_deref(), Some("false"));
    link.click().await;
    browser.heading("Attempt 2").is_shown().await;
    browser.table("Messages").see("Provider unavailable").await;
    assert_eq!(link.attribute("aria-expanded").await.as_deref(), Some("true"));
    assert_eq!(browser.path().await, format!("{LOG}?purpose=link-account"));
    shows_no_number(&browser).await;
    browser.looks("messages-open").await;
    link.click().await;
    browser.heading("Attempt 2").is_gone().await;
    link.click().await;
    browser.link("Open this message on a page of its own").click().await;
    browser.is_at(&format!("{LOG}/{second}")).await;
    browser.see("Our reference").await;
    shows_no_number(&browser).await;
    browser.looks("message").await;
    browser.link("Request and response").click().await;
    browser.heading("Request").is_shown().await;
    browser.heading("Response").is_shown().await;
    browser.looks("message-exchange").await;
    shows_no_number(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_row_leads_to_its_page_and_the_log_is_paged() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let (couriers, [delivered, _, _]) = three().await;
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, &format!("{LOG}?limit=2")).await;
    browser.link("Older").click().await;
    browser.link("Newer").is_shown().await;
    assert_eq!(browser.table("Messages").rows().await.len(), 1);
    browser.table("Messages").part("rowheader", None).part("link", None).click().await;
    browser.is_at(&format!("{LOG}/{delivered}")).await;
    browser.see("delivered").await;
    browser.table("Reports").see("changed the status").await;
    browser.back().await;
    browser.link("Newer").click().await;
    browser.link("Older").is_shown().await;
    assert_eq!(browser.table("Messages").rows().await.len(), 2);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_log_shows_what_comes_and_can_be_stopped() {
    let Some(browser) = Browser::start().await else { return };
    let couriers = Couriers::start(&["first"]).await;
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, LOG).await;
    browser.link("Show new ones live").click().await;
    browser.see("No message yet.").await;
    send(&couriers, 1, "sign-in").await;
    browser.table("Messages").see("sign-in").await;
    browser.link("Stop live").click().await;
    browser.is_at(LOG).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_a_transcript_are_kept_as_files() {
    let (couriers, [_, _, refused]) = three().await;
    let service = &couriers.service;
    let cookie = service.signed_in().await;
    let answer = service.page(&format!("{LOG}.csv?status=refused&limit=1"), &cookie).await;
    let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.contains("messages-development.csv"), "{disposition}");
    let text = answer.text().await.unwrap();
    let rows: Vec<_> = text.split_terminator("\r\n").collect();
    assert!(rows.len() == 2 && rows[1].starts_with(&refused) && !text.contains(&number(3)), "{text}");
    let wire = format!("{LOG}/{refused}/attempts/1");
    let answer = service.page(&format!("{wire}/transcript"), &cookie).await;
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let told: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert!(told["exchanges"].is_array() && !told.to_string().contains(&number(3)), "{told}");
    for gone in [format!("{LOG}/{refused}/attempts/9"), format!("{LOG}/msg_gone"), format!("{LOG}/msg_gone/attempts")] {
        let status = service.page(&gone, &cookie).await.status();
        assert!(status == 404 || (gone.ends_with("attempts") && status == 303), "{gone}: {status}");
    }
    assert_eq!(service.page(&format!("{LOG}?cursor=x"), &cookie).await.status(), 422);
    assert_eq!(service.page("/console/environments/nowhere/messages", &cookie).await.status(), 404);
    assert_eq!(service.page(&format!("{LOG}.csv"), "").await.status(), 303, "nobody is signed in");
}
