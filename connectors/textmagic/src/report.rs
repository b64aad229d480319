//! Callbacks: JSON or a form for each change of a message, to one address of the account.
//! <https://docs.textmagic.com/#section/Delivery-status-codes>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus, Word, field_of, handled, header_of, report, unreadable,
};
use serde_json::{Map, Value};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    if header_of(callback, "content-type").is_some_and(|kind| kind.starts_with("multipart/")) {
        return Err(unreadable("set the callback format to JSON or x-www-form-urlencoded"));
    }
    let fields = fields(callback).ok_or_else(|| unreadable("it is neither a form nor JSON"))?;
    Ok(handled(200, vec![read(&fields)?]))
}

fn fields(callback: &Callback) -> Option<Vec<(String, String)>> {
    if callback.body.first() != Some(&b'{') {
        return Some(from_form(&callback.body));
    }
    let map: Map<String, Value> = serde_json::from_slice(&callback.body).ok()?;
    // What is no text, number or truth value says nothing of a message.
    let words = map.into_iter().filter_map(|(name, value)| Some((name, serde_json::from_value::<Word>(value).ok()?.0)));
    Some(words.collect())
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    let field = |name: &str| field_of(fields, &[name]);
    let id = field("id").ok_or_else(|| unreadable("it names no message"))?;
    let status = field("status").ok_or_else(|| unreadable("it names no status"))?;
    let status = match status.as_str() {
        "q" | "s" => ReportStatus::Accepted,
        "r" | "a" | "b" => ReportStatus::Sent,
        "d" => ReportStatus::Delivered,
        "f" => ReportStatus::Undelivered,
        "e" | "j" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    };
    Ok(Report {
        reference: field("referenceId"),
        at: field("messageTime").as_deref().and_then(Moment::milliseconds_of),
        segments: field("partsCount").and_then(|parts| parts.parse().ok()),
        ..report(status, id)
    })
}
