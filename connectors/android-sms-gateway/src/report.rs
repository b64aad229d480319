//! Webhooks: one event for each step, signed by the phone. <https://docs.sms-gate.app/features/webhooks/>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus, handled, header_of, kind_of, not_signed, report, signing,
    unreadable,
};
use serde::Deserialize;

use super::{CODES, known};

const KEY: &str = "callback";

#[derive(Deserialize)]
struct Webhook {
    event: String,
    payload: Payload,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Payload {
    message_id: Option<String>,
    #[serde(alias = "sentAt", alias = "deliveredAt")]
    failed_at: Option<String>,
    reason: Option<String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // Without a key the address alone speaks for the callback.
    if signing::is_set(KEY) && !is_signed(callback)? {
        return Err(not_signed("the phone"));
    }
    let Webhook { event, payload } =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no event of SMSGate's"))?;
    let status = match event.as_str() {
        "sms:sent" => ReportStatus::Sent,
        "sms:delivered" => ReportStatus::Delivered,
        "sms:failed" => ReportStatus::Undelivered,
        // What comes in, and pings: nothing of ours. A refusal would be tried again for two days.
        _ => return Ok(handled(200, Vec::new())),
    };
    let id = payload.message_id.filter(|id| !id.is_empty()).ok_or_else(|| unreadable("it names no message"))?;
    let code = payload.reason.as_deref().and_then(known);
    Ok(handled(
        200,
        vec![Report {
            at: payload.failed_at.as_deref().and_then(Moment::milliseconds_of),
            kind: code.and_then(|code| kind_of(CODES, code)),
            provider_code: code.map(str::to_owned),
            text: payload.reason,
            ..report(status, id)
        }],
    ))
}

/// Over the body and, behind it, the time of signing.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let time = header_of(callback, "x-timestamp").unwrap_or_default();
    let signature = header_of(callback, "x-signature").and_then(from_hex).unwrap_or_default();
    signing::verify(KEY, [&callback.body, time.as_bytes()].concat(), signature)
}
