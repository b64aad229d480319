//! The provider of a transcript: a socket that reads what is on the wire and answers as it was told.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use url::Url;

use super::compare;
use crate::connector::transcript::{Expected, Reply, WireFault};

/// A request as it was on the wire.
#[derive(Debug)]
pub(super) struct Seen {
    pub method: String,
    pub target: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

struct Script {
    exchanges: Vec<Expected>,
    next: usize,
    differences: Vec<String>,
}

pub(super) struct Provider {
    port: u16,
    script: Arc<Mutex<Script>>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Provider {
    /// Listen on loopback; with `refused`, on a port where nobody does.
    pub(super) async fn start(exchanges: Vec<Expected>, refused: bool) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("can't listen on loopback")?;
        let port = listener.local_addr()?.port();
        // A refused connection never becomes a request: nothing can be compared.
        let next = if refused { exchanges.len() } else { 0 };
        let script = Arc::new(Mutex::new(Script { exchanges, next, differences: Vec::new() }));
        let task = (!refused).then(|| tokio::spawn(serve(listener, Arc::clone(&script))));
        Ok(Self { port, script, task })
    }

    /// Where it listens.
    pub(super) fn origin(&self) -> Url {
        let mut origin = Url::parse("http://127.0.0.1").unwrap_or_else(|_| unreachable_url());
        let _ = origin.set_port(Some(self.port));
        origin
    }

    /// What was not as expected on the wire.
    pub(super) async fn differences(&self) -> Vec<String> {
        let script = self.script.lock().await;
        let missing = script.exchanges.iter().skip(script.next);
        let missing = missing
            .map(|e| format!("this request was expected and never made: {} {}", e.request.method, e.request.url));
        script.differences.iter().cloned().chain(missing).collect()
    }
}

/// `http://127.0.0.1` always parses; this keeps the promise of no panic without pretending otherwise.
fn unreachable_url() -> Url {
    Url::from_directory_path("/").unwrap_or_else(|()| std::process::abort())
}

async fn serve(listener: TcpListener, script: Arc<Mutex<Script>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let script = Arc::clone(&script);
        tokio::spawn(async move {
            // A connection that breaks is what some transcripts are about.
            let _ = connection(socket, &script).await;
        });
    }
}

async fn connection(mut socket: TcpStream, script: &Mutex<Script>) -> std::io::Result<()> {
    while let Some(seen) = read(&mut socket).await? {
        let (reply, fault) = {
            let mut script = script.lock().await;
            let at = script.next;
            script.next += 1;
            let Some(expected) = script.exchanges.get(at).cloned() else {
                script.differences.push(format!("an unexpected request: {} {}", seen.method, seen.target));
                return Ok(());
            };
            script.differences.extend(compare::request(&expected.request, &seen));
            (expected.reply.unwrap_or_default(), expected.fault)
        };
        match fault {
            Some(WireFault::Timeout) => {
                // Hold the line until the other side gives up.
                let mut rest = [0; 64];
                while socket.read(&mut rest).await? > 0 {}
                return Ok(());
            }
            Some(WireFault::Reset | WireFault::Refused) => {
                // No lingering: what is unread makes the kernel send a reset.
                return socket.set_zero_linger();
            }
            None => socket.write_all(&render(&reply)).await?,
        }
    }
    Ok(())
}

/// One HTTP/1.1 request; none when the other side closed.
async fn read(socket: &mut TcpStream) -> std::io::Result<Option<Seen>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if socket.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let mut body = bytes.split_off(head_end + 4);
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let header =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    let headers: BTreeMap<String, String> = lines.filter_map(header).collect();
    let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while body.len() < length {
        if socket.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Seen { method: first.next().unwrap_or_default(), target: first.next().unwrap_or_default(), headers, body }))
}

fn render(reply: &Reply) -> Vec<u8> {
    let (kind, body) = match (&reply.json, &reply.text, &reply.base64) {
        (Some(json), _, _) => ("application/json", json.to_string().into_bytes()),
        (None, Some(text), _) => ("text/plain; charset=utf-8", text.clone().into_bytes()),
        (None, None, Some(base64)) => ("application/octet-stream", STANDARD.decode(base64).unwrap_or_default()),
        (None, None, None) => ("text/plain", Vec::new()),
    };
    let mut head = format!("HTTP/1.1 {} Reply\r\ncontent-length: {}\r\n", reply.status.unwrap_or(200), body.len());
    if !reply.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
        head.push_str(&format!("content-type: {kind}\r\n"));
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.into_bytes(), body].concat()
}
