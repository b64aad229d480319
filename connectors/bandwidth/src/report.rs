//! Status callbacks: a list of events. Nothing signs them; the address speaks for them.
//! <https://dev.bandwidth.com/docs/messaging/webhooks>

use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Moment, Report, ReportStatus as S, Word, handled, kind_of,
    report, unreadable,
};
use serde::Deserialize;

/// <https://dev.bandwidth.com/docs/messaging/errors>, but for those of pictures and of groups. Where a carrier gives no reason, or
/// does not say which of the two numbers is blocked, another connector may do better: it is no word on text or recipient.
const CODES: &CodeTable = &[
    ("4001", K::InvalidConfig),
    ("4301", K::ContentRejected),
    ("4302", K::InvalidConfig),
    ("4303", K::InvalidRecipient),
    ("4350", K::InvalidRecipient),
    ("4401", K::UnsupportedDestination),
    ("4403", K::InvalidConfig),
    ("4404", K::InvalidRecipient),
    ("4405", K::InvalidConfig),
    ("4406", K::InvalidRecipient),
    ("4407", K::InvalidConfig),
    ("4408", K::InvalidRecipient),
    ("4420", K::UnsupportedDestination),
    ("4421", K::UnsupportedDestination),
    ("4431", K::InvalidConfig),
    ("4432", K::UnsupportedDestination),
    ("4433", K::InvalidConfig),
    ("4434", K::InvalidRecipient),
    ("4451", K::InvalidConfig),
    ("4452", K::InvalidConfig),
    ("4470", K::ContentRejected),
    ("4475", K::RecipientBlocked),
    ("4476", K::InvalidConfig),
    ("4481", K::InvalidConfig),
    ("4482", K::RecipientBlocked),
    ("4492", K::InvalidRecipient),
    ("4493", K::AuthenticationFailed),
    ("4700", K::UnsupportedDestination),
    ("4701", K::Other),
    ("4702", K::Other),
    ("4720", K::InvalidRecipient),
    ("4721", K::InvalidRecipient),
    ("4730", K::UnsupportedDestination),
    ("4740", K::InvalidConfig),
    ("4750", K::Other),
    ("4751", K::ContentRejected),
    ("4752", K::ContentRejected),
    ("4770", K::ContentRejected),
    ("4771", K::ContentRejected),
    ("4772", K::Other),
    ("4773", K::InvalidConfig),
    ("4774", K::InvalidConfig),
    ("4775", K::RecipientBlocked),
    ("4780", K::QuotaExceeded),
    ("4781", K::QuotaExceeded),
    ("4785", K::RateLimited),
    ("4790", K::InvalidConfig),
    ("4791", K::InvalidConfig),
    ("4792", K::InvalidConfig),
    ("4793", K::InvalidConfig),
    ("4795", K::InvalidConfig),
    ("5100", K::ProviderUnavailable),
    ("5101", K::ProviderUnavailable),
    ("5106", K::ProviderUnavailable),
    ("5111", K::ProviderUnavailable),
    ("5201", K::ProviderUnavailable),
    ("5211", K::ProviderUnavailable),
    ("5220", K::ProviderUnavailable),
    ("5231", K::ProviderUnavailable),
    ("5500", K::ProviderUnavailable),
    ("5501", K::ProviderUnavailable),
    ("5600", K::ProviderUnavailable),
    ("5610", K::ProviderUnavailable),
    ("5620", K::ProviderUnavailable),
    ("5630", K::ProviderUnavailable),
    ("5650", K::ProviderUnavailable),
    ("5999", K::ProviderUnavailable),
    ("9999", K::Other),
];

/// Its life ended before it could be sent.
const EXPIRED: &str = "4360";
/// The carrier took it, and never said more.
const NO_RECEIPT: &str = "9902";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    time: Option<String>,
    description: Option<String>,
    error_code: Option<Word>,
    carrier_name: Option<String>,
    message: Described,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    id: String,
    tag: Option<String>,
    segment_count: Option<u32>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let unlike = |_| unreadable("it is no list of events");
    let events: Vec<Event> = serde_json::from_slice(&callback.body).map_err(unlike)?;
    // What people write to the number, or tap in it, comes to the same address.
    let states = events.into_iter().filter(|event| event.kind.starts_with("message-"));
    let of_ours = states.filter(|event| event.kind != "message-received");
    Ok(handled(200, of_ours.map(reported).collect()))
}

fn reported(event: Event) -> Report {
    let code = event.error_code.and_then(Word::filled);
    let status = match (event.kind.as_str(), code.as_deref()) {
        ("message-sending", _) => S::Accepted,
        ("message-sent", _) | ("message-failed", Some(NO_RECEIPT)) => S::Sent,
        ("message-delivered" | "message-read", _) => S::Delivered,
        ("message-failed", Some(EXPIRED)) => S::Expired,
        ("message-failed", _) => S::Undelivered,
        _ => S::Other,
    };
    Report {
        reference: event.message.tag,
        at: event.time.as_deref().and_then(Moment::milliseconds_of),
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        text: event.description,
        network: event.carrier_name,
        segments: event.message.segment_count.filter(|segments| *segments > 0),
        ..report(status, event.message.id)
    }
}
