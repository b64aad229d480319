//! Webhooks of the scope `SENT`: an array of messages in JSON, unsigned.
//! <https://www.bulksms.com/developer/json/v1/#tag/Webhook>

use countersign_sdk::{Callback, Failure, Handled, Report, ReportStatus, handled, kind_of, report, unreadable, word};
use serde_json::Value;

use super::CODES;

/// An empty array is BulkSMS's question whether the address works.
pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Value> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no array of messages"))?;
    let ours = told.iter().filter(|message| word(message, "/type").as_deref() == Some("SENT"));
    let reports = ours.map(read).collect::<Option<Vec<_>>>();
    reports.map(|reports| handled(200, reports)).ok_or_else(|| unreadable("it names no message or no status"))
}

fn read(message: &Value) -> Option<Report> {
    let subtype = word(message, "/status/subtype");
    let status = match (word(message, "/status/type")?.as_str(), subtype.as_deref()) {
        ("ACCEPTED" | "SCHEDULED", _) => ReportStatus::Accepted,
        ("SENT", _) => ReportStatus::Sent,
        ("DELIVERED", _) => ReportStatus::Delivered,
        ("FAILED", Some("EXPIRED")) => ReportStatus::Expired,
        ("FAILED", Some("BLOCKED" | "NOT_SENT")) => ReportStatus::Rejected,
        ("FAILED", _) => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    let mut told = report(status, word(message, "/id")?);
    told.kind = subtype.as_deref().and_then(|subtype| kind_of(CODES, subtype));
    told.provider_code = subtype;
    told.segments = word(message, "/numberOfParts").and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
    Some(told)
}
