//! The other side, as a process of its own: the provider, and the callers of the whole service.
//!
//! This binary started again. It says on its first line where the provider is; then each line that it reads is a load
//! to put on the service, and each line that it answers says what became of it. It ends with its input.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use axum::Router;
use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use url::Url;

use crate::egress::Caller;

/// What Twilio answers (shortened by what nobody reads).
pub(super) const CREATED: &str = r#"{"account_sid":"AC00000000000000000000000000000000","api_version":"2010-04-01","body":"123456 is your Example code. It is valid for 10 minutes.","date_created":"Thu, 15 Jan 2026 12:00:00 +0000","date_sent":null,"date_updated":"Thu, 15 Jan 2026 12:00:00 +0000","direction":"outbound-api","error_code":null,"error_message":null,"from":"+14155550100","num_media":"0","num_segments":"1","price":null,"price_unit":"USD","messaging_service_sid":null,"sid":"SM00000000000000000000000000000000","status":"queued","subresource_uris":{"media":"/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/SM00000000000000000000000000000000/Media.json"},"to":"+14155550123","uri":"/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages/SM00000000000000000000000000000000.json"}"#;

/// Sends for the callers to make.
#[derive(Serialize, Deserialize)]
pub(super) struct Load {
    /// The service.
    pub(super) url: String,
    /// A key of it.
    pub(super) key: String,
    /// Callers at once.
    pub(super) callers: u32,
    /// Sends of all of them.
    pub(super) sends: u32,
    /// The first number: each send has one of its own, since limits of one number are not what is measured.
    pub(super) first: u32,
}

/// The peer, as whoever started it sees it.
pub(super) struct Peer {
    /// Where the provider listens.
    pub(super) provider: Url,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Peer {
    pub(super) async fn start(program: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .arg("bench-peer")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("can't start the benchmark's provider")?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).context("its pipes are missing")?;
        let mut output = BufReader::new(output).lines();
        let first = output.next_line().await?.context("the benchmark's provider ended")?;
        Ok(Self { provider: first.parse()?, input, output, _child: child })
    }

    /// Have the callers send, and wait until they have. One that is not accepted is an error.
    pub(super) async fn send(&mut self, load: &Load) -> anyhow::Result<()> {
        self.input.write_all(format!("{}\n", serde_json::to_string(load)?).as_bytes()).await?;
        let answer = self.output.next_line().await?.context("the benchmark's callers ended")?;
        anyhow::ensure!(answer == "done", "a send of the service failed: {answer}");
        Ok(())
    }
}

/// The peer's own side: until its input ends.
#[expect(clippy::print_stdout, reason = "how it speaks to whoever started it")]
pub async fn run() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let created = || async { (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], CREATED) };
    let provider = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(created)).await });
    let mut loads = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = loads.next_line().await? {
        match send(Arc::new(serde_json::from_str(&line)?)).await {
            Ok(()) => println!("done"),
            Err(error) => println!("{error:#}"),
        }
    }
    provider.abort();
    Ok(())
}

async fn send(load: Arc<Load>) -> anyhow::Result<()> {
    let next = Arc::new(AtomicU32::new(0));
    let caller = Arc::new(Caller::new(&load.url, &load.key)?);
    let one = || tokio::spawn(send_all(Arc::clone(&load), Arc::clone(&caller), Arc::clone(&next)));
    let running: Vec<_> = (0..load.callers).map(|_| one()).collect();
    for caller in running {
        caller.await??;
    }
    Ok(())
}

async fn send_all(load: Arc<Load>, caller: Arc<Caller>, next: Arc<AtomicU32>) -> anyhow::Result<()> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= load.sends {
            return Ok(());
        }
        let to = format!("+1415{:07}", 2_000_000 + load.first + number);
        let (status, answer) = caller.post("/v1/verifications", &json!({"to": to})).await?;
        let accepted = answer.pointer("/delivery/status").is_some_and(|status| status == "accepted");
        anyhow::ensure!(status == StatusCode::CREATED && accepted, "{status}: {answer}");
    }
}
