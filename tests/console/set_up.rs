//! Finding a provider, setting it up, testing it, saving it.

use serde_json::{Value, json};

use super::browser::{Browser, Key};
use crate::support::provider::Answer;
use crate::support::service::Service;

const LIST: &str = "/console/environments/development/connectors";
const NEW: &str = "/console/environments/development/new-connector";
const SID: &str = "AC00000000000000000000000000000000";
const TOKEN: &str = "fake-token-000000000000000000000";

async fn service() -> Service {
    let service = Service::start().await;
    let sid = "SM11111111111111111111111111111111";
    service.provider.answers(Answer::Json(201, json!({"sid": sid, "status": "queued", "num_segments": "1"})));
    service
}

async fn saved(service: &Service) -> Value {
    let (status, connector) = service.get("/v1/environments/development/connectors/twilio").await;
    assert_eq!(status, 200, "{connector}");
    connector
}

/// From the gallery to a saved connector, as somebody who has never seen it.
async fn sets_up_twilio(browser: &Browser, service: &Service) {
    browser.sign_in(service).await;
    browser.open(&service.url, LIST).await;
    browser.field("Search providers").fill("twilio").await;
    if !browser.runs_scripts().await {
        browser.button("Filter").click().await;
    }
    browser.link("Twilio").click().await;
    browser.heading("Set up Twilio").is_shown().await;
    browser.field("Account SID").fill("wrong").await;
    browser.field("Auth token").fill(TOKEN).await;
    browser.field("Sender").fill("+15005550006").await;
    browser.expect_refusal(422);
    browser.button("Save and done").click().await;
    browser.alert().see("Account SID").await;
    browser.field("Account SID").fill(SID).await;
    // Of what was typed, only the secret is gone.
    assert_eq!(browser.field("Sender").value().await, "+15005550006");
    browser.field("Auth token").fill(TOKEN).await;
    browser.field("Phone number").fill("+14155550123").await;
    browser.button("Send test").click().await;
    browser.see("SM11111111111111111111111111111111").await;
    if !browser.runs_scripts().await {
        browser.field("Auth token").fill(TOKEN).await;
    }
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{LIST}/twilio?done=saved")).await;
    let connector = saved(service).await;
    assert_eq!(connector["config"], json!({"account_sid": SID, "auth_token": {"set": true}, "from": "+15005550006"}));
    assert_eq!((&connector["serving"], &connector["active"]), (&json!(1), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_finds_tests_and_saves_twilio() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    sets_up_twilio(&browser, &service).await;
    browser.looks("set-up").await;
    browser.open(&service.url, LIST).await;
    browser.looks("connectors").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_without_scripts_does_the_same() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = service().await;
    sets_up_twilio(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_of_what_is_wrong_has_the_focus_and_leads_to_the_field() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{NEW}?component=twilio")).await;
    browser.expect_refusal(422);
    browser.button("Save and done").click().await;
    browser.alert().see("3 fields need attention").await;
    // What has the focus is the summary: its first link is what comes next.
    browser.press(Key::Tab).await;
    assert_eq!(browser.focused().await, "Account SID");
    browser.press(Key::Enter).await;
    assert!(browser.focused().await.starts_with("Account SID"));
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_row_of_texts_takes_nothing_of_what_was_typed() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{NEW}?component=twilio")).await;
    browser.field("Account SID").fill(SID).await;
    browser.field("Auth token").fill(TOKEN).await;
    browser.field("Sender").fill("+15005550006").await;
    browser.button("Add a template").click().await;
    browser.button("Add a template").click().await;
    browser.field("Purpose of template 1").fill("register").await;
    browser.field("Purpose of template 2").fill("sign-in").await;
    browser.field("Text of template 2").fill("{{ app }}: {{ code }}").await;
    browser.button("Remove of template 1").click().await;
    browser.button("Remove of template 2").is_gone().await;
    assert_eq!(browser.field("Text of template 1").value().await, "{{ app }}: {{ code }}");
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{LIST}/twilio?done=saved")).await;
    assert_eq!(saved(&service).await["templates"][0]["purpose"], "sign-in");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_may_be_called_new_and_has_its_page() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{NEW}?component=twilio")).await;
    browser.field("Name").fill("new").await;
    browser.field("Account SID").fill(SID).await;
    browser.field("Auth token").fill(TOKEN).await;
    browser.field("Sender").fill("+15005550006").await;
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{LIST}/new?done=saved")).await;
    browser.open(&service.url, LIST).await;
    browser.link("new").click().await;
    browser.heading("new").is_shown().await;
    browser.field("Sender").fill("+15005550009").await;
    browser.button("Save and done").click().await;
    browser.see("Revision 2").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_told_at_once_and_in_plain_words() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{NEW}?component=twilio")).await;
    browser.field("Name").fill("<script>שלום").await;
    browser.field("Account SID").fill("\"'><img src=x>").await;
    browser.field("API key SID").fill("SK00000000000000000000000000000000").await;
    browser.field("Sender").fill("¶").await;
    browser.expect_refusal(422);
    browser.button("Save and done").click().await;
    let told = browser.alert();
    told.see("4 fields need attention").await;
    told.see("Name: a connector's name has 1 to 64 lower-case letters").await;
    told.see("Account SID: This does not have the right form. An example: AC00000000000000000000000000000000.").await;
    told.see("API key secret: ").await;
    told.see("Sender: This does not have the right form. An example: +15005550006.").await;
    assert_eq!(browser.field("Name").value().await, "<script>שלום");
    browser.looks("set-up-refused").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn form_and_json_show_one_document() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    let config = json!({"account_sid": SID, "auth_token": TOKEN, "from": "+15005550006"});
    service.set_up("twilio", json!({"component": "twilio", "config": config})).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{LIST}/twilio")).await;
    browser.field("Sender").fill("+15005550009").await;
    browser.button("Edit as JSON").click().await;
    let text = browser.field("Configuration").value().await;
    let shown: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(shown, json!({"account_sid": SID, "auth_token": {"set": true}, "from": "+15005550009"}));
    browser.button("Edit as a form").click().await;
    assert_eq!(browser.field("Sender").value().await, "+15005550009");
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{LIST}/twilio?done=saved")).await;
    assert_eq!(saved(&service).await["config"]["from"], "+15005550009");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_saves_second_is_told_and_loses_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    let config = |from: &str| json!({"account_sid": SID, "auth_token": TOKEN, "from": from});
    service.set_up("twilio", json!({"component": "twilio", "config": config("+15005550006")})).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{LIST}/twilio")).await;
    browser.field("Sender").fill("+15005550009").await;
    service.set_up("twilio", json!({"component": "twilio", "config": config("+15005550007")})).await;
    browser.expect_refusal(409);
    browser.button("Save and done").click().await;
    browser.alert().see("Somebody saved revision 2").await;
    assert_eq!(browser.field("Sender").value().await, "+15005550009");
    assert_eq!(saved(&service).await["config"]["from"], "+15005550007");
    browser.button("Save and done").click().await;
    browser.is_at(&format!("{LIST}/twilio?done=saved")).await;
    assert_eq!(saved(&service).await["config"]["from"], "+15005550009");
    browser.end().await;
}
