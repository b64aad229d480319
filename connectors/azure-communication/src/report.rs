//! Delivery reports, as Azure Event Grid posts them in its own schema. It signs nothing; the address speaks for them.
//! <https://learn.microsoft.com/azure/event-grid/communication-services-telephony-sms-events>

use countersign_sdk::{
    Answer, Callback, CodeTable, Failure, FailureKind as K, Handled, Moment, Report, ReportStatus as S, handled,
    kind_of, report, unreadable,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Codes in the details of a report.
/// <https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes>
const DETAILS: &CodeTable = &[
    ("4000", K::FraudBlocked),
    ("4001", K::InvalidConfig),
    ("4002", K::InvalidRecipient),
    ("4003", K::UnsupportedDestination),
    ("4004", K::InvalidRecipient),
    ("4005", K::ContentRejected),
    ("4007", K::RecipientBlocked),
    ("4008", K::QuotaExceeded),
    ("4009", K::FraudBlocked),
    ("4010", K::InvalidConfig),
    ("4020", K::QuotaExceeded),
    ("5000", K::ProviderUnavailable),
    ("5001", K::ProviderUnavailable),
    ("9999", K::Other),
];

/// What the FAQ says of an opt-out, where no code stands in the details.
/// <https://learn.microsoft.com/azure/communication-services/concepts/sms/sms-faq>
const OPTED_OUT: &str = "Sender blocked for given recipient";

/// The carrier reports nothing, so a message may well have arrived.
const NO_REPORTS: &str = "5002";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    data: Value,
}

/// Examples in the documentation have these names in both spellings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    #[serde(alias = "MessageId")]
    message_id: String,
    #[serde(alias = "DeliveryStatus")]
    delivery_status: String,
    #[serde(alias = "DeliveryStatusDetails")]
    delivery_status_details: Option<String>,
    #[serde(alias = "ReceivedTimestamp")]
    received_timestamp: Option<String>,
    #[serde(alias = "DeliveryAttempts", default)]
    delivery_attempts: Vec<Attempt>,
    #[serde(alias = "Tag")]
    tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attempt {
    #[serde(alias = "SegmentsSucceeded", default)]
    segments_succeeded: u32,
    #[serde(alias = "SegmentsFailed", default)]
    segments_failed: u32,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let unlike = |_| unreadable("it is no list of events");
    let events: Vec<Event> = serde_json::from_slice(&callback.body).map_err(unlike)?;
    // Event Grid asks whether we want its events, and delivers them only after this answer.
    let asked = events.iter().find(|event| event.event_type == "Microsoft.EventGrid.SubscriptionValidationEvent");
    if let Some(code) = asked.and_then(|event| event.data.get("validationCode")) {
        let body = json!({ "validationResponse": code }).to_string().into_bytes();
        let answer = Answer { status: 200, content_type: "application/json".to_owned(), body };
        return Ok(Handled { reports: Vec::new(), answer });
    }
    let deliveries = events.into_iter().filter(|event| event.event_type.ends_with(".SMSDeliveryReportReceived"));
    Ok(handled(200, deliveries.filter_map(|event| serde_json::from_value(event.data).ok().map(reported)).collect()))
}

fn reported(delivery: Delivery) -> Report {
    let details = delivery.delivery_status_details.unwrap_or_default();
    let code = details.split(|at: char| !at.is_ascii_digit()).find(|digits| digits.len() == 4).map(str::to_owned);
    let status = match (delivery.delivery_status.as_str(), code.as_deref()) {
        ("Delivered", _) => S::Delivered,
        (_, Some(NO_REPORTS)) => S::Sent,
        ("Failed", _) => S::Undelivered,
        _ => S::Other,
    };
    let segments = delivery.delivery_attempts.last().map(|last| last.segments_succeeded + last.segments_failed);
    Report {
        reference: delivery.tag,
        at: delivery.received_timestamp.as_deref().and_then(Moment::milliseconds_of),
        kind: match code.as_deref() {
            Some(code) => kind_of(DETAILS, code),
            None => details.contains(OPTED_OUT).then_some(K::RecipientBlocked),
        },
        provider_code: code,
        text: Some(details).filter(|details| !details.is_empty()),
        segments: segments.filter(|segments| *segments > 0),
        ..report(status, delivery.message_id)
    }
}
