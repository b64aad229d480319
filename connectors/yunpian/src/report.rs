//! Status reports: a list in JSON in a field of a form, which nothing signs; the address that nobody can guess speaks for
//! it. <https://www.yunpian.com/official/document/sms/zh_CN/domestic_push_report>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{Answer, Callback, Failure, Handled, Report, ReportStatus, Word, report, unreadable};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    sid: Word,
    uid: Option<String>,
    report_status: String,
    error_msg: Option<String>,
    error_detail: Option<String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Told> = field(&callback.body)
        .and_then(|json| serde_json::from_str(&json).ok())
        .ok_or_else(|| unreadable("its `sms_status` is no list of reports in JSON"))?;
    // Anything else than this word is a failure to Yunpian, which reports three times then.
    let answer = Answer { status: 200, content_type: "text/plain".to_owned(), body: b"SUCCESS".to_vec() };
    Ok(Handled { reports: told.into_iter().map(read).collect(), answer })
}

/// The JSON is percent-encoded within the form's own encoding, or it is not.
fn field(body: &[u8]) -> Option<String> {
    let (_, value) = from_form(body).into_iter().find(|(name, _)| name == "sms_status")?;
    if value.starts_with('[') {
        return Some(value);
    }
    from_form(format!("inner={value}").as_bytes()).into_iter().next().map(|(_, inner)| inner)
}

fn read(told: Told) -> Report {
    let status = match told.report_status.as_str() {
        "SUCCESS" => ReportStatus::Delivered,
        "FAIL" => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    let failed = status != ReportStatus::Delivered;
    // The carriers' codes are theirs, and there are hundreds.
    Report {
        reference: told.uid.filter(|reference| !reference.is_empty()),
        provider_code: told.error_msg.filter(|code| failed && !code.is_empty()),
        text: told.error_detail.filter(|text| failed && !text.is_empty()),
        ..report(status, told.sid.0)
    }
}
