//! The real service, in this process, on a port of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign::app::{App, Replace};
use countersign::clock::{Clock, Timestamp};
use countersign::config::{Config, StoreUrl};
use countersign::egress::Names;
use countersign::random::Nonces;
use countersign::secret::Secret;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::provider::{Answer, Provider};
use super::{guests, postgres, within};

pub const ADMIN_KEY: &str = "cs_admin_of-the-tests-0123456789abcdef";
/// A secret that must be found nowhere.
pub const TOKEN: &str = "canary-token-of-the-markers-0123";
pub const MASTER_KEY: &str = "0f0e0d0c0b0a09080706050403020100000102030405060708090a0b0c0d0e0f";
/// What a browser says of itself.
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
pub const TO: &str = "+14155550123";

pub struct Service {
    pub url: String,
    pub clock: Clock,
    pub provider: Provider,
    pub dir: tempfile::TempDir,
    people: std::sync::Arc<countersign::people::People>,
    client: reqwest::Client,
    node: Node,
    /// `TEST_NODES=n`: other nodes over the same database; calls go to one after the other.
    others: Vec<Node>,
    calls: AtomicUsize,
}

/// A process's worth of the service.
struct Node {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    running: Option<tokio::task::JoinHandle<anyhow::Result<()>>>,
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Node {
    async fn start(app: App, scheme: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(app.run(listener, async move {
            let _ = stopped.await;
        }));
        Self { url, stop: Some(stop), running: Some(running) }
    }

    async fn end(mut self) {
        let _ = self.stop.take().unwrap().send(());
        within("the service's end", self.running.take().unwrap()).await.unwrap().unwrap();
    }
}

/// How many nodes a service of the tests has.
fn nodes() -> usize {
    let wanted = std::env::var("TEST_NODES").ok().filter(|_| postgres::is_store());
    wanted.map_or(1, |wanted| wanted.parse().expect("TEST_NODES is a number"))
}

/// Noon of 2026-01-15: when the tests' time begins.
fn begins() -> Clock {
    Clock::manual(Timestamp::from_millis(1_768_478_400_000))
}

/// Compiled once for the whole run: unoptimised, a guest takes seconds.
pub fn cache_dir() -> PathBuf {
    guests::root().join("target/guest/cwasm")
}

/// The database of a service's folder, where the tests run on one.
pub fn store_of(folder: &Path) -> Option<StoreUrl> {
    postgres::of(folder).map(|url| url.parse().unwrap())
}

pub fn compiler() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_countersign"))
}

pub fn client() -> reqwest::Client {
    // The library's client comes without a TLS provider; these requests need none, but it wants one to be there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(128).build().unwrap()
}

