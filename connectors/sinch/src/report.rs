//! Delivery reports: `recipient_delivery_report_sms`, which we ask for, and `delivery_report_sms`, of the whole batch.
//! <https://developers.sinch.com/docs/sms/api-reference/sms/tag/Webhooks/>

use countersign_sdk::encoding::from_base64;
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus as S, handled, header_of, kind_of, not_signed, report,
    signing, unreadable, word,
};
use serde_json::Value;

use super::CODES;

const KEY: &str = "callback";
/// What a message that expired before it left is aborted with.
const EXPIRED: &str = "406";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // Sinch signs for accounts that asked for it; else the address alone speaks for the callback.
    if signing::is_set(KEY) && !is_signed(callback)? {
        return Err(not_signed("Sinch"));
    }
    let told: Value =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is not the JSON that Sinch documents"))?;
    Ok(handled(200, vec![read(&told)?]))
}

/// Body, nonce and time, with full stops between.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let header = |name: &str| header_of(callback, name).unwrap_or_default().as_bytes();
    let nonce = header("x-sinch-webhook-signature-nonce");
    let data = [&callback.body, nonce, header("x-sinch-webhook-signature-timestamp")].join(&b'.');
    let signature = header_of(callback, "x-sinch-webhook-signature").and_then(from_base64).unwrap_or_default();
    signing::verify(KEY, data, signature)
}

fn read(told: &Value) -> Result<Report, Failure> {
    let id = word(told, "/batch_id").ok_or_else(|| unreadable("it names no batch"))?;
    let of = |name: &str| word(told, &format!("/{name}")).or_else(|| word(told, &format!("/statuses/0/{name}")));
    let status = of("status").ok_or_else(|| unreadable("it has no status"))?;
    let code = of("code");
    let state = match (status.to_ascii_lowercase().as_str(), code.as_deref()) {
        ("queued", _) => S::Accepted,
        ("dispatched", _) => S::Sent,
        ("delivered", _) => S::Delivered,
        ("failed" | "deleted", _) => S::Undelivered,
        ("expired", _) | ("aborted", Some(EXPIRED)) => S::Expired,
        ("aborted" | "cancelled" | "rejected", _) => S::Rejected,
        _ => S::Other,
    };
    let code = code.filter(|_| matches!(state, S::Undelivered | S::Expired | S::Rejected));
    let at = word(told, "/operator_status_at").or_else(|| word(told, "/at"));
    Ok(Report {
        reference: word(told, "/client_reference"),
        at: at.as_deref().and_then(Moment::milliseconds_of),
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        network: word(told, "/operator"),
        segments: word(told, "/number_of_message_parts").and_then(|parts| parts.parse().ok()),
        ..report(state, id)
    })
}
