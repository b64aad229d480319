//! One request of a guest: judged as it will leave, credentials placed, sent, its answer masked.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant as Deadline;
use tokio_util::task::AbortOnDropHandle;

use super::shown;
use crate::connector::bindings::http;
use crate::connector::call::State;
use crate::connector::contract::Export;
use crate::credentials::{Binding, TokenError, Wallet, judge, place, place_token, replace_marker};
use crate::egress::{self, Fault, FetchLimits, Outlet, Request};
use crate::secret::Secret;
use crate::traces;

/// Status of an answer to a token that the provider does not take.
const UNAUTHORIZED: u16 = 401;

/// A request with its credentials in it.
struct Ready {
    request: Request,
    /// The way out: the connector's own, or one that identifies itself.
    outlet: Arc<Outlet>,
    /// Tokens that were placed, by credential.
    tokens: Vec<(String, Secret<String>)>,
}

impl State {
    pub(super) async fn exchange(&mut self, asked: http::Request) -> Result<egress::Response, Fault> {
        self.count(&asked)?;
        let Some(door) = &self.door else {
            return Err(Fault::Denied("nothing is reached while a component is only loaded".into()));
        };
        let (wallet, outlet) = (Arc::clone(&door.wallet), Arc::clone(&door.outlet));
        let request = parse(&asked).map_err(Fault::Denied)?;
        outlet.judge(&request.url)?;
        if wallet.is_login(&request.url) {
            return Err(Fault::Denied("this URL gives tokens: the host alone asks it".into()));
        }
        let limits = self.fetch_limits(&asked);
        let mut ready = self.with_credentials(&asked.credentials, request, &wallet, outlet, limits).await?;
        // After the guest made it and the host signed it: who says what of our traces is the host's business alone.
        if let Some(parent) = traces::to_provider() {
            ready.request.headers.insert("traceparent", parent);
        }
        // Counted as open before it leaves: if this future is dropped at the deadline, it stays counted.
        self.open_requests += 1;
        self.bytes_out = self.bytes_out.saturating_add(ready.request.size());
        // A handshake is the host's computing, not the guest's.
        self.meter.rest();
        let apart = self.on_own_stack && !ready.outlet.is_internal(&ready.request.url);
        let answer = match apart {
            true => fetched_apart(ready.outlet, ready.request, limits).await,
            false => ready.outlet.fetch(ready.request, limits).await,
        };
        self.meter.resume();
        match &answer {
            Ok(answer) => {
                self.open_requests -= 1;
                self.answered_requests += 1;
                self.bytes_in = self.bytes_in.saturating_add(answer.size());
            }
            Err(fault) if !fault.began() => self.open_requests -= 1,
            Err(_) => {}
        }
        if answer.as_ref().is_ok_and(|answer| answer.status == UNAUTHORIZED) {
            for (credential, token) in &ready.tokens {
                wallet.tokens.forget(credential, token).await;
            }
        }
        answer
    }

    /// What a call may not do at all.
    fn count(&mut self, asked: &http::Request) -> Result<(), Fault> {
        let limits = &self.limits;
        self.requests += 1;
        if self.requests > limits.requests {
            return Err(Fault::Denied(format!(
                "a call may make {} requests; the manifest's `limits.requests` can ask for more",
                limits.requests
            )));
        }
        if self.export == Export::DeliveryReports {
            return Err(Fault::Denied("`delivery-reports` reads what it was given and calls nobody".into()));
        }
        if asked.body.len() > limits.request_bytes {
            return Err(Fault::Denied(format!("the body has more than {} bytes", limits.request_bytes)));
        }
        Ok(())
    }

    fn fetch_limits(&self, asked: &http::Request) -> FetchLimits {
        let own = asked.timeout_ms.map(u64::from).into_iter().chain(self.limits.answer_ms).min();
        let own = own.map(|ms| Deadline::now() + Duration::from_millis(ms));
        FetchLimits {
            deadline: own.map_or(self.deadline, |own| own.min(self.deadline)),
            response_bytes_max: usize::try_from(self.limits.response_bytes).unwrap_or(usize::MAX),
            secret: !asked.credentials.is_empty(),
        }
    }

