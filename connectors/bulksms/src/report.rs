//! Webhooks of the scope `SENT`: an array of messages in JSON, unsigned.
//! <https://www.bulksms.com/developer/json/v1/#tag/Webhook>

use countersign_sdk::{Callback, Failure, Handled, Report, ReportStatus, Word, handled, kind_of, report, unreadable};
use serde::Deserialize;

use super::{CODES, Status};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    id: Word,
    r#type: String,
    status: Status,
    number_of_parts: Option<u32>,
}

/// An empty array is BulkSMS's question whether the address works.
pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Told> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no array of messages"))?;
    Ok(handled(200, told.into_iter().filter(|message| message.r#type == "SENT").map(read).collect()))
}

fn read(message: Told) -> Report {
    let subtype = message.status.subtype;
    let status = match (message.status.r#type.as_str(), subtype.as_deref()) {
        ("ACCEPTED" | "SCHEDULED", _) => ReportStatus::Accepted,
        ("SENT", _) => ReportStatus::Sent,
        ("DELIVERED", _) => ReportStatus::Delivered,
        ("FAILED", Some("EXPIRED")) => ReportStatus::Expired,
        ("FAILED", Some("BLOCKED" | "NOT_SENT")) => ReportStatus::Rejected,
        ("FAILED", _) => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    let mut told = report(status, message.id.0);
    told.kind = subtype.as_deref().and_then(|subtype| kind_of(CODES, subtype));
    told.provider_code = subtype;
    told.segments = message.number_of_parts.filter(|parts| *parts > 0);
    told
}
