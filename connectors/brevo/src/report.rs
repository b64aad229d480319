//! What Brevo calls `webUrl` with: a JSON document for each event of a message, unsigned.
//! <https://developers.brevo.com/docs/transactional-webhooks>

use countersign_sdk::{Callback, Failure, FailureKind, Handled, ReportStatus, handled, report, unreadable, word};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let event: serde_json::Value = serde_json::from_slice(&callback.body).unwrap_or_default();
    let id = word(&event, "/messageId").or_else(|| word(&event, "/message_id"));
    let (Some(id), Some(said)) = (id, word(&event, "/msg_status")) else {
        return Err(unreadable("it names no message or no status"));
    };
    // The events of the statistics are the same words in another spelling: `hard_bounce`, `hardBounces`.
    let plain = said.replace('_', "").to_ascii_lowercase();
    let (status, kind) = match plain.trim_end_matches('s') {
        "accepted" => (ReportStatus::Accepted, None),
        "sent" => (ReportStatus::Sent, None),
        "delivered" => (ReportStatus::Delivered, None),
        "hardbounce" | "bounce" => (ReportStatus::Undelivered, None),
        // Brevo goes on trying.
        "softbounce" => (ReportStatus::Sent, None),
        "blocked" | "blacklisted" => (ReportStatus::Rejected, Some(FailureKind::RecipientBlocked)),
        "rejected" | "skipped" => (ReportStatus::Rejected, None),
        _ => (ReportStatus::Other, None),
    };
    let mut told = report(status, id);
    told.kind = kind;
    // In seconds since 1970, UTC; `date` is Paris's.
    told.at = event.pointer("/ts_event").and_then(|seconds| seconds.as_u64()?.checked_mul(1000));
    told.provider_code = Some(word(&event, "/error_code").unwrap_or(said));
    told.text = word(&event, "/description");
    told.segments = word(&event, "/sms_count").and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
    Ok(handled(200, vec![told]))
}
