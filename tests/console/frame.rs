//! Around every page: the way past the navigation, how it is shown, and whom a form is taken from.

use reqwest::Method;
use reqwest::header::LOCATION;

use super::browser::{Browser, Key};
use crate::support::service::Service;
use crate::support::within;

const OVERVIEW: &str = "/console/environments/development";
const COMPONENTS: &str = "/console/components";

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_looks_well_and_is_open_to_everybody() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, OVERVIEW).await;
    browser.heading("Overview").is_shown().await;
    assert_eq!(browser.link("Overview").attribute("aria-current").await.as_deref(), Some("page"));
    browser.looks("frame").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_gets_past_the_navigation() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, OVERVIEW).await;
    browser.press(Key::Tab).await;
    let skip = browser.focused().await;
    browser.press(Key::Enter).await;
    browser.is_at(&format!("{OVERVIEW}#content")).await;
    assert_eq!(skip, "Skip to the content");
    assert!(browser.part("main", None).property("id").await == "content");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_stays() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, COMPONENTS).await;
    browser.button("Dark").click().await;
    for _ in 0..2 {
        assert_eq!(browser.path().await, COMPONENTS);
        assert_eq!(browser.button("Dark").attribute("aria-pressed").await.as_deref(), Some("true"));
        assert_eq!(browser.theme().await, "dark");
        browser.reload().await;
    }
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_without_scripts_and_with_keys_alone() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, OVERVIEW).await;
    assert!(!browser.runs_scripts().await);
    browser.tab_to("Light").await;
    browser.press(Key::Enter).await;
    browser.is_at(OVERVIEW).await;
    assert_eq!(browser.button("Light").attribute("aria-pressed").await.as_deref(), Some("true"));
    browser.link("Overview").click().await;
    browser.heading("Overview").is_shown().await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_refused() {
    let service = Service::start().await;
    let post = async |site: Option<&str>| {
        // Not the service's client: a browser does not follow here, and sends no key.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut request = client.request(Method::POST, format!("{}/console/preferences", service.url));
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let kind = "application/x-www-form-urlencoded";
        let form = request.header("content-type", kind).body("theme=dark&back=%2Fconsole%2Fkeys");
        within("an answer", form.send()).await.unwrap()
    };
    for other in [None, Some("cross-site"), Some("same-site")] {
        assert_eq!(post(other).await.status(), 403, "{other:?}");
    }
    let own = post(Some("same-origin")).await;
    assert_eq!(own.status(), 303);
    assert_eq!(own.headers()[LOCATION], "/console/keys");
}
