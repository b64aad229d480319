//! A connector beside its settings: its revisions, the swap from one to another, what takes its place, and its end.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::browser::Browser;
use crate::support::couriers::Couriers;
use crate::support::guests;
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, TOKEN, number};

const LIST: &str = "/console/environments/development/connectors";
const MAIN: &str = "/console/environments/development/connectors/main";
const OTHER_TOKEN: &str = "canary-of-another-token-456";

/// `main` with two revisions of two components; the second serves. Each sent a code.
async fn service() -> Service {
    let service = Service::start().await;
    for (n, marker) in ["marker-a", "marker-b"].into_iter().enumerate() {
        service.serve_marker(marker).await;
        service.clock.advance(std::time::Duration::from_secs(600));
        assert_eq!(sent_by(&service, u32::try_from(n).unwrap()).await, marker);
    }
    service
}

/// The component that a code is sent by.
async fn sent_by(service: &Service, to: u32) -> String {
    let (status, told) = service.create(&number(to)).await;
    assert_eq!(status, 201, "{told}");
    service.provider.requests().pop().unwrap().header("x-connector")
}

async fn main(service: &Service) -> (u16, Value) {
    service.get("/v1/environments/development/connectors/main").await
}

async fn rolls_back(browser: &Browser, service: &Service) {
    browser.sign_in(service).await;
    browser.open(&service.url, &format!("{MAIN}/revisions")).await;
    browser.button("Roll back to revision 1").click().await;
    browser.is_at(&format!("{MAIN}/revisions?done=serves")).await;
    browser.see("Sends that were under way finish on the revision before.").await;
    assert_eq!(main(service).await.1["serving"], 1);
    assert_eq!(sent_by(service, 7).await, "marker-a");
    browser.button("Let revision 2 serve").is_shown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_rolls_back_and_the_revision_before_serves() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    rolls_back(&browser, &service).await;
    browser.looks("revisions").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_rolls_back_without_scripts_too() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = service().await;
    rolls_back(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_shows_its_swap_and_drains_before_ones_eyes() {
    let Some(browser) = Browser::start().await else { return };
    let service = Arc::new(service().await);
    let gate = Arc::new(Notify::new());
    service.provider.answers(Answer::Wait(Arc::clone(&gate)));
    let slow = Arc::clone(&service);
    let under_way = tokio::spawn(async move { slow.create(TO).await });
    while service.provider.requests().len() < 3 {
        service.provider.arrived().await;
    }
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{MAIN}/revisions/1")).await;
    browser.button("Roll back to revision 1").click().await;
    browser.see("It serves now.").await;
    browser.open(&service.url, &format!("{MAIN}/revisions/2")).await;
    browser.see("still draining").await;
    browser.looks("revision-draining").await;
    gate.notify_one();
    assert_eq!(under_way.await.unwrap().0, 201);
    browser.do_not_see("still draining").await;
    browser.looks("revision").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_secret_a_comparison_says_only_that_it_is_another_one() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    let config = json!({"api_token": OTHER_TOKEN, "note": "<b>new</b>"});
    assert_eq!(service.set_up("main", json!({"component": "marker-b", "config": config})).await.0, 200);
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{MAIN}/revisions")).await;
    browser.field("From").choose("Revision 2").await;
    browser.field("To").choose("Revision 3").await;
    browser.button("Compare").click().await;
    browser.see("another secret").await;
    browser.see("<b>new</b>").await;
    let text = browser.text().await;
    assert!(!text.contains(TOKEN) && !text.contains(OTHER_TOKEN), "{text}");
    browser.looks("revisions-compared").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_shows_old_beside_new_and_the_old_one_serves_until_the_switch() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, MAIN).await;
    browser.link("Change connector").click().await;
    browser.see("The old one serves until you save the new one.").await;
    browser.field("Choose what takes its place").choose("marker-a 1.0.0").await;
    browser.button("Show what it comes to").click().await;
    browser.heading("What carries over").is_shown().await;
    let text = browser.part("main", None).text().await;
    assert!(text.contains("marker-b@1.0.0") && text.contains("marker-a@1.0.0"), "{text}");
    browser.looks("connector-change").await;
    browser.link("Set it up").click().await;
    browser.heading("Set up marker-a").is_shown().await;
    assert_eq!(sent_by(&service, 9).await, "marker-b");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_says_what_stops_and_asks_for_the_name() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, MAIN).await;
    browser.link("Delete connector").click().await;
    browser.see("Sign-in codes stop in development at once.").await;
    browser.field("Type the connector's name to confirm").fill("inbox").await;
    browser.expect_refusal(422);
    browser.button("Delete connector").click().await;
    browser.see("This is not its name; nothing was deleted.").await;
    browser.looks("connector-delete").await;
    assert_eq!(main(&service).await.0, 200);
    browser.field("Type the connector's name to confirm").fill("main").await;
    browser.button("Delete connector").click().await;
    browser.is_at(&format!("{LIST}?done=deleted")).await;
    browser.see("The connector was deleted.").await;
    assert_eq!(main(&service).await.0, 404);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_connector_is_made_the_active_one() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    assert!(service.upload(guests::marker("marker-a")).await.0 < 300);
    let set_up = json!({"component": "marker-a", "config": {"api_token": TOKEN}});
    assert_eq!(service.set_up("second", set_up).await.0, 201);
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{LIST}/second/revisions")).await;
    browser.button("Make it the active one").click().await;
    browser.is_at(&format!("{LIST}/second?done=active")).await;
    browser.see("It is the active connector now.").await;
    assert_eq!(service.get("/v1/environments/development/channels/sms").await.1["active"], "second");
    assert_eq!(sent_by(&service, 11).await, "marker-a");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_tells_when_it_last_had_success() {
    let Some(browser) = Browser::start().await else { return };
    let couriers = Couriers::start(&["first", "second"]).await;
    let send = async |n: u32| couriers.service.post("/v1/messages", json!({"to": number(n), "code": "481205"})).await;
    let told = async |name: &str| {
        let (_, told) = couriers.service.get(&format!("/v1/environments/development/connectors/{name}")).await;
        told["last_success_at"].as_str().map(|at| at[..16].to_owned())
    };
    let now = || Some(couriers.service.clock.now().to_string()[..16].to_owned());
    assert_eq!(told("first").await, None);
    send(1).await;
    let taken = now();
    couriers.service.clock.advance(std::time::Duration::from_secs(3600));
    couriers.answers("first", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    send(2).await;
    assert_eq!((told("first").await, told("second").await), (taken, now()), "a refusal is no success");
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, LIST).await;
    browser.table("Connectors of this environment").see("none yet").await;
    browser.row("first").do_not_see("none yet").await;
    let callback = couriers.sent().remove(0).callback;
    assert_eq!(couriers.report(&callback, json!([{"status": "delivered"}])).await.0, 200);
    assert_eq!(told("first").await, now());
    browser.link("first").click().await;
    browser.see("Last success: ").await;
    browser.end().await;
}
