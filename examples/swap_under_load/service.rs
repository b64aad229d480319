//! The service as a process, and what is asked of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::guests::{self, Pack};
use crate::provider::Provider;
use crate::within;

const KEY: &str = "cs_admin_of-the-load-0123456789abcdefgh";
/// The deadline of a send, in milliseconds: short, so that missing it shows.
pub const SEND_MS: u32 = 2_000;

pub struct Service {
    pub provider: Provider,
    url: String,
    client: reqwest::Client,
    child: Child,
    /// Each send has a number of its own, as callers have: limits for one number are not what is measured.
    next: AtomicU32,
    _dir: tempfile::TempDir,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let provider = Provider::start().await;
        let dir = tempfile::tempdir().unwrap();
        // Page caches of a small machine are full early, and are not what grows afterwards.
        let config = format!(
            "[machine]\nmemory_mib = 512\n[sandbox]\nslots = 1000\n[delivery]\nsend_ms = {SEND_MS}\n[log]\nlevel = \"error\"\n[egress.overrides]\n\"api.example.com\" = \"{}\"\n",
            provider.url
        );
        let file = dir.path().join("countersign.toml");
        std::fs::write(&file, config).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["serve", "--listen", "127.0.0.1:0", "--config", file.to_str().unwrap()])
            .env("COUNTERSIGN_ADMIN_KEY", KEY)
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("the service prints where it is").unwrap();
        let url = first.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let service = Self { provider, url, client, child, next: AtomicU32::new(0), _dir: dir };
        for marker in ["marker-a", "marker-b"] {
            service.upload(guests::marker(marker)).await;
        }
        service
    }

    async fn call(&self, method: &str, path: &str, environment: &str, body: Value) -> (u16, Value) {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.url)).bearer_auth(KEY);
        let request = request.header("countersign-environment", environment).json(&body);
        let answer = within("an answer", request.send()).await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn upload(&self, wasm: Vec<u8>) {
        let request = self.client.post(format!("{}/v1/components", self.url)).bearer_auth(KEY);
        let request = request.header("content-type", "application/wasm").body(wasm);
        let answer = within("an upload", request.send()).await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Make a component the active connector, approving what it asks for.
    async fn set_up(&self, environment: &str, name: &str, mut body: Value) -> Value {
        let path = format!("/v1/environments/{environment}/connectors/{name}");
        let (mut status, mut answer) = self.call("PUT", &path, environment, body.clone()).await;
        if answer["type"] == "/problems/approval-needed" {
            body["approve"] = answer["approve"].clone();
            (status, answer) = self.call("PUT", &path, environment, body).await;
        }
        assert!(status < 300, "{answer}");
        answer
    }

    /// Swap the active connector; the number of the revision that serves from now on.
    pub async fn swap(&self, marker: &str) -> u64 {
        let body = json!({"component": marker, "config": {"api_token": "fake-token-0123456789"}, "activate": true});
        self.set_up("development", "main", body).await["serving"].as_u64().expect("it serves")
    }

    /// A hostile component, in the other environment: it needs no provider.
    pub async fn neighbour(&self, guest: &str) {
        self.upload(guests::packed(guest, &Pack::default())).await;
        self.set_up("production", guest, json!({"component": guest, "config": {}, "activate": true})).await;
        // Production sends nowhere until it is told where.
        let open = json!({"destinations": {"countries": "all"}});
        let (status, answer) = self.call("PUT", "/v1/environments/production/policy", "production", open).await;
        assert!(status < 300, "{answer}");
    }

    /// Create a verification for a number that nobody else has; the number and the answer.
    pub async fn create(&self, environment: &str) -> (String, u16, Value) {
        let number = format!("+1415{:07}", 2_000_000 + self.next.fetch_add(1, Ordering::Relaxed));
        let (status, made) = self.call("POST", "/v1/verifications", environment, json!({"to": number})).await;
        (number, status, made)
    }

    /// Resident memory of the service, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}
