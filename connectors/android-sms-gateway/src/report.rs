//! Webhooks: one event for each step, signed by the phone. <https://docs.sms-gate.app/features/webhooks/>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus, handled, header_of, kind_of, not_signed, report, signing,
    unreadable, word,
};
use serde_json::Value;

use super::{CODES, known};

const KEY: &str = "callback";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // Without a key the address alone speaks for the callback.
    if signing::is_set(KEY) && !is_signed(callback)? {
        return Err(not_signed("the phone"));
    }
    let told: Value = serde_json::from_slice(&callback.body).unwrap_or_default();
    let status = match word(&told, "/event").as_deref() {
        Some("sms:sent") => ReportStatus::Sent,
        Some("sms:delivered") => ReportStatus::Delivered,
        Some("sms:failed" | "sms:cancelled") => ReportStatus::Undelivered,
        // What comes in, and pings: nothing of ours. A refusal would be tried again for two days.
        Some(_) => return Ok(handled(200, Vec::new())),
        None => return Err(unreadable("it is no event of SMSGate's")),
    };
    let field = |name: &str| word(&told, &format!("/payload/{name}"));
    let id = field("messageId").ok_or_else(|| unreadable("it names no message"))?;
    let time = ["sentAt", "deliveredAt", "failedAt"].into_iter().find_map(field);
    let text = field("reason");
    let code = text.as_deref().and_then(known);
    let report = Report {
        at: time.as_deref().and_then(Moment::milliseconds_of),
        kind: code.and_then(|code| kind_of(CODES, code)),
        provider_code: code.map(str::to_owned),
        text,
        ..report(status, id)
    };
    Ok(handled(200, vec![report]))
}

/// Over the body and, behind it, the time of signing.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let time = header_of(callback, "x-timestamp").unwrap_or_default();
    let signature = header_of(callback, "x-signature").and_then(from_hex).unwrap_or_default();
    signing::verify(KEY, [&callback.body, time.as_bytes()].concat(), signature)
}
