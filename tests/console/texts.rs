//! Texts of messages: a table and JSON of one list, a phone beside, and nobody who overwrites somebody else.

use serde_json::{Value, json};

use super::browser::Browser;
use crate::support::service::Service;

const PAGE: &str = "/console/environments/development/texts";
const TEXTS: &str = "/v1/environments/development/templates";

async fn service() -> Service {
    let service = Service::start().await;
    let text = "It’s {{ code }}, your {{ app }} code";
    let templates = json!([{"purpose": "sign-in", "text": text}, {"purpose": "sign-in", "locale": "ar", "text": "رمزك {{ code }}"}]);
    assert_eq!(service.put(TEXTS, json!({"templates": templates})).await.0, 200);
    service
}

async fn saved(service: &Service, index: usize) -> Value {
    service.get(TEXTS).await.1["templates"][index].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_shows_what_is_typed_and_a_stray_character_is_replaced() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    let phone = browser.part("figure", Some("The message on a phone"));
    phone.see("It’s 123456, your Countersign code").await;
    let preview = browser.part("region", Some("Preview"));
    preview.see("UCS-2, because of ’ (U+2019) at character 3").await;
    browser.looks("texts").await;
    browser.field("Text of template 1").fill("Now it’s {{ code }}").await;
    phone.see("Now it’s 123456").await;
    browser.field("Last line of every text").fill("@shop.example").await;
    phone.see("From Messages 123456").await;
    browser.button("Replace it").click().await;
    preview.see("GSM-7 ·").await;
    assert_eq!(browser.field("Text of template 1").value().await, "Now it's {{ code }}");
    browser.button("Preview of template 2").click().await;
    phone.see("رمزك 123456").await;
    browser.button("Save").click().await;
    browser.part("main", None).status().see("The texts are saved").await;
    assert_eq!(saved(&service, 0).await["text"], "Now it's {{ code }}");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn table_and_json_are_one_list_and_a_fault_is_told_on_its_line() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.button("Add a template").click().await;
    browser.field("Purpose of template 3").fill("register").await;
    browser.field("Text of template 3").fill("{{ code }} [new]").await;
    browser.button("JSON").click().await;
    let editor = browser.field("Templates as JSON");
    editor.see("[new]").await;
    browser.types_over_in_the_editor();
    editor.fill("[{\"purpose\": \"register\",\n \"text\": \"no variable\"}]").await;
    browser.expect_refusal(422);
    browser.button("Save").click().await;
    browser.alert().see("Line 2, column 10").await;
    browser.looks("texts-json-refused").await;
    browser.field("Templates as JSON").fill("[{\"purpose\": ]").await;
    browser.expect_refusal(422);
    browser.button("Table").click().await;
    browser.alert().see("this is not JSON").await;
    browser.field("Templates as JSON").fill("[{\"purpose\": \"register\", \"text\": \"{{ code }} b\"}]").await;
    browser.button("Table").click().await;
    assert_eq!(browser.field("Text of template 1").value().await, "{{ code }} b");
    browser.button("Save").click().await;
    browser.part("main", None).status().see("The texts are saved").await;
    assert_eq!(saved(&service, 0).await["purpose"], "register");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_works_without_scripts() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.field("Text of template 1").fill("You’re {{ code }}").await;
    browser.button("Show preview").click().await;
    browser.part("figure", None).see("You’re 123456").await;
    browser.button("Replace it").click().await;
    browser.button("Remove of template 2").click().await;
    browser.button("JSON").click().await;
    browser.button("Table").click().await;
    browser.button("Save").click().await;
    browser.part("main", None).status().see("The texts are saved").await;
    assert_eq!(
        (&saved(&service, 0).await["text"], saved(&service, 1).await),
        (&json!("You're {{ code }}"), Value::Null)
    );
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_save_is_refused_with_what_differs() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    let theirs = json!({"templates": [{"purpose": "sign-in", "text": "theirs {{ code }}"}]});
    assert_eq!(service.put(TEXTS, theirs).await.0, 200);
    browser.field("Text of template 1").fill("mine {{ code }}").await;
    browser.expect_refusal(409);
    browser.button("Save").click().await;
    browser.alert().see("Nothing of yours was saved").await;
    let rows = browser.table("Saved now, and yours").rows().await;
    assert_eq!(rows[0], ["sign-in (any)", "theirs {{ code }}", "mine {{ code }}"]);
    assert_eq!(rows[1][1], "not there");
    browser.looks("texts-stale").await;
    assert_eq!(saved(&service, 0).await["text"], "theirs {{ code }}");
    browser.button("Save").click().await;
    browser.part("main", None).status().see("The texts are saved").await;
    assert_eq!(saved(&service, 0).await["text"], "mine {{ code }}");
    browser.end().await;
}
