//! The net, in one call: what the guest gives out is searched, what it gets is masked.

use bytes::Bytes;

use super::State;
use super::state::Stopped;
use crate::connector::bindings::http;
use crate::connector::contract::Leak;
use crate::credentials::{Hit, Net};
use crate::egress;
use crate::secret::Secret;

impl State {
    /// End the call if there is a secret in what the guest gives out.
    pub(super) fn search(&mut self, place: &'static str, bytes: &[u8]) -> wasmtime::Result<()> {
        match self.leak(place, bytes) {
            None => Ok(()),
            Some(leak) => {
                self.stopped = Some(Stopped::Leak(leak));
                Err(wasmtime::Error::msg("a secret"))
            }
        }
    }

    pub(super) fn search_request(&mut self, request: &http::Request) -> wasmtime::Result<()> {
        self.search("a request", request.url.as_bytes())?;
        self.search("a request", &request.body)?;
        for header in &request.headers {
            self.search("a request", header.name.as_bytes())?;
            self.search("a request", header.value.as_bytes())?;
        }
        Ok(())
    }

    /// The secret in what the guest gives out, if there is one.
    pub(super) fn leak(&self, place: &'static str, bytes: &[u8]) -> Option<Leak> {
        let own = self.door.as_ref().and_then(|door| door.wallet.net.find(bytes));
        let Hit { secret, bytes } = own.or_else(|| self.placed.find(bytes))?;
        Some(Leak { secret, bytes, place })
    }

    /// From now on, signatures and these tokens are searched for as well.
    pub(super) fn renew_net(&mut self, tokens: &[(String, Secret<String>)]) {
        if self.markers.issued() == 0 && tokens.is_empty() {
            return;
        }
        let signatures = self.markers.entries();
        let tokens = tokens.iter().map(|(credential, token)| (credential.as_str(), token));
        self.placed = Net::over(signatures.chain(tokens));
    }

    /// An answer as the guest gets it.
    pub(super) fn mask_answer(&self, answer: egress::Response) -> egress::Response {
        let headers = answer.headers.into_iter().map(|(name, value)| (self.mask_text(&name), self.mask_text(&value)));
        egress::Response { status: answer.status, headers: headers.collect(), body: self.mask(answer.body) }
    }

    pub(super) fn mask_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.mask(Bytes::copy_from_slice(text.as_bytes()))).into_owned()
    }

    fn mask(&self, bytes: Bytes) -> Bytes {
        let own = match &self.door {
            Some(door) => door.wallet.net.mask(bytes),
            None => bytes,
        };
        self.placed.mask(own)
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.door.as_ref().is_some_and(|door| door.record)
    }

    /// What is hidden in logs and failures: number, code, text.
    pub(super) fn hidden(&self) -> &[String] {
        self.door.as_ref().map_or(&[], |door| &door.mask)
    }

    /// As a log or a failure may show it.
    pub(super) fn scrub(&self, text: &str) -> String {
        super::scrub::clean(&self.mask_text(text), self.hidden())
    }
}
