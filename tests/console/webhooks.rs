//! Webhooks in the browser: added, tried, changed, told again, deleted; a secret is shown once.

use serde_json::json;

use super::browser::Browser;
use crate::support::provider::{Answer, Provider};
use crate::support::service::{Service, TO};
use crate::support::within;

const PAGE: &str = "/console/environments/development/webhooks";
const API: &str = "/v1/environments/development/webhooks";

async fn started() -> (Service, Provider) {
    let receiver = Provider::start().await;
    receiver.answers(Answer::Json(200, json!({})));
    let address = receiver.url.trim_start_matches("http://").parse().unwrap();
    (Service::with(move |config| config.egress.allow.push(address)).await, receiver)
}

/// The secret that the page shows.
async fn secret(browser: &Browser) -> String {
    let text = browser.part("main", None).text().await;
    let word = text.split_whitespace().find(|word| word.starts_with("whsec_"));
    word.unwrap_or_else(|| panic!("no secret in {text}")).to_owned()
}

async fn goes_all_the_way(browser: &Browser) {
    let (service, receiver) = started().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/environments/development").await;
    browser.link("Webhooks").click().await;
    browser.see("Nobody is told anything yet.").await;
    let url = format!("{}/told", receiver.url);
    browser.field("Address").fill(&url).await;
    browser.field("What it is for").fill("the shop").await;
    browser.field("message.sent").tick().await;
    browser.button("Add webhook").click().await;
    browser.see("it is not shown again").await;
    let first = secret(browser).await;
    if browser.runs_scripts().await {
        browser.looks("webhook-added").await;
    }
    browser.link(&url).click().await;
    browser.do_not_see(&first).await;
    browser.button("Send a test").click().await;
    browser.see("It took the test: status 200.").await;
    service.create(TO).await;
    within("the call", async {
        while receiver.requests().len() < 2 {
            receiver.arrived().await;
        }
    })
    .await;
    receiver.answers(Answer::Json(503, json!({})));
    browser.button("Send a test").click().await;
    browser.see("It did not take the test").await;
    browser.link("Taken").click().await;
    browser.see("message.sent").await;
    if browser.runs_scripts().await {
        browser.looks("webhook").await;
    }
    browser.button("Replace the secret").click().await;
    browser.see("The new secret.").await;
    assert_ne!(secret(browser).await, first);
    browser.field("It is told what happens").untick().await;
    browser.button("Save").click().await;
    browser.see("Saved. It holds for what happens from now on.").await;
    let kept = service.get(API).await.1;
    let one = &kept["items"][0];
    assert_eq!(
        (&one["enabled"], &one["events"], &one["description"]),
        (&json!(false), &json!(["message.sent"]), &json!("the shop"))
    );
    browser.link("Delete").click().await;
    browser.see("It is told nothing any more").await;
    browser.button("Delete webhook").click().await;
    browser.see("The webhook is deleted.").await;
    assert_eq!(service.get(API).await.1["items"], json!([]));
    let noted = service.get("/v1/audit").await.1.to_string();
    for action in ["webhook.save", "webhook.test", "webhook.rotate", "webhook.delete"] {
        assert!(noted.contains(action), "{action}");
    }
    assert!(!noted.contains("/told") && !noted.contains(&first), "an address may be a secret: {noted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_added_tried_changed_and_deleted_and_its_secret_is_shown_once() {
    let Some(browser) = Browser::start().await else { return };
    goes_all_the_way(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_goes_all_the_way_without_scripts_too() {
    let Some(browser) = Browser::without_scripts().await else { return };
    goes_all_the_way(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_can_not_work_is_told_at_its_field_and_what_was_typed_stays() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.field("Address").fill("https://10.0.0.7/told").await;
    browser.field("What it is for").fill("the shop").await;
    browser.field("number.locked").tick().await;
    browser.expect_refusal(422);
    browser.button("Add webhook").click().await;
    browser.see("10.0.0.7 is").await;
    assert_eq!(browser.field("What it is for").value().await, "the shop");
    assert!(browser.field("number.locked").is_ticked().await);
    assert_eq!(service.get(API).await.1["items"], json!([]));
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_not_taken_is_told_again_by_hand() {
    let Some(browser) = Browser::start().await else { return };
    let (service, receiver) = started().await;
    receiver.answers(Answer::Json(503, json!({})));
    let (_, made) =
        service.post(API, json!({"url": format!("{}/told", receiver.url), "events": ["message.sent"]})).await;
    service.create(TO).await;
    within("the first call", receiver.arrived()).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{PAGE}/{}", made["id"].as_str().unwrap())).await;
    browser.see("Waits").await;
    receiver.answers(Answer::Json(200, json!({})));
    browser.button("Tell again").click().await;
    browser.see("The event is told again now.").await;
    within("the second call", async {
        while receiver.requests().len() < 2 {
            receiver.arrived().await;
        }
    })
    .await;
    browser.end().await;
}
