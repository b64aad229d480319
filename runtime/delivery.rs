//! Delivery: one message to one recipient, by the active connector and, where that certainly failed, by the next.
//!
//! Promise: whoever asks gets an outcome within the call's time, whatever a connector does; every attempt is in the
//! store before its request leaves; and a send that has begun is finished even if its caller hangs up.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Timestamp};
use crate::connector::contract::{Certainty, Failure, FailureKind, Pair};
use crate::connector::registry::{Registry, Routes};
use crate::connector::serving::Serving;
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{AttemptStatus, MessageStatus, Moved, Store};

pub mod attempt;
mod attempts;
pub mod callbacks;
pub mod canary;
pub mod health;
pub mod quarantine;
mod reports;
pub mod route;

pub use attempts::Course;
use callbacks::Callbacks;
use health::{Health, Place};
pub use reports::{CallbackError, ReadCallback};
use route::Situation;

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
    callbacks: Arc<Callbacks>,
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
    /// Without connectors that were asked; none if nobody is left.
    pub fn without(mut self, asked: &[String]) -> Option<Self> {
        self.order.retain(|serving| !asked.contains(&serving.name));
        (!self.order.is_empty()).then_some(self)
    }

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

impl Delivered {
    /// Nobody took it, and nobody said why.
    pub fn nothing(status: MessageStatus) -> Self {
        Self {
            status,
            connector: None,
            revision: None,
            failure: None,
            retry_after_seconds: None,
            ambiguous_failover_used: false,
        }
    }
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

impl From<Failure> for DeliveryFailure {
    fn from(failure: Failure) -> Self {
        let Failure { kind, certainty, provider_code, text, .. } = failure;
        Self { kind, certainty, provider_code, text }
    }
}

impl Delivery {
    /// Over the registry of what serves now.
    pub fn new(
        registry: Arc<Registry>,
        store: Arc<dyn Store>,
        clock: Clock,
        times: Times,
        callbacks: Arc<Callbacks>,
    ) -> Self {
        let health = Arc::new(Health::new(Arc::clone(&registry)));
        Self { registry, store, clock, times, callbacks, running: TaskTracker::new(), health }
    }

    /// The addresses that providers report to.
    pub fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    /// How the connectors do.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    /// Who would send a message now, in order. Reads one pointer, does no I/O.
    pub fn plan(&self, environment: &str, wish: &Wish<'_>) -> Result<Plan, NoRoute> {
        let none = |quarantined| NoRoute { environment: environment.to_owned(), quarantined };
        let routes = self.registry.routes(environment).ok_or_else(|| none(Vec::new()))?;
        let now = self.clock.now();
        let order =
            route::order(&routes, wish, |serving, first| self.health.keeps_its_place(serving, wish, first, now));
        if order.is_empty() {
            let told = |serving: Arc<Serving>| {
                let (name, revision) = (&serving.name, serving.revision);
                serving.quarantine.get().map(|why| format!("revision {revision} of `{name}` is quarantined: {why}"))
            };
            return Err(none(route::named(&routes, wish).filter_map(told).collect()));
        }
        Ok(Plan { routes, order })
    }

    /// Send `letter` from where its course begins. Settles within the call's time.
    pub async fn deliver(&self, plan: Plan, letter: Letter, course: Course) -> Delivered {
        let this = self.clone();
        let (ambiguous_failover_used, unknown) = (true, MessageStatus::Unknown);
        let settled = self.apart(async move { this.attempts(plan, letter, course).await }).await;
        settled.unwrap_or(Delivered { ambiguous_failover_used, ..Delivered::nothing(unknown) })
    }

    /// Run work that is finished even if its caller hangs up: nothing tears a send in two, and the end waits for it.
    pub fn apart<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.running.spawn(work)
    }

    /// A report moved an attempt.
    pub fn told(&self, moved: &Moved) {
        let place = Place {
            environment: moved.environment.clone(),
            connector: moved.connector.clone(),
            revision: moved.revision,
            country: moved.country.clone(),
            area: moved.area.clone(),
        };
        let delivered = match moved.attempt {
            AttemptStatus::Delivered => true,
            AttemptStatus::Undelivered => false,
            _ => return,
        };
        self.health.reported(&place, moved.network.as_deref(), delivered, self.clock.now());
    }

    /// Whether a message that a provider could not deliver goes on to the next connector: as after a failure that
    /// certainly sent nothing.
    pub fn goes_on(&self, moved: &Moved, valid_until: Timestamp) -> bool {
        let life_left = valid_until.since(self.clock.now());
        let situation = Situation { life_left, ambiguous_failover_used: true, in_time: true };
        let undelivered = moved.message == MessageStatus::Undelivered && !moved.overtaken;
        undelivered && route::after(&attempts::undelivered(moved.kind), situation) != route::Next::Stop
    }

    /// Wait until every send that has begun is finished. New ones are still taken: stop the callers first.
    pub async fn drained(&self) {
        self.running.close();
        self.running.wait().await;
    }
}
