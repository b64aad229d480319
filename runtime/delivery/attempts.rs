//! A message's attempts, one connector after the other, as far as `route` lets them go.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::attempt::Attempted;
use super::failures::{self, Attempt, FailedSend};
use super::health::{Outcome, Place};
use super::heard::asked;
use super::route::{self, CALL_LEFT_MIN, Failed, SoFar};
use super::throughput::WITH_ANOTHER;
use super::{Delivered, Delivery, DeliveryFailure, Letter, Plan, attempt, quarantine};
use crate::connector::contract::{Certainty, Failure, FailureKind, Receipt, Report};
use crate::connector::registry::Routes;
use crate::connector::serving::Serving;
use crate::prices::Price;
use crate::store::{AttemptEnd, AttemptStatus, MessageStatus, Moved, NewAttempt};
use crate::traces::{self, Said, Span};

/// Where a message's attempts begin.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// Number of the first one.
    pub first: u32,
    /// Whether it is in the store already, written with its message.
    pub stored: bool,
    /// Whether its sender's turn was waited for already.
    pub has_turn: bool,
}

impl Course {
    /// Of a message that was written with its first attempt.
    pub const BEGUN: Self = Self { first: 1, stored: true, has_turn: false };
    /// Of a message that waited in the queue.
    pub const QUEUED: Self = Self { first: 1, stored: false, has_turn: false };

    /// Of a message that goes on after `attempts` of them.
    pub fn after(attempts: u32) -> Self {
        Self { first: attempts + 1, stored: false, has_turn: false }
    }
}

/// Who failed last, and why.
type Last = Option<(Arc<Serving>, Failure)>;

impl Delivery {
    pub(super) async fn attempts(&self, plan: Plan, letter: Letter, course: Course) -> Delivered {
        let mut deadline = Instant::now() + self.times.call;
        let ambiguous_failover_used = letter.ambiguous_failover_used;
        let mut so_far = SoFar { ambiguous_failover_used, ..SoFar::default() };
        let mut last = None;
        let mut number = course.first;
        let mut left_to_ask: VecDeque<Arc<Serving>> = plan.order.iter().cloned().collect();
        while let Some(planned) = left_to_ask.pop_front() {
            let is_first = number == course.first;
            let turn = if is_first && course.has_turn {
                Ok(())
            } else {
                let patience = patience(course, !left_to_ask.is_empty(), deadline);
                self.wait_for_sender(&planned, &letter, patience).await
            };
            if !course.stored {
                // Nobody waits for the answer, and the wait for a sender is no part of the call.
                deadline = deadline.max(Instant::now() + self.times.send);
            }
            let stored = course.stored && is_first;
            let serving = if stored { Some(planned) } else { self.still_serves(planned).await };
            let Some(serving) = serving else { continue };
            let serving = &serving;
            if !stored && !self.begin(&letter, serving, &plan.routes, number).await {
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now()).min(self.times.send);
            let span = traces::span(&traces::CONNECTOR_CALL);
            let attempt = self.attempt(&plan.routes, &letter, serving, (number, turn, left));
            let (attempted, moved) = span.run(attempt).await;
            described(span, &letter, serving, number, &attempted);
            let Attempted { report, expires_in_seconds } = attempted;
            let failure = match outcome(report.result, &moved) {
                Ok(status) => {
                    if letter.is_first && letter.use_is_told && !so_far.maybe_sent {
                        self.health.sent_first(&Place::of(serving, &letter.to), self.clock.now());
                    }
                    return Delivered { expires_in_seconds, ..taken(so_far, serving, status) };
                }
                Err(failure) => failure,
            };
            let failed = Failed {
                failure: &failure,
                makes_codes: serving.makes_codes,
                life_left: letter.valid_until.since(self.clock.now()),
                call_left: deadline.saturating_duration_since(Instant::now()),
            };
            let goes_on = so_far.goes_on(&failed, &mut left_to_ask, |next| next.makes_codes);
            let after = if failure.certainty == Certainty::Unknown { "unknown" } else { "refused" };
            last = Some((Arc::clone(serving), failure));
            if !goes_on {
                break;
            }
            self.metrics.failed_over(&serving.environment, &serving.name, after);
            number += 1;
        }
        not_taken(so_far, last)
    }

