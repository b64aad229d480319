//! The imports: `http`, `credentials`, `log`, as the host answers them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::Instant as Deadline;

use super::State;
use crate::connector::bindings::{common, credentials, http, log};
use crate::connector::contract::{Exchange, Export, Pair};
use crate::credentials::place;
use crate::egress::{self, Fault, FetchLimits, Request};

/// How much of a body a shown exchange keeps.
const SHOWN_BYTES_MAX: usize = 64 << 10;
/// How many exchanges are shown, and how many headers and credentials of each: a guest may ask more often, and for more,
/// than it is given.
const SHOWN_MAX: usize = 64;

impl http::Host for State {
    async fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::Fault>> {
        // Whoever waits for a provider computes nothing: the turn is another's.
        self.turn.end();
        let started = Instant::now();
        let is_shown = self.door.as_ref().is_some_and(|door| door.record) && self.exchanges.len() < SHOWN_MAX;
        let mut shown = is_shown.then(|| show(&request));
        let answer = self.exchange(request).await;
        if let Some(shown) = &mut shown {
            shown.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.show_answer(shown, &answer);
        }
        self.exchanges.extend(shown);
        Ok(answer.map(lower).map_err(lower_fault))
    }
}

impl State {
    /// Judge, place credentials, send. What the guest asked for is judged as it will leave.
    async fn exchange(&mut self, asked: http::Request) -> Result<egress::Response, Fault> {
        let denied = |why: String| Fault::Denied(why);
        self.requests += 1;
        if self.requests > self.limits.requests {
            let limit = self.limits.requests;
            return Err(denied(format!(
                "a call may make {limit} requests; the manifest's `limits.requests` can ask for more"
            )));
        }
        if self.export == Export::DeliveryReports {
            return Err(denied("`delivery-reports` reads what it was given and calls nobody".into()));
        }
        if asked.body.len() > self.limits.request_bytes {
            return Err(denied(format!("the body has more than {} bytes", self.limits.request_bytes)));
        }
        let Some(door) = &self.door else {
            return Err(denied("nothing is reached while a component is only loaded".into()));
        };
        let mut request = parse(&asked).map_err(denied)?;
        door.outlet.judge(&request.url)?;
        for name in &asked.credentials {
            let binding = door
                .bindings
                .get(name)
                .ok_or_else(|| denied(format!("there is no credential `{name}` with this configuration")))?;
            place(binding, &door.keyring, self.export, &mut request).map_err(|error| denied(error.to_string()))?;
        }
        let own = asked.timeout_ms.map(|ms| Deadline::now() + Duration::from_millis(ms.into()));
        let limits = FetchLimits {
            deadline: own.map_or(self.deadline, |own| own.min(self.deadline)),
            response_bytes_max: usize::try_from(self.limits.response_bytes).unwrap_or(usize::MAX),
            secret: !asked.credentials.is_empty(),
        };
        // Counted as open before it leaves: if this future is dropped at the deadline, it stays counted.
        self.open_requests += 1;
        // A handshake is the host's computing, not the guest's.
        self.meter.rest();
        let answer = door.outlet.fetch(request, limits).await;
        self.meter.resume();
        match &answer {
            Ok(_) => {
                self.open_requests -= 1;
                self.answered_requests += 1;
            }
            Err(fault) if !fault.began() => self.open_requests -= 1,
            Err(_) => {}
        }
        answer
    }

    fn show_answer(&self, shown: &mut Exchange, answer: &Result<egress::Response, Fault>) {
        match answer {
            Ok(response) => {
                shown.status = Some(response.status);
                let pair =
                    |(name, value): &(String, String)| Pair { name: name.clone(), value: self.scrub_secrets(value) };
                shown.response_headers = response.headers.iter().map(pair).collect();
                shown.response_body = self.scrub_secrets(&text(&response.body));
            }
            Err(fault) => shown.fault = Some(fault.to_string()),
        }
    }

    /// A provider that echoes what it got must not show a secret to whoever reads a test.
    fn scrub_secrets(&self, text: &str) -> String {
        let masks = self.door.as_ref().map(|door| door.keyring.masks()).unwrap_or_default();
        masks.into_iter().fold(text.to_owned(), |text, mask| text.replace(mask, "‹secret›"))
    }
}