    /// Place the credentials that the guest names; afterwards no marker may stand in the request any more.
    async fn with_credentials(
        &mut self,
        names: &[String],
        request: Request,
        wallet: &Wallet,
        outlet: Arc<Outlet>,
        limits: FetchLimits,
    ) -> Result<Ready, Fault> {
        let denied = |error: &dyn std::fmt::Display| Fault::Denied(error.to_string());
        let own = Arc::clone(&outlet);
        let mut ready = Ready { request, outlet, tokens: Vec::new() };
        for name in names {
            let Some(binding) = wallet.bindings.get(name) else {
                return Err(Fault::Denied(format!("there is no credential `{name}` with this configuration")));
            };
            judge(binding, self.export, &ready.request).map_err(|error| denied(&error))?;
            let placed = if binding.signs() {
                replace_marker(binding, &self.markers, &mut ready.request)
            } else if binding.login_url().is_some() {
                // Apart, since few connectors need one, and each would carry its large future.
                let token = Box::pin(self.fetched_token(binding, wallet, &own, limits)).await?;
                let placed = place_token(binding, &token, &mut ready.request);
                ready.tokens.push((name.clone(), token));
                placed
            } else if let Some(identified) = wallet.identified.get(name) {
                ready.outlet = own.also(identified);
                Ok(())
            } else {
                place(binding, &wallet.keyring, &mut ready.request)
            };
            placed.map_err(|error| denied(&error))?;
        }
        if let Some(credential) = self.markers.stray(&ready.request) {
            return Err(Fault::Denied(format!(
                "a marker of credential `{credential}` stands where it is not declared, or its credential is not named"
            )));
        }
        self.renew_net(&ready.tokens);
        Ok(ready)
    }

    /// A token that the host has, or fetches now. That request is the host's: the guest sees nothing of it, and a
    /// message was certainly not sent by it.
    async fn fetched_token(
        &mut self,
        binding: &Binding,
        wallet: &Wallet,
        outlet: &Outlet,
        limits: FetchLimits,
    ) -> Result<Secret<String>, Fault> {
        let limits = FetchLimits { secret: true, ..limits };
        let mut shown = None;
        let recorded = self.is_recorded();
        let send = async |request: Request| {
            let entry = recorded.then(|| shown::login(&request, binding.name()));
            let answer = outlet.fetch_token(request, limits).await;
            shown = entry.map(|entry| shown::login_answer(entry, &answer));
            answer
        };
        self.meter.rest();
        let token = wallet.tokens.get(binding, &wallet.keyring, self.call.issued_at, send).await;
        self.meter.resume();
        self.exchanges.extend(shown);
        token.map_err(|error| match &error {
            TokenError::Fault(_, Fault::Denied(_)) | TokenError::NotSet(..) => Fault::Denied(error.to_string()),
            TokenError::Refused(..) => {
                self.login_refused = Some(error.to_string());
                Fault::Connect(error.to_string())
            }
            TokenError::Fault(..) | TokenError::Answer(..) => Fault::Connect(error.to_string()),
        })
    }
}

fn parse(asked: &http::Request) -> Result<Request, String> {
    let url = egress::read_url(&asked.url)?;
    let method = http_method(&asked.method)?;
    let headers = egress::clean_headers(asked.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())))?;
    Ok(Request { method, url, headers, body: Bytes::copy_from_slice(&asked.body) })
}

/// Send a request from a task of its own, which ends with the call. A guest's call runs on a stack of its own, and
/// every step of an exchange would wake it, cold as it is, to find that there is nothing for it yet.
async fn fetched_apart(outlet: Arc<Outlet>, request: Request, limits: FetchLimits) -> Result<egress::Response, Fault> {
    let task = tokio::spawn(traces::carried(async move { outlet.fetch(request, limits).await }));
    let answer = AbortOnDropHandle::new(task).await;
    answer.unwrap_or_else(|error| Err(Fault::Protocol(format!("the exchange ended early: {error}"))))
}

fn http_method(text: &str) -> Result<::http::Method, String> {
    match text {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" => {
            ::http::Method::from_bytes(text.as_bytes()).map_err(|_| "the method can't be used".to_owned())
        }
        _ => Err("the method is none of GET, POST, PUT, PATCH, DELETE, HEAD".into()),
    }
}