    /// One attempt, if its sender has its turn, and what it came to.
    async fn attempt(
        &self,
        routes: &Routes,
        letter: &Letter,
        serving: &Serving,
        (number, turn, left): (u32, Result<(), Failure>, Duration),
    ) -> (Attempted, Vec<Moved>) {
        if let Err(failure) = turn {
            // Our own limit: nothing that speaks against the provider.
            let attempted = Attempted::not_made(failure);
            let end = attempt::end(&letter.message_id, number, &attempted.report, self.clock.now());
            self.count_attempt(letter, serving, attempted.report.ending, &end);
            let moved = self.finish(letter, serving, end).await;
            return (attempted, moved);
        }
        let callback_url = self.callbacks.of_message(&letter.environment, &serving.name, &letter.message_id);
        let (place, began) = (Place::of(serving, &letter.to), self.clock.now());
        self.health.began(&place, began);
        let attempted = attempt::run(serving, routes, letter, began, left, callback_url).await;
        let failed = attempted.report.result.as_ref().err();
        let answered = failed.is_none_or(|failure| failure.kind != FailureKind::Timeout);
        self.health.ended(&place, began, answered, self.clock.now());
        quarantine::judge(&*self.store, serving, &attempted.report, self.clock.now()).await;
        let moved = self.end(letter, serving, number, &attempted.report).await;
        if routes.keeps_failed_sends {
            self.keep_if_failed(serving, routes, letter, number, &attempted.report);
        }
        (attempted, moved)
    }

    /// Store an attempt before its request leaves; without that it is not made. Two that race for the same one can't
    /// both store it.
    async fn begin(&self, letter: &Letter, serving: &Serving, routes: &Routes, number: u32) -> bool {
        let attempt = NewAttempt {
            message_id: letter.message_id.clone(),
            number,
            connector: serving.name.clone(),
            revision: serving.revision,
            code_by_provider: serving.makes_codes,
            reference: attempt::reference(&letter.message_id, &serving.name),
            price: routes.price(&serving.name, &letter.to),
            started_at: self.clock.now(),
        };
        let stored = self.store.start_attempt(attempt).await;
        if let Err(error) = &stored {
            tracing::error!(message = letter.message_id, %error, "an attempt could not be stored and was not made");
        }
        stored.is_ok()
    }

    /// Keep a failed attempt for a transcript, unless its connector was deleted meanwhile.
    fn keep_if_failed(
        &self,
        serving: &Serving,
        routes: &Routes,
        letter: &Letter,
        number: u32,
        report: &Report<Receipt>,
    ) {
        let Err(failure) = &report.result else { return };
        let now = self.clock.now();
        let callback_url = self.callbacks.of_message(&letter.environment, &serving.name, &letter.message_id);
        let told = if let Some(fault) = &report.injected {
            Err(format!("a fault was injected ({fault}): it says nothing of the provider"))
        } else if serving.makes_codes {
            Err("its provider makes the codes: a start is not told as a transcript".to_owned())
        } else {
            failures::redacted(&Attempt { serving, routes, letter, report, callback_url, now })
        };
        self.failures.keep(FailedSend {
            id: format!("{}-{number}", letter.message_id),
            at: now,
            message: letter.message_id.clone(),
            attempt: number,
            kind: failure.kind,
            certainty: failure.certainty,
            provider_code: told.as_ref().ok().and_then(|told| told.redacted.provider_code()),
            revision: serving.revision,
            component: serving.component_name.clone(),
            environment: serving.environment.clone(),
            connector: serving.name.clone(),
            told,
        });
        let now_serves = self.registry.routes(&serving.environment);
        if now_serves.is_none_or(|routes| routes.revisions(&serving.name).next().is_none()) {
            self.failures.retain(&serving.environment, |connector| connector != serving.name);
        }
    }

    async fn end(&self, letter: &Letter, serving: &Serving, number: u32, report: &Report<Receipt>) -> Vec<Moved> {
        let end = attempt::end(&letter.message_id, number, report, self.clock.now());
        self.count_attempt(letter, serving, report.ending, &end);
        let place = Place::of(serving, &letter.to);
        let outcome = Outcome::of(&report.result);
        self.health.attempted(&place, outcome, letter.use_is_told, end.elapsed_ms, end.ended_at);
        // Nothing is what a provider says that does not know yet.
        if let Some(cost) = end.cost.filter(|cost| cost.micros > 0) {
            let micros = cost.micros / u64::from(end.segments.unwrap_or(1).max(1));
            self.health.told_price(&place, Price { micros, ..cost }, end.ended_at);
        }
        let moved = self.finish(letter, serving, end).await;
        moved.iter().for_each(|moved| self.told(moved));
        moved
    }

