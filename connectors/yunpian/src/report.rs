//! Status reports: a list in JSON in a field of a form, which nothing signs; the address that nobody can guess speaks for
//! it. <https://www.yunpian.com/official/document/sms/zh_CN/domestic_push_report>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, Handled, Report, ReportStatus, field_of, handled_saying, report, unreadable, word,
};
use serde_json::Value;

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Value> = field(&callback.body)
        .and_then(|json| serde_json::from_str(&json).ok())
        .ok_or_else(|| unreadable("its `sms_status` is no list of reports in JSON"))?;
    let reports = told.iter().map(read).collect::<Result<_, _>>()?;
    // Anything else than this word is a failure to Yunpian, which reports three times then.
    Ok(handled_saying("text/plain", "SUCCESS", reports))
}

/// The JSON is percent-encoded within the form's own encoding, or it is not.
fn field(body: &[u8]) -> Option<String> {
    let value = field_of(&from_form(body), &["sms_status"])?;
    if value.starts_with('[') {
        return Some(value);
    }
    field_of(&from_form(format!("inner={value}").as_bytes()), &["inner"])
}

fn read(told: &Value) -> Result<Report, Failure> {
    let id = word(told, "/sid").ok_or_else(|| unreadable("it names no message"))?;
    let status = match word(told, "/report_status").as_deref() {
        Some("SUCCESS") => ReportStatus::Delivered,
        Some("FAIL") => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    let failed = status != ReportStatus::Delivered;
    // The carriers' codes are theirs, and there are hundreds.
    Ok(Report {
        reference: word(told, "/uid"),
        provider_code: word(told, "/error_msg").filter(|_| failed),
        text: word(told, "/error_detail").filter(|_| failed),
        ..report(status, id)
    })
}
