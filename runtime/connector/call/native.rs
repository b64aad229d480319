//! A connector without its sandbox: two functions of this very binary instead of a component.
//!
//! What the benchmark compares with, and nothing else: only `bench` can make one, and no configuration, upload or row
//! of the store names it. All but the sandbox is the same: the state of a call, the judging of its request, the placing
//! of its credentials, the way out, the deadline, the correction of what it says.

use std::time::{Duration, Instant};

use super::state::{State, Stopped};
use super::{Door, certainty};
use crate::connector::bindings::{common, http};
use crate::connector::contract::{Call, Certainty, Export, Failure, FailureKind, Message, Pair, Receipt, Report};

/// A request as a connector asks for it.
pub(crate) struct Asked {
    /// Upper case.
    pub(crate) method: String,
    /// Absolute.
    pub(crate) url: String,
    /// Without what the host places.
    pub(crate) headers: Vec<Pair>,
    /// Empty for none.
    pub(crate) body: Vec<u8>,
    /// Names of the credentials that the host places.
    pub(crate) credentials: Vec<String>,
}

/// A provider's answer as a connector gets it.
pub(crate) struct Answer {
    /// Any status.
    pub(crate) status: u16,
    /// As they came.
    pub(crate) headers: Vec<Pair>,
    /// As it came.
    pub(crate) body: Vec<u8>,
}

/// A connector's two functions.
#[derive(Clone, Copy)]
pub struct Native {
    /// Build the request from the configuration and the message.
    pub(crate) request: fn(&str, &Message) -> Result<Asked, Failure>,
    /// Read the reply.
    pub(crate) reply: fn(Answer) -> Result<Receipt, Failure>,
}

impl Native {
    /// Send a message as a component would.
    pub(crate) async fn send(&self, door: Door, call: &Call, config: &str, message: &Message) -> Report<Receipt> {
        let started = Instant::now();
        let wall_ms = door.limits.send_ms;
        let deadline = tokio::time::Instant::now() + Duration::from_millis(wall_ms);
        let mut state = State::new(Some(door), Export::Sms, call);
        state.deadline = deadline;
        state.on_own_stack = false;
        let within = tokio::time::timeout_at(deadline, self.ask(&mut state, config, message)).await;
        if within.is_err() {
            state.stopped = Some(Stopped::Deadline(wall_ms));
        }
        let answer = within.unwrap_or_else(|_| Err(wasmtime::Error::msg("deadline")));
        let result = certainty::settle(answer, &mut state);
        state.into_report(result, u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    async fn ask(
        &self,
        state: &mut State,
        config: &str,
        message: &Message,
    ) -> wasmtime::Result<Result<Receipt, Failure>> {
        let asked = match (self.request)(config, message) {
            Ok(asked) => asked,
            Err(failure) => return Ok(Err(failure)),
        };
        Ok(match http::Host::send(state, lower(asked)).await? {
            Ok(answer) => (self.reply)(lift(answer)),
            Err(fault) => Err(unanswered(&fault)),
        })
    }
}

fn lower(asked: Asked) -> http::Request {
    let header = |pair: Pair| common::Header { name: pair.name, value: pair.value };
    http::Request {
        method: asked.method,
        url: asked.url,
        headers: asked.headers.into_iter().map(header).collect(),
        body: asked.body,
        credentials: asked.credentials,
        timeout_ms: None,
    }
}

fn lift(answer: http::Response) -> Answer {
    let pair = |header: common::Header| Pair { name: header.name, value: header.value };
    Answer { status: answer.status, headers: answer.headers.into_iter().map(pair).collect(), body: answer.body }
}

/// A benchmark's provider always answers: whatever this is, the benchmark ends with it.
fn unanswered(fault: &http::Fault) -> Failure {
    Failure {
        kind: FailureKind::ProviderUnavailable,
        certainty: Certainty::Unknown,
        provider_code: None,
        text: format!("{fault:?}"),
        retry_after_seconds: None,
        extra: Vec::new(),
    }
}
