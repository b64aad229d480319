//! What messages cost, in the browser: price lists that are pasted, and bills that are counted by them.

use serde_json::json;

use super::browser::Browser;
use crate::support::service::{Service, number};

const PAGE: &str = "/console/environments/development/costs";
const PRICES: &str = "/v1/environments/development/connectors/inbox/prices";

async fn prices_are_pasted_and_billed(browser: &Browser) {
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/environments/development").await;
    browser.link("Costs").click().await;
    browser.see("Nothing was sent in these days.").await;
    browser.row("inbox").see("no list").await;
    browser.row("inbox").link("Give one").click().await;
    browser.field("Currency").fill("eur").await;
    browser.field("Prices").fill("country;price\nUS;0,0083\n*;0,05").await;
    browser.button("Save prices").click().await;
    browser.see("Saved. It holds from the next send on.").await;
    browser.row("inbox").see("EUR").await;
    for n in 0..3 {
        service.create(&number(n)).await;
    }
    service.create("+4915123456789").await;
    browser.open(&service.url, PAGE).await;
    browser.table("By connector").row("inbox").see("0.0749 EUR").await;
    browser.group("inbox by country").click().await;
    browser.row("US").see("0.0249 EUR").await;
    browser.row("DE").see("0.05 EUR").await;
    if browser.runs_scripts().await {
        browser.looks("costs").await;
    }
    browser.field("Last day").is_shown().await;
    browser.table("Price lists").row("inbox").link("Change").click().await;
    assert!(browser.field("Prices").value().await.contains("US,0.0083,EUR"));
    browser.button("Delete the list").click().await;
    browser.see("The list is deleted.").await;
    assert_eq!(service.get(PRICES).await.0, 404);
    let noted = service.get("/v1/audit").await.1.to_string();
    assert!(noted.contains("prices.save") && noted.contains("prices.delete"), "{noted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_list_is_pasted_and_what_was_sent_is_billed_by_it() {
    let Some(browser) = Browser::start().await else { return };
    prices_are_pasted_and_billed(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_seen_without_scripts_too() {
    let Some(browser) = Browser::without_scripts().await else { return };
    prices_are_pasted_and_billed(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_price_is_told_with_its_line_and_what_was_typed_stays() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{PAGE}/prices/inbox")).await;
    browser.field("Prices").fill("country,price\nDE,cheap\nGermany,0.07").await;
    browser.expect_refusal(422);
    browser.button("Save prices").click().await;
    browser.see("Prices: line 3: the country is none").await;
    browser.looks("prices-refused").await;
    assert!(browser.field("Prices").value().await.contains("DE,cheap"));
    browser.field("Currency").fill("EUR").await;
    browser.field("Prices").fill("country,price\nDE,cheap").await;
    browser.expect_refusal(422);
    browser.button("Save prices").click().await;
    browser.see("line 2").await;
    browser.field("Currency").fill("").await;
    browser.field("Prices").fill("country,price\nDE,0.07").await;
    browser.expect_refusal(422);
    browser.button("Save prices").click().await;
    browser.see("is missing: say it here").await;
    assert_eq!(service.get(PRICES).await.0, 404);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_can_not_be_are_told_at_their_field() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.expect_refusal(422);
    browser.open(&service.url, &format!("{PAGE}?since=2026-13-40")).await;
    browser.see("is no day, such as 2026-11-01").await;
    assert_eq!(browser.field("First day").value().await, "2026-13-40");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_to_keep_is_the_apis() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    assert_eq!(
        service.put(PRICES, json!({"currency": "EUR", "prices": [{"destination": "US", "price": "0.0083"}]})).await.0,
        200
    );
    service.create(&number(1)).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    let link = browser.link("As a table to keep (CSV)").attribute("href").await.unwrap();
    assert!(link.starts_with(&format!("{PAGE}/table?since=")), "{link}");
    browser.end().await;
}
