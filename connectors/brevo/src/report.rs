//! What Brevo calls `webUrl` with: a JSON document for each event of a message, unsigned.
//! <https://developers.brevo.com/docs/transactional-webhooks>

use countersign_sdk::{Callback, Failure, FailureKind, Handled, ReportStatus, Word, handled, report, unreadable};
use serde::Deserialize;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "messageId", alias = "message_id")]
    id: Word,
    #[serde(rename = "msg_status")]
    status: String,
    sms_count: Option<u32>,
    /// Seconds since 1970, UTC.
    ts_event: Option<u64>,
    error_code: Option<Word>,
    description: Option<String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let event: Event =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it names no message or no status"))?;
    // The events of the statistics are the same words in another spelling: `hard_bounce`, `hardBounces`.
    let word = event.status.replace('_', "").to_ascii_lowercase();
    let (status, kind) = match word.trim_end_matches('s') {
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
    let mut told = report(status, event.id.0);
    told.kind = kind;
    told.at = event.ts_event.map(|seconds| seconds * 1000);
    told.provider_code = Some(event.error_code.and_then(Word::filled).unwrap_or(event.status));
    told.text = event.description;
    told.segments = event.sms_count.filter(|parts| *parts > 0);
    Ok(handled(200, vec![told]))
}