    async fn finish(&self, letter: &Letter, serving: &Serving, end: AttemptEnd) -> Vec<Moved> {
        log(letter, serving, &end);
        self.store.finish_attempt(end).await.unwrap_or_else(|error| {
            tracing::error!(message = letter.message_id, %error, "the outcome of an attempt could not be stored");
            Vec::new()
        })
    }
}

/// What is told of an attempt that ended.
fn described(span: Span, letter: &Letter, serving: &Serving, number: u32, attempted: &Attempted) {
    span.say(Said::Attempt(number));
    if let Some(country) = letter.to.country() {
        span.say(Said::Country(country));
    }
    asked(&span, serving, &attempted.report);
}

/// How long a message may wait for a sender's turn; none for as long as its code is of use. Where another connector is left
/// to ask, not long.
fn patience(course: Course, another: bool, deadline: Instant) -> Option<Duration> {
    let call = deadline.saturating_duration_since(Instant::now()).saturating_sub(CALL_LEFT_MIN);
    match (course.stored, another) {
        (false, false) => None,
        (false, true) => Some(WITH_ANOTHER),
        (true, another) => Some(if another { WITH_ANOTHER.min(call) } else { call }),
    }
}

/// What an attempt came to, where a report may have been faster than the provider's own answer.
fn outcome(result: Result<Receipt, Failure>, moved: &[Moved]) -> Result<MessageStatus, Failure> {
    match (result, moved.last()) {
        (Ok(_), Some(moved)) if moved.attempt == AttemptStatus::Undelivered => Err(route::undelivered(moved.kind)),
        (Ok(_), Some(moved)) => Ok(moved.message),
        (Ok(_), None) => Ok(MessageStatus::Accepted),
        (Err(failure), _) => Err(failure),
    }
}

fn taken(so_far: SoFar, serving: &Serving, status: MessageStatus) -> Delivered {
    Delivered {
        status,
        connector: Some(serving.name.clone()),
        revision: Some(serving.revision),
        code_by_provider: serving.makes_codes,
        failure: None,
        retry_after_seconds: None,
        expires_in_seconds: None,
        ambiguous_failover_used: so_far.ambiguous_failover_used,
    }
}

fn not_taken(so_far: SoFar, last: Last) -> Delivered {
    let status = match &last {
        _ if so_far.maybe_sent => MessageStatus::Unknown,
        Some(_) => MessageStatus::Refused,
        // Nobody was asked: it waits still.
        None => MessageStatus::Queued,
    };
    Delivered {
        status,
        connector: last.as_ref().map(|(serving, _)| serving.name.clone()),
        revision: last.as_ref().map(|(serving, _)| serving.revision),
        // What nobody took has no code at all.
        code_by_provider: so_far.maybe_sent && last.as_ref().is_some_and(|(serving, _)| serving.makes_codes),
        expires_in_seconds: None,
        retry_after_seconds: last.as_ref().and_then(|(_, failure)| failure.retry_after_seconds),
        failure: last.map(|(_, failure)| DeliveryFailure::from(failure)),
        ambiguous_failover_used: so_far.ambiguous_failover_used,
    }
}

fn log(letter: &Letter, serving: &Serving, end: &AttemptEnd) {
    let (environment, connector, revision) = (&letter.environment, &serving.name, serving.revision);
    let (message, elapsed_ms) = (&letter.message_id, end.elapsed_ms);
    match end.kind {
        None => tracing::debug!(environment, connector, revision, message, elapsed_ms, "accepted"),
        Some(kind) => {
            let (kind, certainty, provider_code) = (kind.as_str(), end.certainty, end.provider_code.as_deref());
            tracing::warn!(
                environment,
                connector,
                revision,
                message,
                elapsed_ms,
                kind,
                ?certainty,
                provider_code,
                "not accepted"
            );
        }
    }
}
