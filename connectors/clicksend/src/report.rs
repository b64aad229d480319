//! Delivery receipts: a form, or JSON where the rule says so, for each step of a message.
//! <https://developers.clicksend.com/docs/messaging/sms/other/view-sms-receipts>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, Word, field_of, handled, kind_of,
    report, unreadable,
};
use serde_json::{Map, Value};

/// Why the network failed a message, where the reason holds for every other provider too.
/// <https://help.clicksend.com/article/8cc479qlbb-list-of-sms-gateway-error-codes>
const REASONS: &CodeTable = &[("8", K::InvalidRecipient), ("11", K::InvalidRecipient), ("19", K::ContentRejected)];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
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
    // Some are the word `null` where there is nothing.
    let field = |name: &str| field_of(fields, &[name]).filter(|value| !value.eq_ignore_ascii_case("null"));
    let id = field("message_id").ok_or_else(|| unreadable("it names no message"))?;
    let status = field("status_code").ok_or_else(|| unreadable("it names no status"))?;
    let code = field("error_code");
    let status = match (status.as_str(), code.as_deref()) {
        ("200", _) => ReportStatus::Accepted,
        ("201", _) => ReportStatus::Delivered,
        // A fault of the network that is tried again.
        ("300", _) => ReportStatus::Sent,
        ("301", Some("20")) => ReportStatus::Expired,
        ("301", Some("5" | "10" | "15" | "19")) => ReportStatus::Rejected,
        ("301", _) => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    Ok(Report {
        reference: field("custom_string"),
        at: field("timestamp").and_then(|seconds| seconds.parse::<u64>().ok()?.checked_mul(1000)),
        kind: code.as_deref().and_then(|code| kind_of(REASONS, code)),
        provider_code: code,
        text: field("error_text").or_else(|| field("status_text")),
        ..report(status, id)
    })
}
