//! Webhooks `message.sent` and `message.finalized`.
//! <https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>

use countersign_sdk::encoding::from_base64;
use countersign_sdk::{
    Call, Callback, Failure, Handled, Moment, Report, ReportStatus as S, handled, header_of, kind_of, not_signed,
    report, signing, unreadable, word,
};
use serde_json::Value;

use super::{CODES, STOPPED, price, segments};

const KEY: &str = "callback";
/// How old a signature may be, in seconds, as Telnyx's own SDKs have it.
const AGE_MAX: u64 = 300;

pub(crate) fn handle(call: &Call, callback: &Callback) -> Result<Handled, Failure> {
    // Without the public key, the address alone speaks for the callback.
    if signing::is_set(KEY) && !is_signed(call, callback)? {
        return Err(not_signed("Telnyx"));
    }
    let event: Value =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is not the JSON that Telnyx documents"))?;
    // Other events, such as an answer to the number, are none of ours.
    let is_ours = word(&event, "/data/event_type").is_some_and(|kind| kind.starts_with("message."))
        && word(&event, "/data/payload/direction").is_none_or(|direction| direction == "outbound");
    Ok(handled(200, if is_ours { vec![read(&event)?] } else { Vec::new() }))
}

/// The time, a bar, the body. <https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks>
fn is_signed(call: &Call, callback: &Callback) -> Result<bool, Failure> {
    let at = header_of(callback, "telnyx-timestamp").unwrap_or_default();
    let now = Moment::of(call).seconds();
    let in_time = at.parse::<u64>().is_ok_and(|at| at.abs_diff(now) <= AGE_MAX);
    let signature = header_of(callback, "telnyx-signature-ed25519").and_then(from_base64).unwrap_or_default();
    let data = [at.as_bytes(), b"|", &callback.body].concat();
    Ok(signing::verify(KEY, data, signature)? && in_time)
}

fn read(event: &Value) -> Result<Report, Failure> {
    let message = event.pointer("/data/payload").unwrap_or(&Value::Null);
    let id = word(message, "/id").ok_or_else(|| unreadable("it names no message"))?;
    let code = word(message, "/errors/0/code");
    let state = match (word(message, "/to/0/status").as_deref(), code.as_deref()) {
        (Some("queued" | "sending"), _) => S::Accepted,
        (Some("sent"), _) => S::Sent,
        (Some("delivered" | "read"), _) => S::Delivered,
        // In a queue or under way for longer than it may be.
        (Some("expired"), _) | (Some("delivery_failed" | "sending_failed"), Some("40005" | "40014")) => S::Expired,
        (Some("delivery_failed"), _) => S::Undelivered,
        (Some("sending_failed"), _) => S::Rejected,
        _ => S::Other,
    };
    let text = word(message, "/errors/0/detail").or_else(|| word(message, "/errors/0/title"));
    let mut words = ["/errors/0/title", "/errors/0/detail"].iter().filter_map(|at| word(message, at));
    let said_stop = words.any(|words| words.contains("STOP"));
    let meant = code.as_deref().filter(|code| *code != STOPPED || said_stop);
    let at = word(message, "/completed_at").or_else(|| word(message, "/sent_at"));
    Ok(Report {
        at: at.or_else(|| word(event, "/data/occurred_at")).as_deref().and_then(Moment::milliseconds_of),
        kind: meant.and_then(|code| kind_of(CODES, code)),
        text,
        provider_code: code,
        network: word(message, "/to/0/carrier"),
        segments: segments(message),
        price: price(message),
        ..report(state, id)
    })
}
