//! A real browser, used as people use it: by roles, names and labels.
//!
//! ```ignore
//! use crate::console::browser::{Browser, Key};
//! use crate::support::service::Service;
//!
//! #[tokio::test(flavor = "multi_thread")]
//! async fn a_connector_without_its_token_is_not_saved() {
//!     let Some(browser) = Browser::start().await else { return };
//!     let service = Service::start().await;
//!     browser.sign_in(&service).await;
//!     browser.open(&service.url, "/console/environments/development").await;
//!     browser.link("Connectors").click().await; // waits for it, and for the page that it leads to
//!     browser.row("Twilio").link("Set up").click().await; // parts within parts
//!     browser.field("Account SID").fill("AC0123").await; // by its label
//!     browser.field("Region").choose("Ireland").await;
//!     browser.expect_refusal(422); // else a refused request fails the test
//!     browser.button("Save and done").click().await;
//!     browser.alert().see("Auth token").await; // waits for the text
//!     assert_eq!(browser.focused().await, browser.alert().text().await);
//!     assert_eq!(browser.table("Connectors").rows().await[0][0], "Twilio");
//!     browser.looks("set-up-refused").await; // axe and pictures: light, dark, phone
//!     browser.end().await; // nothing was complained of in the browser's console
//! }
//! ```

use std::ops::Deref;
use std::sync::Arc;

pub use fantoccini::key::Key;
use serde_json::json;

use self::driver::Driver;
use self::log::Log;
pub use self::part::Part;
use crate::support::service::{ADMIN_KEY, Service};
use crate::support::within;

mod act;
mod driver;
mod log;
mod looks;
mod part;
mod read;

/// A browser of the test's own, with one tab. What can be done with a [`Part`] can be done with the whole page.
pub struct Browser {
    page: Part,
    driver: Option<Driver>,
}

impl Deref for Browser {
    type Target = Part;

    fn deref(&self) -> &Part {
        &self.page
    }
}

impl Browser {
    /// None where there is no browser: the test is skipped, and said so; never in CI.
    pub async fn start() -> Option<Self> {
        Some(Self::of(Driver::start(true).await?))
    }

    /// One that runs no script of a page.
    pub async fn without_scripts() -> Option<Self> {
        Some(Self::of(Driver::start(false).await?))
    }

    fn of(driver: Driver) -> Self {
        Self { page: Part::page(driver.client.clone(), Arc::new(Log::default())), driver: Some(driver) }
    }

    /// Open a page of a service.
    pub async fn open(&self, url: &str, path: &str) {
        within("a page", self.client.goto(&format!("{url}{path}"))).await.unwrap();
        self.log.check(&self.client).await;
    }

    /// Load the page again.
    pub async fn reload(&self) {
        within("the page again", self.client.refresh()).await.unwrap();
        self.log.check(&self.client).await;
    }

    /// Back to the page before.
    pub async fn back(&self) {
        within("the page before", self.client.back()).await.unwrap();
        self.log.check(&self.client).await;
    }

    /// The address that is shown, as the service knows it: path, query, fragment.
    pub async fn path(&self) -> String {
        let url = within("the address", self.client.current_url()).await.unwrap();
        url[url::Position::BeforePath..].to_owned()
    }

    /// This address is shown, or soon will be.
    pub async fn is_at(&self, path: &str) {
        self.until(&format!("the address {path}"), async || {
            let now = self.path().await;
            if now == path { Ok(()) } else { Err(format!("it is {now}")) }
        })
        .await;
    }

    /// As whoever holds the admin key.
    pub async fn sign_in(&self, service: &Service) {
        self.open(&service.url, "/console").await;
        if self.field("Admin key").is_there().await {
            self.field("Admin key").fill(ADMIN_KEY).await;
            self.button("Sign in").click().await;
            self.field("Admin key").is_gone().await;
        }
    }

    /// Look into a frame by its title; `leave_frame` comes back.
    pub async fn enter_frame(&self, title: &str) {
        within("the frame", self.part("iframe", Some(title)).element().await.enter_frame()).await.unwrap();
    }

    pub async fn leave_frame(&self) {
        within("the page around the frame", self.client.enter_parent_frame()).await.unwrap();
    }

    /// What is in a frame says this, or soon will. The frame may be exchanged for another meanwhile.
    pub async fn frame_says(&self, title: &str, text: &str) {
        self.until(&format!("the frame \"{title}\" says \"{text}\""), async || {
            let (frame, _) = self.part("iframe", Some(title)).look().await?;
            frame.enter_frame().await.map_err(|error| error.to_string())?;
            let all = self.text_now().await;
            self.leave_frame().await;
            let all = all?;
            if all.contains(text) { Ok(()) } else { Err(format!("it says:\n{all}")) }
        })
        .await;
        self.log.check(&self.client).await;
    }

    /// The service will refuse something with this status. The browser's console says so, and must.
    pub fn expect_refusal(&self, status: u16) {
        self.log.announce(&["Failed to load resource", &format!("status of {status} ")], true);
    }

    /// Text is typed over in the JSON editor. Chromium itself may try an inline style then, which the policy blocks; no
    /// script of ours sets it, and nothing is seen of it.
    pub fn types_over_in_the_editor(&self) {
        self.log.announce(&["Applying inline style violates"], false);
    }

    /// What the page is drawn in: `light` or `dark`.
    pub async fn theme(&self) -> String {
        let script = "return getComputedStyle(document.documentElement).colorScheme";
        self.script(script, vec![]).await.unwrap().as_str().unwrap().to_owned()
    }

    /// Whether the page's scripts run.
    pub async fn runs_scripts(&self) -> bool {
        self.script("return matchMedia('(scripting: enabled)').matches", vec![]).await.unwrap() == json!(true)
    }

    /// The end of every test: nothing else was complained of in the browser's console.
    pub async fn end(mut self) {
        self.log.check(&self.client).await;
        self.log.check_end();
        let driver = self.driver.take().unwrap();
        within("Chromium's end", driver.client.clone().close()).await.unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let was_ended = self.driver.is_none();
        assert!(was_ended || std::thread::panicking(), "a test with a browser ends with `browser.end().await`");
    }
}
