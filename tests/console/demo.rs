//! The demo, with its codes read in the console's inbox, and the sign-in experience that it follows.

use std::time::Duration;

use serde_json::json;

use super::browser::{Browser, Key};
use crate::support::service::{Service, number};

const DEMO: &str = "/demo/development";
const INBOX: &str = "/console/environments/development/inbox";
const EXPERIENCE: &str = "/console/environments/development/sign-in-experience";
const SETTING: &str = "/v1/environments/development/sign-in-experience";

async fn ask(browser: &Browser, service: &Service, flow: &str, n: u32) {
    // What limits how often a number gets a code is none of these tests' business.
    service.clock.advance(Duration::from_secs(60));
    browser.open(&service.url, &format!("{DEMO}/{flow}")).await;
    browser.field("Phone number").fill(&number(n)).await;
    browser.button("Send me a code").click().await;
    browser.heading("Enter the code").is_shown().await;
    browser.is_at(&format!("{DEMO}/code")).await;
}

/// The newest code of a number, as the console's inbox shows it.
async fn read(browser: &Browser, service: &Service, n: u32) -> String {
    browser.sign_in(service).await;
    browser.open(&service.url, INBOX).await;
    let messages = browser.part("list", Some("Messages"));
    messages.see(&number(n)).await;
    let text = messages.text().await;
    let (_, newest) = text.split_once(&number(n)).unwrap();
    let mut digits = newest.split(|letter: char| !letter.is_ascii_digit());
    digits.find(|digits| digits.len() == 6).unwrap().to_owned()
}

async fn enter(browser: &Browser, service: &Service, code: &str) {
    browser.open(&service.url, &format!("{DEMO}/code")).await;
    browser.field("Code").fill(code).await;
    browser.button("Continue").click().await;
}

async fn by_code(browser: &Browser, service: &Service, flow: &str, n: u32) {
    ask(browser, service, flow, n).await;
    let code = read(browser, service, n).await;
    enter(browser, service, &code).await;
}

/// Sign up, forget the password that there never was, and come back with the new one.
async fn journey(browser: &Browser, service: &Service) {
    by_code(browser, service, "sign-up", 1).await;
    browser.status().see("Your account is there").await;
    browser.button("Sign out").click().await;
    browser.status().see("You are signed out").await;
    browser.link("Forgot your password?").click().await;
    browser.is_at(&format!("{DEMO}/forgot-password")).await;
    by_code(browser, service, "forgot-password", 1).await;
    browser.field("New password").fill("a long enough one").await;
    browser.button("Save password").click().await;
    browser.status().see("Your new password is saved").await;
    browser.button("Sign out").click().await;
    browser.button("Use a password instead").click().await;
    let with_password = browser.group("Use a password instead");
    with_password.field("Phone number").fill(&number(1)).await;
    with_password.field("Password").fill("a long enough one").await;
    with_password.button("Sign in").click().await;
    browser.status().see("You are signed in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_up_reads_the_code_in_the_inbox_and_comes_back_with_a_new_password() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    journey(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_needs_no_scripts() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    journey(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_name_links_a_number_to_it() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    service.put(SETTING, json!({"sign_up": {"identifier": "username"}})).await;
    browser.open(&service.url, &format!("{DEMO}/link-account")).await;
    browser.alert().see("Sign in first").await;
    browser.link("Create account").click().await;
    browser.field("User name").fill("ada").await;
    browser.field("New password").fill("a long enough one").await;
    browser.button("Create account").click().await;
    browser.status().see("Your account is there").await;
    browser.looks("demo-account").await;
    by_code(&browser, &service, "link-account", 1).await;
    browser.status().see("Your number is linked").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_told_at_the_field_and_the_pages_look_well() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    for flow in ["sign-up", "sign-in", "forgot-password"] {
        browser.open(&service.url, &format!("{DEMO}/{flow}")).await;
        browser.looks(&format!("demo-{flow}")).await;
    }
    ask(&browser, &service, "sign-up", 1).await;
    assert_eq!(browser.link("Open the inbox").attribute("href").await.as_deref(), Some("/inbox"));
    assert_eq!(browser.focused().await, "Code");
    browser.looks("demo-code").await;
    let code = service.code_for(&number(1)).await;
    browser.expect_refusal(422);
    browser.field("Code").fill(if code == "000000" { "000001" } else { "000000" }).await;
    browser.press(Key::Enter).await;
    browser.see("That is not the code. You have 4 more tries.").await;
    assert_eq!(browser.field("Code").attribute("aria-invalid").await.as_deref(), Some("true"));
    browser.looks("demo-code-wrong").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_follows_what_is_not_saved_and_the_demo_what_is() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, EXPERIENCE).await;
    browser.frame_says("Preview: Sign in", "Send me a code").await;
    browser.looks("sign-in-experience").await;
    browser.field("Sign up").tick().await;
    browser.frame_says("Preview: Sign up", "Send me a code").await;
    browser.field("Somebody signs up register").untick().await;
    browser.frame_says("Preview: Sign up", "Sign-up by phone is closed").await;
    let demo = async |text: &str| {
        browser.open(&service.url, &format!("{DEMO}/sign-up")).await;
        browser.see(text).await;
        browser.back().await;
    };
    demo("Send me a code").await;
    browser.field("Sign up").tick().await;
    browser.field("Somebody signs up register").untick().await;
    browser.button("Save").click().await;
    browser.see("Saved. It holds from now on.").await;
    browser.frame_says("Preview: Sign up", "Sign-up by phone is closed").await;
    demo("Sign-up by phone is closed").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_button_shows_what_is_not_saved() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, EXPERIENCE).await;
    browser.field("Somebody signs in sign-in").untick().await;
    browser.field("Colour of buttons").fill("#7a1fa2").await;
    browser.button("Show preview").click().await;
    browser.frame_says("Preview: Sign in", "Sign-in by phone is closed").await;
    assert!(!browser.field("Somebody signs in sign-in").is_ticked().await);
    assert_eq!(browser.field("Colour of buttons").value().await, "#7a1fa2");
    browser.button("Save").click().await;
    browser.see("Saved. It holds from now on.").await;
    assert_eq!(service.get(SETTING).await.1["purposes"]["sign-in"], false);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_save_says_what_differs_and_can_be_repeated() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, EXPERIENCE).await;
    service.put(SETTING, json!({"sign_in": {"identifier": "username"}})).await;
    browser.field("Colour of buttons").fill("#7a1fa2").await;
    browser.expect_refusal(409);
    browser.button("Save").click().await;
    browser.alert().see("People sign in with: saved is User name and password, yours is Phone number").await;
    browser.alert().see("Colour of buttons: saved is none, yours is #7a1fa2").await;
    browser.button("Save").click().await;
    browser.see("Saved. It holds from now on.").await;
    assert_eq!(service.get(SETTING).await.1["sign_in"]["identifier"], "phone");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_saved_is_told_and_kept() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, EXPERIENCE).await;
    browser.field("Colour of buttons").fill("red").await;
    browser.field("Add a purpose of your own").fill("Pay!").await;
    browser.expect_refusal(422);
    browser.button("Save").click().await;
    browser.alert().see("Colour of buttons").await;
    browser.alert().see("Pay!").await;
    assert_eq!(browser.field("Colour of buttons").value().await, "red");
    browser.looks("sign-in-experience-refused").await;
    browser.end().await;
}
