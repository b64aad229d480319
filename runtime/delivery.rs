//! Delivery: one message to one recipient, by the active connector and, where that certainly failed, by the next.
//!
//! Promise: whoever asks gets an outcome within the call's time, whatever a connector does; every attempt is in the
//! store before its request leaves; and a send that has begun is finished even if its caller hangs up.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Timestamp};
use crate::connector::contract::Failure;
use crate::connector::registry::{Registry, Routes};
use crate::connector::serving::Serving;
use crate::metrics::Metrics;
use crate::nodes::Nodes;
use crate::phone::PhoneNumber;
use crate::prices::Price;
use crate::store::{MessageStatus, Store};
use crate::traces::{self, Said};

pub mod attempt;
mod attempts;
mod bound;
pub mod callbacks;
pub mod canary;
pub mod failures;
pub mod health;
mod heard;
mod letter;
pub mod quarantine;
mod reports;
pub mod route;
mod stale;
mod throughput;

pub use attempts::Course;
pub use bound::Carries;
use callbacks::Callbacks;
use failures::Failures;
use health::Health;
pub use letter::{Delivered, DeliveryFailure, Letter, Start};
pub use reports::{CallbackError, ReadCallback};
use throughput::{Limit, Throughput};

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
    failures: Arc<Failures>,
    running: TaskTracker,
    health: Arc<Health>,
    throughput: Arc<Throughput>,
    metrics: Arc<Metrics>,
    nodes: Arc<Nodes>,
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
    /// Whose code it carries.
    pub carries: Carries<'a>,
}

/// Why there is nobody to send a message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoRoute {
    /// No connector is active for the channel, or none that may serve.
    #[error("no connector is active for channel `sms` in environment `{environment}`{}", quarantines(.quarantined))]
    Nobody {
        /// The environment.
        environment: String,
        /// Connectors that would send and are quarantined, each with the reason.
        quarantined: Vec<String>,
    },
    /// It is to be sent as it is given, and whoever would be asked has its provider make the code.
    #[error(
        "no connector sends a code or text as it is given in environment `{environment}`: the provider of {} makes and \
         checks the codes itself, which takes a verification; a connector that sends would take it, also as a fallback",
        named(.makers)
    )]
    OnlyCodeMakers {
        /// The environment.
        environment: String,
        /// Connectors that would be asked.
        makers: Vec<String>,
    },
    /// Its code is one of a connector that can't be asked any more.
    #[error("connector `{connector}`, whose provider made the code and alone can check it, can't be asked: {why}")]
    Lost {
        /// The connector.
        connector: String,
        /// Why.
        why: String,
    },
}

fn named(makers: &[String]) -> String {
    makers.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn quarantines(reasons: &[String]) -> String {
    reasons.iter().map(|reason| format!("; {reason}")).collect()
}

/// Which connectors will be asked, in order: a snapshot, so that a swap during the send changes nothing of it.
pub struct Plan {
    routes: Arc<Routes>,
    order: Vec<Arc<Serving>>,
}

/// Who is asked first.
#[derive(Clone, Copy, Debug)]
pub struct First<'a> {
    /// The connector.
    pub connector: &'a str,
    /// Its revision.
    pub revision: u64,
    /// Whether its provider makes the code.
    pub makes_code: bool,
}

impl Plan {
    /// Without connectors that were asked; none if nobody is left.
    pub fn without(mut self, asked: &[String]) -> Option<Self> {
        self.order.retain(|serving| !asked.contains(&serving.name));
        (!self.order.is_empty()).then_some(self)
    }

