//! Events, as Amazon EventBridge posts them to an API destination. Nothing signs them; the address speaks for them.
//! <https://docs.aws.amazon.com/sms-voice/latest/userguide/monitor-event-bridge.html>,
//! <https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html>

use std::collections::BTreeMap;

use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, handled, report, unreadable,
};
use serde::Deserialize;

use crate::REFERENCE;

#[derive(Deserialize)]
struct Envelope {
    detail: Event,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    event_timestamp: Option<u64>,
    message_id: Option<String>,
    message_status_description: Option<String>,
    total_message_parts: Option<u32>,
    carrier_name: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let unlike = |_| unreadable("it is no event of EventBridge");
    let envelope: Envelope = serde_json::from_slice(&callback.body).map_err(unlike)?;
    // Whatever it is, EventBridge brings it again for a day if it is not taken.
    Ok(handled(200, reported(envelope.detail).into_iter().collect()))
}

/// Of voice, pictures and registrations nothing is told.
fn reported(event: Event) -> Option<Report> {
    let (status, kind) = match event.event_type.strip_prefix("TEXT_")? {
        "QUEUED" | "PENDING" => (S::Accepted, None),
        // Taken by the carrier, who in some countries says no more than that.
        "SENT" | "SUCCESSFUL" => (S::Sent, None),
        "DELIVERED" => (S::Delivered, None),
        "TTL_EXPIRED" => (S::Expired, None),
        "INVALID" => (S::Undelivered, Some(K::InvalidRecipient)),
        "BLOCKED" => (S::Undelivered, Some(K::RecipientBlocked)),
        "SPAM" | "CARRIER_BLOCKED" | "INVALID_MESSAGE" => (S::Undelivered, Some(K::ContentRejected)),
        "PROTECT_BLOCKED" => (S::Rejected, Some(K::UnsupportedDestination)),
        "UNREACHABLE" | "CARRIER_UNREACHABLE" | "UNKNOWN" => (S::Undelivered, None),
        _ => (S::Other, None),
    };
    Some(Report {
        reference: event.context.get(REFERENCE).cloned(),
        at: event.event_timestamp,
        kind,
        provider_code: Some(event.event_type),
        text: event.message_status_description,
        network: event.carrier_name,
        segments: event.total_message_parts.filter(|parts| *parts > 0),
        ..report(status, event.message_id?)
    })
}
