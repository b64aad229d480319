//! Status callbacks: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://www.tencentcloud.com/document/product/382/43547>

use countersign_sdk::{Callback, Failure, Handled, Report, ReportStatus, handled_saying, report, unreadable, word};
use serde_json::Value;

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Value> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no list of reports in JSON"))?;
    let reports = told.iter().map(read).collect::<Result<_, _>>()?;
    Ok(handled_saying("application/json", r#"{"result":0,"errmsg":"OK"}"#, reports))
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
        provider_code: word(told, "/errmsg").filter(|_| failed),
        text: word(told, "/description").filter(|_| failed),
        ..report(status, id)
    })
}
