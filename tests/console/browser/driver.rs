//! A chromedriver with a Chromium of its own. Each test starts both: what one does, no other sees.

use std::path::PathBuf;
use std::process::Stdio;

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::support::{is_there, within};

/// More at a time are slower than one after the other, and run into the limits of waits.
static PLACES: Semaphore = Semaphore::const_new(2);

const SWITCHES: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=en",
    "--window-size=1280,900",
    // It ends when its driver does, however that one ends.
    "--remote-debugging-pipe",
];

pub(super) struct Driver {
    pub(super) client: Client,
    // Dropped in this order: the driver is killed, its folder removed, its place free.
    _process: Child,
    _folder: tempfile::TempDir,
    _place: SemaphorePermit<'static>,
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut all = std::env::split_paths(&path).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    all.find(|file| file.is_file())
}

impl Driver {
    /// None where there is no browser: the test is skipped, and said so.
    pub(super) async fn start(has_scripts: bool) -> Option<Self> {
        let driver = found(&["chromedriver"]);
        let chromium = found(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(driver), Some(chromium)) = (driver.clone(), chromium.clone()) else {
            let missing = if driver.is_none() { "chromedriver" } else { "chromium" };
            let get = "on Debian: apt-get install chromium chromium-driver fonts-noto-core";
            is_there(false, "the console in a browser", missing, get);
            return None;
        };
        let place = PLACES.acquire().await.unwrap();
        // Below target/: of a browser that is killed, something may be left.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let (process, url) = listening(&driver).await;
        let capabilities = capabilities(&chromium, &folder, has_scripts);
        let client = within("Chromium's start", connect(&url, capabilities)).await;
        Some(Self { client, _process: process, _folder: folder, _place: place })
    }
}

/// A driver that listens. It chooses a port that is free for IPv4, and ends if it is not free for IPv6 too: then once more.
async fn listening(driver: &std::path::Path) -> (Child, String) {
    for _ in 0..5 {
        let mut process = Command::new(driver)
            .arg("--port=0")
            .env("TZ", "UTC")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        if let Some(url) = within("chromedriver's start", address(&mut process)).await {
            return (process, url);
        }
    }
    panic!("chromedriver ended before it listened, five times")
}

/// Where it listens: it says which port it chose.
async fn address(process: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            // What it says later is read by nobody; a full pipe would stop it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(format!("http://127.0.0.1:{}", port.trim_end_matches('.')));
        }
    }
    None
}

fn capabilities(chromium: &std::path::Path, folder: &tempfile::TempDir, has_scripts: bool) -> Value {
    let mut switches: Vec<String> = SWITCHES.iter().map(|switch| (*switch).to_owned()).collect();
    switches.push(format!("--user-data-dir={}", folder.path().display()));
    let mut options = json!({"binary": chromium, "args": switches});
    if !has_scripts {
        options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
    }
    json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}})
}

async fn connect(url: &str, capabilities: Value) -> Client {
    let mut builder = fantoccini::ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    builder.capabilities(capabilities.as_object().unwrap().clone());
    builder.connect(url).await.unwrap_or_else(|error| panic!("Chromium did not start: {error}"))
}

/// A command of Chromium's own, beside the standard's.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// A command of the DevTools protocol.
pub(super) async fn devtools(client: &Client, command: &str, params: Value) -> Value {
    let body = json!({"cmd": command, "params": params});
    let own = Own { path: "goog/cdp/execute", body };
    within(command, client.issue_cmd(own)).await.unwrap_or_else(|error| panic!("{command}: {error}"))
}

/// What the browser's console said since it was asked last.
pub(super) async fn console(client: &Client) -> Value {
    let own = Own { path: "se/log", body: json!({"type": "browser"}) };
    within("the browser's console", client.issue_cmd(own)).await.unwrap()
}
