//! Events of the SMS API (`sms.*`) and of the Channels API (`sms.outbound`), each signed in its own way.
//! <https://bird.com/docs/api/webhooks> and <https://docs.bird.com/api/channels-api/message-status-and-interactions>

use countersign_sdk::encoding::{from_base64, sha256};
use countersign_sdk::{
    Call, Callback, CodeTable, Failure, FailureKind as K, Handled, Moment, Report, ReportStatus as S, handled,
    header_of, kind_of, not_signed, report, signing, unreadable, word,
};
use serde_json::Value;

use super::sms::ERRORS;
use super::{Api, Config, channels};

const WEBHOOK: &str = "webhook";
const NOTIFICATION: &str = "notification";
/// How old a signature may be, in seconds (Standard Webhooks).
const AGE_MAX: u64 = 300;

/// What `details` says of a channel's message.
/// <https://docs.bird.com/api/channels-api/message-status-and-interactions/message-failure-sources/sms-platform-extended-error-codes>
const DETAILS: &CodeTable = &[
    ("unknown_subscriber", K::InvalidRecipient),
    ("unavailable_subscriber", K::Other),
    ("incorrect_number", K::InvalidRecipient),
    ("opted_out", K::RecipientBlocked),
    ("received_network_error", K::ProviderUnavailable),
    ("insufficient_balance", K::InsufficientFunds),
];

/// `EC_SENDER_UNREGISTERED`: the carrier does not know the sender, and Bird calls the content rejected. The next connector
/// has another sender.
const UNREGISTERED: &str = "104";

fn unregistered(told: &Value, at: &str) -> Option<K> {
    (word(told, at)? == UNREGISTERED).then_some(K::InvalidConfig)
}

pub(crate) fn handle(config: &Config, call: &Call, callback: &Callback) -> Result<Handled, Failure> {
    let is_signed = match config.api {
        Api::Sms => !signing::is_set(WEBHOOK) || is_webhook(call, callback)?,
        Api::Channels => !signing::is_set(NOTIFICATION) || is_notification(callback)?,
    };
    // Without a secret, the address alone speaks for the callback.
    if !is_signed {
        return Err(not_signed("Bird"));
    }
    let event: Value =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is not the JSON that Bird documents"))?;
    let read = match config.api {
        Api::Sms => of_sms(&event)?,
        Api::Channels => of_channel(&event)?,
    };
    Ok(handled(200, read.into_iter().collect()))
}

/// Id, time and body with full stops between; one signature for each secret that is valid just now.
/// <https://www.standardwebhooks.com>
fn is_webhook(call: &Call, callback: &Callback) -> Result<bool, Failure> {
    let header = |name: &str| header_of(callback, name).unwrap_or_default();
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    let in_time = at.parse::<u64>().is_ok_and(|at| at.abs_diff(Moment::of(call).seconds()) <= AGE_MAX);
    let data = [id.as_bytes(), at.as_bytes(), &callback.body].join(&b'.');
    let signatures = header("webhook-signature").split(' ').filter_map(|one| from_base64(one.strip_prefix("v1,")?));
    for signature in signatures {
        if signing::verify(WEBHOOK, &data, signature)? {
            return Ok(in_time);
        }
    }
    Ok(false)
}

/// Time, address and the body's SHA-256 in raw bytes, on a line each.
/// <https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook>
fn is_notification(callback: &Callback) -> Result<bool, Failure> {
    let at = header_of(callback, "messagebird-request-timestamp").unwrap_or_default();
    let digest = sha256(&callback.body);
    let data = [at.as_bytes(), callback.url.as_bytes(), &digest].join(&b'\n');
    let signature = header_of(callback, "messagebird-signature").and_then(from_base64).unwrap_or_default();
    signing::verify(NOTIFICATION, data, signature)
}

/// None for events of something else than a message that we sent.
fn of_sms(event: &Value) -> Result<Option<Report>, Failure> {
    let state = match word(event, "/type").ok_or_else(|| unreadable("it has no type"))?.as_str() {
        "sms.accepted" => S::Accepted,
        "sms.sent" => S::Sent,
        "sms.delivered" => S::Delivered,
        "sms.undelivered" | "sms.failed" => S::Undelivered,
        "sms.rejected" => S::Rejected,
        "sms.expired" => S::Expired,
        _ => return Ok(None),
    };
    let id = word(event, "/data/sms_id").ok_or_else(|| unreadable("it names no message"))?;
    let code = word(event, "/data/error/code");
    Ok(Some(Report {
        reference: word(event, "/data/metadata/reference"),
        at: word(event, "/timestamp").as_deref().and_then(Moment::milliseconds_of),
        kind: unregistered(event, "/data/error/carrier_error_code")
            .or_else(|| code.as_deref().and_then(|code| kind_of(ERRORS, code))),
        text: word(event, "/data/error/description"),
        provider_code: code,
        network: word(event, "/data/mcc_mnc"),
        segments: word(event, "/data/segments/count").and_then(|count| count.parse().ok()),
        ..report(state, id)
    }))
}

fn of_channel(event: &Value) -> Result<Option<Report>, Failure> {
    let message = event.get("payload").ok_or_else(|| unreadable("it has no payload"))?;
    if word(event, "/event").is_some_and(|name| name != "sms.outbound") {
        return Ok(None);
    }
    let id = word(message, "/id").ok_or_else(|| unreadable("it names no message"))?;
    let details = word(message, "/details").unwrap_or_default();
    let state = match word(message, "/status").ok_or_else(|| unreadable("it has no status"))?.as_str() {
        "accepted" | "scheduled" | "processing" => S::Accepted,
        "sent" => S::Sent,
        "delivered" => S::Delivered,
        "delivery_failed" | "sending_failed" if details == "expired" => S::Expired,
        // Nobody told what became of it: it may have arrived.
        "delivery_failed" if details == "dlr_not_received" => S::Other,
        "delivery_failed" => S::Undelivered,
        "sending_failed" | "rejected" => S::Rejected,
        _ => S::Other,
    };
    let code = word(message, "/failure/code");
    let by_code = || code.as_deref().and_then(|code| kind_of(channels::CODES, code));
    let kind = unregistered(message, "/failure/source/code").or_else(|| kind_of(DETAILS, &details)).or_else(by_code);
    Ok(Some(Report {
        reference: word(message, "/reference"),
        at: word(message, "/lastStatusAt").as_deref().and_then(Moment::milliseconds_of),
        kind,
        text: word(message, "/reason"),
        provider_code: code,
        ..report(state, id)
    }))
}