impl Service {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::at(tempfile::tempdir().unwrap(), change).await
    }

    /// Where names resolve to what the test says.
    pub async fn named(names: Names, change: impl FnOnce(&mut Config)) -> Self {
        Self::at_named(tempfile::tempdir().unwrap(), names, change).await
    }

    /// On a folder that may have been used before.
    pub async fn at(dir: tempfile::TempDir, change: impl FnOnce(&mut Config)) -> Self {
        Self::at_named(dir, Names::System, change).await
    }

    /// On a folder that may have been used before, at that time.
    pub async fn at_time(dir: tempfile::TempDir, at: Timestamp, change: impl FnOnce(&mut Config)) -> Self {
        let replace = Replace { clock: Clock::manual(at), ..Replace::default() };
        Self::start_at(dir, replace, &["api.example.com", "api.twilio.com"], change).await
    }

    /// With a provider of these hosts.
    #[allow(dead_code, reason = "the suite `browser` shares this support, and only it has such a test")]
    pub async fn with_hosts(hosts: &[&str]) -> Self {
        let replace = Replace { clock: begins(), ..Replace::default() };
        Self::start_at(tempfile::tempdir().unwrap(), replace, hosts, |_| {}).await
    }

    /// With the same nonce in every call, and a provider of that host.
    pub async fn with_nonce(nonce: &str, host: &str) -> Self {
        let replace = Replace { nonces: Nonces::Fixed(nonce.to_owned()), clock: begins(), ..Replace::default() };
        Self::start_at(tempfile::tempdir().unwrap(), replace, &[host], |_| {}).await
    }

    async fn at_named(dir: tempfile::TempDir, names: Names, change: impl FnOnce(&mut Config)) -> Self {
        let replace = Replace { names, clock: begins(), ..Replace::default() };
        Self::start_at(dir, replace, &["api.example.com", "api.twilio.com"], change).await
    }

    async fn start_at(
        dir: tempfile::TempDir,
        replace: Replace,
        hosts: &[&str],
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let provider = Provider::start().await;
        let mut config = Config::default();
        config.data.dir = dir.path().join("data");
        config.store = store_of(dir.path());
        // Many services run at once over one server.
        config.postgres.connections = 8;
        config.cache.dir = Some(cache_dir());
        // A pool reserves addresses for each place, and many services run in this one process.
        config.sandbox.slots = Some(100);
        config.admin_key = Some(Secret::from(ADMIN_KEY));
        config.master_key.key = Some(Secret::from(MASTER_KEY));
        config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        for host in hosts {
            config.egress.overrides.insert((*host).to_owned(), provider.url.parse().unwrap());
        }
        change(&mut config);
        let scheme = if config.server.tls.is_some() { "https" } else { "http" };
        let clock = replace.clock.clone();
        let replace = Replace { compiler: Some(compiler()), ..replace };
        let app = App::with(config.clone(), replace.clone());
        let app = within("the service's start", app).await.unwrap();
        let people = std::sync::Arc::clone(app.people());
        let node = Node::start(app, scheme).await;
        let mut others = Vec::new();
        for number in 2..=nodes() {
            let mut config = config.clone();
            config.data.dir = dir.path().join(format!("data-{number}"));
            let app = within("another node's start", App::with(config, replace.clone())).await.unwrap();
            others.push(Node::start(app, scheme).await);
        }
        let (url, calls) = (node.url.clone(), AtomicUsize::new(0));
        Self { url, clock, provider, dir, people, client: client(), node, others, calls }
    }

    /// Who may use the console: for what only the command line does.
    pub fn people(&self) -> &countersign::people::People {
        &self.people
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.url.split_once("://").unwrap().1.parse().unwrap()
    }

    /// Stop gracefully and hand the folder back.
    pub async fn stop(self) -> tempfile::TempDir {
        let Self { dir, node, others, .. } = self;
        node.end().await;
        for other in others {
            other.end().await;
        }
        dir
    }

    /// The node of the next call.
    fn next(&self) -> &str {
        let turn = self.calls.fetch_add(1, Ordering::Relaxed) % (self.others.len() + 1);
        turn.checked_sub(1).map_or(&self.url, |turn| &self.others[turn].url)
    }

    /// A request to the next node. What sets something up waits until all nodes have it.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let sets_up =
            method != Method::GET && (path.starts_with("/v1/environments") || path.starts_with("/v1/components"));
        let waits = if self.others.is_empty() || !sets_up {
            ""
        } else if path.contains('?') {
            "&wait=all-nodes"
        } else {
            "?wait=all-nodes"
        };
        self.client
            .request(method, format!("{}{path}{waits}", self.next()))
            .bearer_auth(ADMIN_KEY)
            .timeout(Duration::from_secs(30))
    }

    /// What the inboxes of all nodes have.
    async fn inbox(&self) -> Vec<Value> {
        let mut items = Vec::new();
        for node in std::iter::once(&self.node).chain(&self.others) {
            let request = self.client.get(format!("{}/v1/environments/development/inbox", node.url));
            let (_, inbox) = answer(request.bearer_auth(ADMIN_KEY)).await;
            items.extend(inbox["items"].as_array().unwrap().iter().cloned());
        }
        items
    }

    pub async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path);
        answer(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::PUT, path, body).await
    }

    pub async fn upload(&self, wasm: Vec<u8>) -> (u16, Value) {
        answer(self.request(Method::POST, "/v1/components").header("content-type", "application/wasm").body(wasm)).await
    }

    /// Save a connector, approving what it asks for as an operator would who has read it.
    pub async fn set_up(&self, name: &str, mut body: Value) -> (u16, Value) {
        let path = format!("/v1/environments/development/connectors/{name}");
        let (status, answer) = self.put(&path, body.clone()).await;
        if status != 422 || answer["type"] != "/problems/approval-needed" {
            return (status, answer);
        }
        body["approve"] = answer["approve"].clone();
        self.put(&path, body).await
    }

    /// Upload a guest and make it the active connector, under its own name.
    pub async fn serve_guest(&self, name: &str, pack: &guests::Pack<'_>, config: Value) {
        let (status, answer) = self.upload(guests::packed(name, pack)).await;
        assert_eq!(status, 201, "{answer}");
        let (status, answer) = self.set_up(name, json!({"component": name, "config": config, "activate": true})).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Upload a marker and make it the active connector `main`.
    pub async fn serve_marker(&self, name: &str) {
        assert!(self.upload(guests::marker(name)).await.0 < 300);
        let (status, answer) =
            self.set_up("main", json!({"component": name, "config": {"api_token": TOKEN}, "activate": true})).await;
        assert!(status < 300, "{answer}");
    }

    /// Sign in to the console with the admin key; answers the cookie, as a browser sends it.
    pub async fn signed_in(&self) -> String {
        self.signed_in_with(ADMIN_KEY).await
    }

    /// Sign in to the console with this key.
    pub async fn signed_in_with(&self, key: &str) -> String {
        let answer = self.submit("/console/sign-in", "", &[("/key", key)]).await;
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        cookie(&answer).unwrap()
    }

    /// Submit a form as a browser does.
    pub async fn submit(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.browse(Method::POST, path, cookie).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        within("an answer to a form", request.send()).await.unwrap()
    }

    /// Look at a page as a browser does.
    pub async fn page(&self, path: &str, cookie: &str) -> reqwest::Response {
        within("a page", self.browse(Method::GET, path, cookie).send()).await.unwrap()
    }

    /// A request as a browser makes it, from a page of this service; redirections are not followed.
    pub fn browse(&self, method: Method, path: &str, cookie: &str) -> reqwest::RequestBuilder {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let request = client.request(method, format!("{}{path}", self.url)).timeout(Duration::from_secs(30));
        request.header("cookie", cookie).header("sec-fetch-site", "same-origin").header("user-agent", BROWSER)
    }

    /// A send that the provider does not answer before the gate is opened: it is under way when this returns, and what is
    /// sent after it is answered at once.
    pub async fn send_that_waits(self: &Arc<Self>) -> (Arc<Notify>, JoinHandle<(u16, Value)>) {
        let gate = Arc::new(Notify::new());
        self.provider.answers(Answer::Wait(Arc::clone(&gate)));
        let service = Arc::clone(self);
        let sending = tokio::spawn(async move { service.create(TO).await });
        self.provider.arrived().await;
        self.provider.answers(Answer::Json(201, json!({})));
        (gate, sending)
    }

    /// Let an environment of kind production send everywhere: until it is told otherwise, it sends nowhere.
    pub async fn opens(&self, environment: &str) {
        let policy = json!({"destinations": {"countries": "all"}});
        let (status, told) = self.put(&format!("/v1/environments/{environment}/policy"), policy).await;
        assert_eq!(status, 200, "{told}");
    }

    pub async fn create(&self, to: &str) -> (u16, Value) {
        self.post("/v1/verifications", json!({"to": to, "purpose": "sign-in"})).await
    }

    pub async fn check(&self, id: &str, code: &str) -> (u16, Value) {
        self.post(&format!("/v1/verifications/{id}/check"), json!({"code": code})).await
    }

    /// The newest code that this number got.
    pub async fn code_for(&self, to: &str) -> String {
        let inbox = self.inbox().await;
        code_of(inbox.iter().find(|sms| sms["to"] == to).unwrap())
    }

    /// The newest code in the inbox.
    pub async fn inbox_code(&self) -> String {
        code_of(&self.inbox().await[0])
    }
}

fn code_of(sms: &Value) -> String {
    sms["text"].as_str().unwrap().chars().take_while(char::is_ascii_digit).collect()
}

/// What an answer tells the browser to keep, as it will send it.
pub fn cookie(answer: &reqwest::Response) -> Option<String> {
    let set = answer.headers().get("set-cookie")?.to_str().unwrap();
    Some(set.split(';').next().unwrap().to_owned())
}

pub async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = within("an answer", request.send()).await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A number that nobody else has: so that limits of one test don't touch another's sends.
pub fn number(n: u32) -> String {
    format!("+1415{:07}", 2_000_000 + n)
}