    /// Who is asked first.
    pub fn first(&self) -> First<'_> {
        let none = First { connector: "", revision: 0, makes_code: false };
        let Some(serving) = self.order.first() else { return none };
        First { connector: &serving.name, revision: serving.revision, makes_code: serving.makes_codes }
    }

    /// What one part costs by the price list of who is asked first.
    pub fn price(&self, to: &PhoneNumber) -> Option<Price> {
        self.routes.price(&self.order.first()?.name, to)
    }

    /// What a message costs by that list, in millionths: its parts are counted only where there is a price for it.
    pub fn cost_micros(&self, letter: &Letter, now: Timestamp) -> Option<u64> {
        let price = self.price(&letter.to)?;
        let parts = attempt::parts(self.order.first()?, &self.routes, letter, now);
        Some(price.micros.saturating_mul(parts.into()))
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
        failures: Arc<Failures>,
        (metrics, nodes): (Arc<Metrics>, Arc<Nodes>),
    ) -> Self {
        let health = Arc::new(Health::new(Arc::clone(&registry)));
        let (running, throughput) = (TaskTracker::new(), Arc::default());
        Self { registry, store, clock, times, callbacks, failures, running, health, throughput, metrics, nodes }
    }

    /// Failed sends that are kept for transcripts.
    pub fn failures(&self) -> &Failures {
        &self.failures
    }

    /// The addresses that providers report to.
    pub fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    /// How long a whole call may take.
    pub fn call_time(&self) -> Duration {
        self.times.call
    }

    /// How the connectors do.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    /// The other nodes. What is planned is planned by what serves once this one is in step with them.
    pub fn nodes(&self) -> &Arc<Nodes> {
        &self.nodes
    }

    /// Who would send a message now, in order. Reads one pointer, does no I/O.
    pub fn plan(&self, environment: &str, wish: &Wish<'_>) -> Result<Plan, NoRoute> {
        let span = traces::span(&traces::ROUTE_SELECT);
        span.say(Said::Environment(environment));
        let planned = self.planned(environment, wish);
        match planned.as_ref().map(Plan::first) {
            Ok(First { connector, .. }) => span.say(Said::Connector(connector)),
            Err(_) => {
                span.say(Said::Outcome("no-route"));
                span.failed();
            }
        }
        planned
    }

    fn planned(&self, environment: &str, wish: &Wish<'_>) -> Result<Plan, NoRoute> {
        let none = |quarantined| NoRoute::Nobody { environment: environment.to_owned(), quarantined };
        let routes = self.registry.routes(environment).ok_or_else(|| none(Vec::new()))?;
        let now = self.clock.now();
        if let Carries::Of(_) = wish.carries {
            let order = bound::able(environment, &routes, Vec::new(), wish.carries)?;
            return Ok(Plan { routes, order });
        }
        let names = self.health.names(&routes, wish, now);
        let keeps = |serving: &Serving, first| self.health.keeps_its_place(serving, wish, first, now);
        let order = route::order(&routes, &names, wish, keeps);
        if order.is_empty() {
            let told = |serving: Arc<Serving>| {
                let (name, revision) = (&serving.name, serving.revision);
                serving.quarantine.get().map(|why| format!("revision {revision} of `{name}` is quarantined: {why}"))
            };
            return Err(none(route::named(&routes, &names, wish).filter_map(told).collect()));
        }
        let order = bound::able(environment, &routes, order, wish.carries)?;
        Ok(Plan { routes, order })
    }

    /// Send `letter` from where its course begins. Settles within the call's time.
    pub async fn deliver(&self, plan: Plan, letter: Letter, course: Course) -> Delivered {
        let this = self.clone();
        let (ambiguous_failover_used, unknown) = (true, MessageStatus::Unknown);
        let settled = self.apart(async move { this.attempts(plan, letter, course).await }).await;
        settled.unwrap_or(Delivered { ambiguous_failover_used, ..Delivered::nothing(unknown) })
    }

    /// Wait until the sender of the message's first connector has its turn, for as long as its code is of use: whoever waits
    /// here holds nothing. Answers whether it has it; without it, the attempt sees what becomes of the message.
    pub async fn turn_of_sender(&self, plan: &Plan, letter: &Letter) -> bool {
        let Some(serving) = plan.order.first() else { return false };
        let patience = if plan.order.len() > 1 { Some(throughput::WITH_ANOTHER) } else { None };
        self.wait_for_sender(serving, letter, patience).await.is_ok()
    }

    /// Wait for a sender's turn, at most so long, and never until a code is of no use any more.
    async fn wait_for_sender(
        &self,
        serving: &Serving,
        letter: &Letter,
        patience: Option<Duration>,
    ) -> Result<(), Failure> {
        let Some(limit) = Limit::of(serving, letter) else { return Ok(()) };
        let now = self.clock.now();
        let of_use = letter.valid_until.minus(route::LIFE_LEFT_MIN);
        let latest = patience.map_or(of_use, |patience| of_use.min(now.plus(patience)));
        let turn = self.throughput.take(&limit, now, latest).map_err(|turn| limit.failure(turn, now))?;
        self.clock.until(turn).await;
        Ok(())
    }

    /// Run work that is finished even if its caller hangs up: nothing tears a send in two, and the end waits for it.
    pub fn apart<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.running.spawn(traces::carried(work))
    }

    /// Wait until every send that has begun is finished. New ones are still taken: stop the callers first.
    pub async fn drained(&self) {
        self.running.close();
        self.running.wait().await;
    }
}
