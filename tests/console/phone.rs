//! The phone that shows a message: as it is typed, from whom, in which colours, and whether it offers the code.

use serde_json::{Value, json};

use super::browser::Browser;
use crate::support::service::Service;

const PAGE: &str = "/console/environments/development/texts";
const TEXTS: &str = "/v1/environments/development/templates";

async fn service_with(texts: Value) -> Service {
    let service = Service::start().await;
    let (status, saved) = service.put(TEXTS, texts).await;
    assert_eq!(status, 200, "{saved}");
    service
}

/// One text that is bound to a site, and one that is not.
fn half_bound() -> Value {
    let origin = |host: &str| json!({"origin": {"host": host}});
    json!({"templates": [
        {"purpose": "sign-in", "text": "{{ app }}: {{ code }}", "ending": "none"},
        {"purpose": "register", "text": "{{ app }}: {{ code }}", "ending": origin("shop.example")},
        {"purpose": "link-account", "text": "{{ app }}: {{ code }} at https://shop.example/x"},
    ]})
}

async fn binds_the_first(browser: &Browser) {
    let service = service_with(half_bound()).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    let preview = browser.part("region", Some("Preview"));
    preview.see("Not bound to your site").await;
    preview.button("Add the line for shop.example").click().await;
    preview.see("Pages of shop.example are offered the code").await;
    preview.see("From Messages 123456").await;
    assert_eq!(browser.field("Last line of template 1").value().await, "@shop.example");
    browser.button("Save").click().await;
    browser.part("main", None).status().see("The texts are saved").await;
    let (_, saved) = service.get(TEXTS).await;
    assert_eq!(saved["templates"][0]["ending"], json!({"origin": {"host": "shop.example"}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_press_binds_a_text_to_the_site_of_the_others() {
    let Some(browser) = Browser::start().await else { return };
    binds_the_first(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_it_is_bound_all_the_same() {
    let Some(browser) = Browser::without_scripts().await else { return };
    binds_the_first(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_and_another_site_are_warned_about_and_an_unknown_site_is_asked_for() {
    let Some(browser) = Browser::start().await else { return };
    let service = service_with(half_bound()).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    let preview = browser.part("region", Some("Preview"));
    browser.button("Preview of template 3").click().await;
    preview.see("reads as a link").await;
    browser.field("Last line of every text").fill("@bank.example").await;
    browser.button("Preview of template 2").click().await;
    preview
        .see("Pages of shop.example are offered the code. The last line of every text here is for bank.example.")
        .await;
    browser.looks("phone-other-site").await;
    preview.button("Use the line for bank.example").click().await;
    preview.see("Pages of bank.example are offered the code, and no others.").await;
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ app }}: {{ code }}"}]});
    assert_eq!(service.put(TEXTS, texts).await.0, 200);
    browser.open(&service.url, PAGE).await;
    preview.see("No site is known here yet").await;
    preview.link("Last line of every text").click().await;
    browser.is_at(&format!("{PAGE}#ending")).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_is_light_or_dark_whatever_the_page_is_and_speaks_the_chosen_language() {
    for scripts in [true, false] {
        let browser = if scripts { Browser::start().await } else { Browser::without_scripts().await };
        let Some(browser) = browser else { return };
        let text = |locale: &str, text: &str| json!({"purpose": "sign-in", "locale": locale, "text": text});
        let texts = json!({"templates": [text("en", "Code {{ code }}"), text("pl", "Kod {{ code }}")]});
        let service = service_with(texts).await;
        browser.sign_in(&service).await;
        browser.open(&service.url, PAGE).await;
        let phone = browser.part("figure", Some("The message on a phone"));
        let page = browser.theme().await;
        assert_eq!(phone.scheme().await, page);
        for look in ["Dark", "Light"] {
            browser.field("Phone").choose(look).await;
            assert_eq!(phone.scheme().await, look.to_lowercase());
            assert_eq!(browser.theme().await, page);
        }
        browser.field("Phone").choose("Dark").await;
        browser.field("Language").choose("pl").await;
        if !scripts {
            browser.button("Show preview").click().await;
        }
        phone.see("Kod 123456").await;
        assert_eq!((phone.scheme().await.as_str(), browser.field("Phone").value().await.as_str()), ("dark", "dark"));
        if scripts {
            browser.looks("phone-dark").await;
        }
        browser.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_that_are_typed_are_what_the_phone_shows() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/environments/development/new-connector?component=twilio").await;
    let phone = browser.part("figure", Some("The message on a phone"));
    phone.see("Your sender").await;
    browser.button("Senders").click().await;
    let senders = browser.field("Senders");
    browser.types_over_in_the_editor();
    senders
        .fill("[{\"countries\": [\"*\"], \"sender\": \"ACME\"}, {\"countries\": [\"IN\"], \"sender\": \"ACMEIN\"}]")
        .await;
    phone.see("ACME").await;
    browser.field("Country").fill("IN").await;
    phone.see("ACMEIN").await;
    senders.fill("[{\"countries\": [\"India\"]}]").await;
    browser.see("The senders are left out of the preview").await;
    phone.see("Your sender").await;
    browser.end().await;
}
