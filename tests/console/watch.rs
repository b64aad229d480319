//! The harness itself: that it notices what it is there to notice.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use futures_util::FutureExt as _;

use super::browser::{Browser, Key};

const POLICY: &str = "default-src 'self'; img-src data:";

/// A page with this in it, on a server of its own.
async fn serve(body: &'static str) -> String {
    let page = move || async move {
        let head = "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>A page</title><link rel=icon href=data:,>";
        ([("content-security-policy", POLICY)], Html(format!("{head}<main><h1>A page</h1>{body}</main>")))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(page))).await });
    url
}

/// What a test says that fails.
async fn failure(test: impl Future<Output = ()>) -> String {
    let failed = AssertUnwindSafe(test).catch_unwind().await.expect_err("it noticed nothing");
    failed.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_complains_of_fails_a_test() {
    let Some(browser) = Browser::start().await else { return };
    for (body, said) in [
        ("<p style='color: red'>Red</p>", "inline style violates"),
        ("<script>var x = 1</script>", "inline script violates"),
        ("<script src=/gone.js></script>", "404"),
    ] {
        let url = serve(body).await;
        let why = failure(browser.open(&url, "/")).await;
        assert!(why.contains(said), "{body}: {why}");
    }
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_not_everybody_can_use_fails_a_test() {
    let Some(browser) = Browser::start().await else { return };
    browser.open(&serve("<input>").await, "/").await;
    let why = failure(browser.axe("a page")).await;
    assert!(why.contains("label: input"), "{why}");
    browser.open(&serve("<table border=1 width=900><tr><td>Wide</td></tr></table>").await, "/").await;
    let why = failure(browser.looks("watch")).await;
    assert!(why.contains("watch-phone scrolls sideways"), "{why}");
    let why = failure(browser.looks("watch")).await;
    assert!(why.contains("two pictures are called \"watch\""), "{why}");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_found_is_answered_with_what_there_is() {
    let Some(browser) = Browser::start().await else { return };
    let form =
        "<label for=a>Auth token <span>Required</span></label><input id=a><button>Save</button><button>Save</button>";
    browser.open(&serve(form).await, "/").await;
    browser.field("Auth token").fill("typed").await;
    assert_eq!(browser.field("Auth token Required").value().await, "typed");
    let why = failure(browser.button("Send").for_at_most(Duration::ZERO).is_shown()).await;
    assert!(why.contains("has 0 of button \"Send\"") && why.contains("button \"Save\""), "{why}");
    let why = failure(browser.button("Save").for_at_most(Duration::ZERO).click()).await;
    assert!(why.contains("has 2 of button \"Save\""), "{why}");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_found_and_used_by_its_label() {
    let Some(browser) = Browser::start().await else { return };
    let form =
        "<form><label for=r>Region</label><select id=r><option value=us>Virginia<option value=ie>Ireland</select>
        <fieldset><legend>Send by</legend><label><input type=checkbox> SMS</label></fieldset>
        <label>File <input type=file></label><div role=textbox aria-label=Settings contenteditable>old</div>
        <label>Name <input></label></form>
        <table><caption>Sent</caption><thead><tr><th scope=col>Who<th scope=col>What</thead>
        <tbody><tr><th scope=row>Ada<td><button>Resend</button><tr><th scope=row>Bob<td><button>Resend</button></table>
        <iframe title=Preview src=/ width=50 height=50></iframe>";
    browser.open(&serve(form).await, "/").await;
    browser.field("Region").choose("Ireland").await;
    assert_eq!(browser.field("Region").value().await, "ie");
    let sms = browser.group("Send by").field("SMS");
    sms.tick().await;
    sms.tick().await;
    assert!(sms.is_ticked().await);
    sms.untick().await;
    assert!(!sms.is_ticked().await);
    browser.field("File").upload(Path::new(file!()).canonicalize().unwrap().as_path()).await;
    assert!(browser.field("File").value().await.ends_with("watch.rs"));
    browser.field("Settings").fill("{\"new\": true}").await;
    assert_eq!(browser.field("Settings").text().await, "{\"new\": true}");
    browser.tab_to("Name").await;
    browser.type_keys("Grace").await;
    browser.press_with(Key::Control, 'a').await;
    browser.press(Key::Delete).await;
    assert_eq!(browser.field("Name").value().await, "");
    assert_eq!(browser.table("Sent").rows().await, [["Ada", "Resend"], ["Bob", "Resend"]]);
    browser.row("Bob").button("Resend").click().await;
    assert_eq!(browser.focused().await, "Resend");
    browser.do_not_see("Carol").await;
    browser.button("Send").is_gone().await;
    browser.enter_frame("Preview").await;
    browser.heading("A page").is_shown().await;
    browser.leave_frame().await;
    browser.end().await;
}
