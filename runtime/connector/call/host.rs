//! The imports: `http`, `credentials`, `log`, as the host answers them.

use std::time::Instant;

use super::State;
use crate::connector::bindings::{common, credentials, http, log};
use crate::egress::{self, Fault};

mod exchange;
mod shown;
mod signatures;

impl http::Host for State {
    async fn send(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::Fault>> {
        // Whoever waits for a provider computes nothing: the turn is another's.
        self.turn.end();
        self.search_request(&request)?;
        let started = Instant::now();
        let is_shown = self.is_recorded() && self.exchanges.len() < shown::SHOWN_MAX;
        let mut shown = is_shown.then(|| shown::request(&request));
        let answer = self.exchange(request).await;
        // What a provider sends is not the guest's doing.
        self.meter.rest();
        let answer = answer.map(|answer| self.mask_answer(answer));
        self.meter.resume();
        if let Some(shown) = &mut shown {
            shown.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            shown::answer(shown, &answer);
        }
        self.exchanges.extend(shown);
        Ok(answer.map(lower).map_err(|fault| self.lower_fault(fault)))
    }
}

impl State {
    /// What the host says of a fault may quote the provider's words, such as a certificate's name.
    fn lower_fault(&self, fault: Fault) -> http::Fault {
        let masked = |text: &str| self.mask_text(text);
        match fault {
            Fault::Denied(why) => http::Fault::Denied(masked(&why)),
            Fault::Dns(name) => http::Fault::Dns(masked(&name)),
            Fault::Connect(why) => http::Fault::Connect(masked(&why)),
            // A connector has no business with proxies: to it, there is no connection.
            Fault::Proxy(why) => http::Fault::Connect(why.to_string()),
            Fault::Tls(why) => http::Fault::Tls(masked(&why)),
            Fault::Timeout { .. } => http::Fault::Timeout,
            Fault::TooLarge(_) => http::Fault::TooLarge,
            Fault::Protocol(why) => http::Fault::Protocol(masked(&why)),
        }
    }
}

fn lower(response: egress::Response) -> http::Response {
    let header = |(name, value): (String, String)| common::Header { name, value };
    http::Response {
        status: response.status,
        headers: response.headers.into_iter().map(header).collect(),
        body: response.body.into(),
    }
}

impl credentials::Host for State {
    fn sign(&mut self, name: String, data: Vec<u8>) -> wasmtime::Result<Result<String, credentials::Refusal>> {
        Ok(self.sign_data(&name, &data))
    }

    fn digest(
        &mut self,
        name: String,
        values: Vec<common::Field>,
    ) -> wasmtime::Result<Result<String, credentials::Refusal>> {
        Ok(self.hash_values(&name, values))
    }

    fn token(
        &mut self,
        name: String,
        claims: Vec<common::Field>,
    ) -> wasmtime::Result<Result<String, credentials::Refusal>> {
        Ok(self.make_token(&name, claims))
    }

    fn verify(
        &mut self,
        name: String,
        data: Vec<u8>,
        signature: Vec<u8>,
    ) -> wasmtime::Result<Result<bool, credentials::Refusal>> {
        Ok(self.verify_signature(&name, &data, &signature))
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
        self.search("its log", text.as_bytes())?;
        self.write_log(level, &text);
        Ok(())
    }
}
