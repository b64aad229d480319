//! Webhooks, and what is told by them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::Timestamp;

/// A webhook.
#[derive(Clone, Debug)]
pub struct WebhookRow {
    /// Its id.
    pub id: String,
    /// Its environment.
    pub environment: String,
    /// Who is told.
    pub url: String,
    /// Of what: words of `webhooks::EventType`; of everything if there are none.
    pub events: Option<Vec<String>>,
    /// What it is for.
    pub description: Option<String>,
    /// What its calls are signed with, sealed.
    pub secret: Vec<u8>,
    /// The secret before, sealed, and until when it signs too.
    pub old_secret: Option<(Vec<u8>, Timestamp)>,
    /// Whether it is told anything.
    pub enabled: bool,
    /// When the service disabled it, and why.
    pub disabled: Option<(Timestamp, String)>,
    /// Since when it has taken nothing.
    pub failing_since: Option<Timestamp>,
    /// How many events were dropped because too many waited for it, and when the last of them were.
    pub dropped: Option<(u64, Timestamp)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// Events that a webhook was not told, dropped because there were too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Its environment.
    pub environment: String,
    /// The webhook.
    pub webhook: String,
    /// How many.
    pub events: u64,
}

/// An event for one webhook, whose time has come.
#[derive(Clone, Debug)]
pub struct DueEvent {
    /// The delivery.
    pub delivery: String,
    /// Tries of the schedule so far.
    pub round: u32,
    /// Its type.
    pub kind: String,
    /// The bytes.
    pub body: String,
    /// The step of a trace that it tells of.
    pub traceparent: Option<String>,
    /// Who is told.
    pub webhook: WebhookRow,
}

/// Where the telling of an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStatus {
    /// It is told as soon as its time has come.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It is given up.
    Failed,
}

/// One call of a receiver. What it answered beside its status is not kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Try {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How long it took.
    pub elapsed_ms: u64,
    /// The HTTP status; null if there was no answer.
    pub status: Option<u16>,
    /// Why it did not count as taken.
    pub error: Option<String>,
}

/// What follows from a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterTry {
    /// It was taken.
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    /// It is given up.
    GivenUp,
}

/// A try that has ended.
#[derive(Clone, Debug)]
pub struct TryEnd {
    /// The webhook.
    pub webhook: String,
    /// The delivery.
    pub delivery: String,
    /// The call.
    pub tried: Try,
    /// What follows.
    pub after: AfterTry,
    /// Why the webhook is disabled by it.
    pub disable: Option<String>,
}

/// An event that one webhook was told, or is to be told.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// Its id: the receiver's `webhook-id`.
    pub id: String,
    /// The event.
    pub event: String,
    /// Its type.
    pub kind: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// Where its telling stands.
    pub status: DeliveryStatus,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// The latest tries, oldest first.
    pub tries: Vec<Try>,
}

/// An event of a number, with who was told, or is to be told.
#[derive(Clone, Debug)]
pub struct KeptEvent {
    /// Its id.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// What was told.
    pub body: Value,
    /// To whom.
    pub told_to: Vec<ToldTo>,
}

/// Somebody whom an event was told, or is to be told.
#[derive(Clone, Debug)]
pub struct ToldTo {
    /// The webhook's address.
    pub url: String,
    /// Where its telling stands.
    pub status: DeliveryStatus,
}

/// Which deliveries, newest first.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// The webhook.
    pub webhook: String,
    /// Only those that stand so.
    pub status: Option<DeliveryStatus>,
    /// Only this one.
    pub id: Option<String>,
    /// Only those before the one of this id.
    pub before: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// What asking to tell it once more came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retold {
    /// There is no such delivery.
    Missing,
    /// Its webhook is disabled.
    Disabled,
    /// Its time has come.
    Due,
}

/// An event that was told by hand, to try a webhook.
#[derive(Clone, Debug)]
pub struct TestTold {
    /// Its environment.
    pub environment: String,
    /// Its id.
    pub event: String,
    /// The bytes.
    pub body: String,
    /// What came of it.
    pub end: TryEnd,
}
