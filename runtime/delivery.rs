//! Delivery: one message to one recipient, by the active connector and, where that certainly failed, by the next.
//!
//! Promise: whoever asks gets an outcome within the call's time, whatever a connector does; every attempt is in the
//! store before its request leaves; and a send that has begun is finished even if its caller hangs up.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Timestamp};
use crate::connector::contract::{Certainty, FailureKind, Pair, Receipt, Report};
use crate::connector::registry::{Registry, Routes};
use crate::connector::serving::Serving;
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{AttemptEnd, MessageStatus, NewAttempt, Store};

pub mod attempt;
pub mod health;
pub mod quarantine;
pub mod route;

use health::{Health, Outcome, Place};
use route::{Next, Situation};

/// How long sends may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// One send by one connector.
    pub send: Duration,
    /// A whole call with its failover.
    pub call: Duration,
}

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    registry: Arc<Registry>,
    store: Arc<dyn Store>,
    clock: Clock,
    times: Times,
    running: TaskTracker,
    health: Arc<Health>,
}

/// What a route hangs on.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Why the message is sent.
    pub purpose: &'a str,
    /// The recipient.
    pub to: &'a PhoneNumber,
    /// Decides where chance does: the same message takes the same way.
    pub message_id: &'a str,
    /// Connectors that were asked before for this code: another one is asked first.
    pub tried: &'a [String],
}

/// No connector is active for the channel, or none that may serve.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no connector is active for channel `sms` in environment `{environment}`{}", quarantines(.quarantined))]
pub struct NoRoute {
    /// The environment.
    pub environment: String,
    /// Connectors that would send and are quarantined, each with the reason.
    pub quarantined: Vec<String>,
}

fn quarantines(reasons: &[String]) -> String {
    reasons.iter().map(|reason| format!("; {reason}")).collect()
}

/// Which connectors will be asked, in order: a snapshot, so that a swap during the send changes nothing of it.
pub struct Plan {
    routes: Arc<Routes>,
    order: Vec<Arc<Serving>>,
}

impl Plan {
    /// Name and revision of the connector that is asked first.
    pub fn first(&self) -> (&str, u64) {
        self.order.first().map_or(("", 0), |serving| (serving.name.as_str(), serving.revision))
    }
}

/// What is to be sent. Holds number and code in clear and only in memory.
pub struct Letter {
    /// Id of the message in the store.
    pub message_id: String,
    /// The environment.
    pub environment: String,
    /// The recipient.
    pub to: PhoneNumber,
    /// Why it is sent.
    pub purpose: String,
    /// BCP 47 tag of the recipient's language.
    pub locale: String,
    /// The code, where the message carries one.
    pub code: Option<Secret<String>>,
    /// A text to send as it is, instead of a template.
    pub text: Option<Secret<String>>,
    /// The caller's parameters for templates.
    pub parameters: Vec<Pair>,
    /// A sender that beats every configured one.
    pub sender: Option<String>,
    /// Hash of the app that asked: it ends the message instead of what is configured.
    pub app_hash: Option<String>,
    /// When the code ends.
    pub valid_until: Timestamp,
    /// The end user's IP address.
    pub client_ip: Option<String>,
    /// Whether the verification has already gone on once after an unknown outcome.
    pub ambiguous_failover_used: bool,
}

/// What became of a message.
#[derive(Clone, Debug, Serialize)]
pub struct Delivered {
    /// `accepted`, `refused` or `unknown`.
    pub status: MessageStatus,
    /// The connector that was asked last.
    pub connector: Option<String>,
    /// Its revision.
    pub revision: Option<u64>,
    /// Why the last one did not take it.
    pub failure: Option<DeliveryFailure>,
    /// How long the provider asks to wait, in seconds.
    #[serde(skip)]
    pub retry_after_seconds: Option<u32>,
    /// Whether the one failover after an unknown outcome was used.
    #[serde(skip)]
    pub ambiguous_failover_used: bool,
}

/// Why a connector did not take a message.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryFailure {
    /// One of the contract's kinds, such as `invalid-recipient`.
    #[schema(value_type = String)]
    pub kind: FailureKind,
    /// `not-sent`, or `unknown`: it may have been sent.
    #[schema(value_type = String)]
    pub certainty: Certainty,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's words, shortened, without number and code.
    pub text: String,
}

impl Delivery {
    /// Over the registry of what serves now.
    pub fn new(registry: Arc<Registry>, store: Arc<dyn Store>, clock: Clock, times: Times) -> Self {
        Self { registry, store, clock, times, running: TaskTracker::new(), health: Arc::default() }
    }