fn parse(asked: &http::Request) -> Result<Request, String> {
    let url = egress::read_url(&asked.url)?;
    let method = http_method(&asked.method)?;
    let headers = egress::clean_headers(asked.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())))?;
    Ok(Request { method, url, headers, body: Bytes::copy_from_slice(&asked.body) })
}

fn http_method(text: &str) -> Result<::http::Method, String> {
    match text {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" => {
            ::http::Method::from_bytes(text.as_bytes()).map_err(|_| "the method can't be used".to_owned())
        }
        _ => Err("the method is none of GET, POST, PUT, PATCH, DELETE, HEAD".into()),
    }
}

fn show(asked: &http::Request) -> Exchange {
    let mut headers: Vec<Pair> =
        asked.headers.iter().take(SHOWN_MAX).map(|h| Pair { name: head(&h.name), value: head(&h.value) }).collect();
    headers.extend(
        asked
            .credentials
            .iter()
            .take(SHOWN_MAX)
            .map(|name| Pair {
                name: "(placed by the host)".into(), value: format!("‹credential {}›", head(name))
            }),
    );
    Exchange {
        method: head(&asked.method),
        url: head(&asked.url),
        headers,
        body: text(&asked.body),
        credentials: asked.credentials.iter().take(SHOWN_MAX).map(|name| head(name)).collect(),
        status: None,
        response_headers: Vec::new(),
        response_body: String::new(),
        fault: None,
        elapsed_ms: 0,
    }
}

/// As much of a text as a person looks at.
fn head(text: &str) -> String {
    text.chars().take(2 << 10).collect()
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..SHOWN_BYTES_MAX).unwrap_or(body)).into_owned()
}

fn lower(response: egress::Response) -> http::Response {
    let header = |(name, value): (String, String)| common::Header { name, value };
    http::Response {
        status: response.status,
        headers: response.headers.into_iter().map(header).collect(),
        body: response.body.to_vec(),
    }
}

fn lower_fault(fault: Fault) -> http::Fault {
    match fault {
        Fault::Denied(why) => http::Fault::Denied(why),
        Fault::Dns(name) => http::Fault::Dns(name),
        Fault::Connect(why) => http::Fault::Connect(why),
        Fault::Tls(why) => http::Fault::Tls(why),
        Fault::Timeout { .. } => http::Fault::Timeout,
        Fault::TooLarge(_) => http::Fault::TooLarge,
        Fault::Protocol(why) => http::Fault::Protocol(why),
    }
}

/// No signing kind can be declared in this version (an upload that does is refused), so no name is of one.
impl credentials::Host for State {
    fn sign(&mut self, name: String, _data: Vec<u8>) -> wasmtime::Result<Result<String, credentials::Refusal>> {
        Ok(Err(self.refusal(&name)))
    }

    fn digest(
        &mut self,
        name: String,
        _values: Vec<common::Field>,
    ) -> wasmtime::Result<Result<String, credentials::Refusal>> {
        Ok(Err(self.refusal(&name)))
    }

    fn token(
        &mut self,
        name: String,
        _claims: Vec<common::Field>,
    ) -> wasmtime::Result<Result<String, credentials::Refusal>> {
        Ok(Err(self.refusal(&name)))
    }

    fn verify(
        &mut self,
        name: String,
        _data: Vec<u8>,
        _signature: Vec<u8>,
    ) -> wasmtime::Result<Result<bool, credentials::Refusal>> {
        Ok(Err(self.refusal(&name)))
    }
}

impl State {
    fn refusal(&self, name: &str) -> credentials::Refusal {
        match self.door.as_ref().and_then(|door| door.bindings.get(name)) {
            Some(binding) => credentials::Refusal::WrongKind(binding.kind().to_owned()),
            None => credentials::Refusal::UnknownName,
        }
    }
}

impl log::Host for State {
    fn write(&mut self, level: log::Level, text: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => "debug",
            log::Level::Info => "info",
            log::Level::Warning => "warning",
            log::Level::Critical => "critical",
        };
        self.write_log(level, &text);
        Ok(())
    }
}