    /// How the connectors do.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Who would send a message now: the active connector, then the fallbacks. Reads one pointer, does no I/O.
    pub fn plan(&self, environment: &str, wish: &Wish<'_>) -> Result<Plan, NoRoute> {
        let none = |quarantined| NoRoute { environment: environment.to_owned(), quarantined };
        let routes = self.registry.routes(environment).ok_or_else(|| none(Vec::new()))?;
        let mut order = routes.order();
        order.sort_by_key(|serving| wish.tried.contains(&serving.name));
        if order.is_empty() {
            let told = |serving: &Arc<Serving>| {
                let (name, revision) = (&serving.name, serving.revision);
                serving.quarantine.get().map(|why| format!("revision {revision} of `{name}` is quarantined: {why}"))
            };
            return Err(none(routes.named().filter_map(told).collect()));
        }
        Ok(Plan { routes, order })
    }

    /// Send `letter`, whose first attempt the caller has already stored. Settles within the call's time. Runs as a
    /// task of its own: a caller that hangs up does not tear a send in two.
    pub async fn deliver(&self, plan: Plan, letter: Letter) -> Delivered {
        let this = self.clone();
        let settled = self.running.spawn(async move { this.attempts(plan, letter).await }).await;
        settled.unwrap_or(Delivered {
            status: MessageStatus::Unknown,
            connector: None,
            revision: None,
            failure: None,
            retry_after_seconds: None,
            ambiguous_failover_used: true,
        })
    }

    /// Wait until every send that has begun is finished. New ones are still taken: stop the callers first.
    pub async fn drained(&self) {
        self.running.close();
        self.running.wait().await;
    }

    async fn attempts(&self, plan: Plan, letter: Letter) -> Delivered {
        let deadline = Instant::now() + self.times.call;
        let mut ambiguous_failover_used = letter.ambiguous_failover_used;
        let mut maybe_sent = false;
        let mut last = None;
        for (serving, number) in plan.order.iter().zip(1u32..) {
            if number > 1 && !self.begin(&letter, serving, number).await {
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let report =
                attempt::run(serving, &plan.routes, &letter, self.clock.now(), left.min(self.times.send)).await;
            quarantine::judge(&*self.store, serving, &report).await;
            self.end(&letter, serving, number, &report).await;
            let failure = match report.result {
                Ok(_) => return accepted(serving, ambiguous_failover_used),
                Err(failure) => failure,
            };
            maybe_sent |= failure.certainty == Certainty::Unknown;
            let in_time = deadline.saturating_duration_since(Instant::now()) > Duration::from_millis(500);
            let life_left = letter.valid_until.since(self.clock.now());
            let next = route::after(&failure, Situation { life_left, ambiguous_failover_used, in_time });
            last = Some((serving, failure));
            match next {
                Next::Connector { ambiguous } if plan.order.len() > number as usize => {
                    ambiguous_failover_used |= ambiguous
                }
                _ => break,
            }
        }
        let status = if maybe_sent { MessageStatus::Unknown } else { MessageStatus::Refused };
        Delivered {
            status,
            connector: last.as_ref().map(|(serving, _)| serving.name.clone()),
            revision: last.as_ref().map(|(serving, _)| serving.revision),
            retry_after_seconds: last.as_ref().and_then(|(_, failure)| failure.retry_after_seconds),
            failure: last.map(|(_, f)| DeliveryFailure {
                kind: f.kind,
                certainty: f.certainty,
                provider_code: f.provider_code,
                text: f.text,
            }),
            ambiguous_failover_used,
        }
    }

    /// Store a further attempt before its request leaves; without that it is not made.
    async fn begin(&self, letter: &Letter, serving: &Serving, number: u32) -> bool {
        let attempt = NewAttempt {
            message_id: letter.message_id.clone(),
            number,
            connector: serving.name.clone(),
            revision: serving.revision,
            reference: attempt::reference(&letter.message_id, &serving.name),
            started_at: self.clock.now(),
        };
        let stored = self.store.start_attempt(attempt).await;
        if let Err(error) = &stored {
            tracing::error!(message = letter.message_id, %error, "an attempt could not be stored and was not made");
        }
        stored.is_ok()
    }

    async fn end(&self, letter: &Letter, serving: &Serving, number: u32, report: &Report<Receipt>) {
        let end = attempt::end(&letter.message_id, number, report, self.clock.now());
        log(letter, serving, &end);
        let place = Place::of(serving, &letter.to);
        self.health.attempted(&place, Outcome::of(&report.result), end.elapsed_ms, end.ended_at);
        if let Err(error) = self.store.finish_attempt(end).await {
            tracing::error!(message = letter.message_id, %error, "the outcome of an attempt could not be stored");
        }
    }
}

fn accepted(serving: &Serving, ambiguous_failover_used: bool) -> Delivered {
    Delivered {
        status: MessageStatus::Accepted,
        connector: Some(serving.name.clone()),
        revision: Some(serving.revision),
        failure: None,
        retry_after_seconds: None,
        ambiguous_failover_used,
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
