//! Status callbacks: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://www.tencentcloud.com/document/product/382/43547>

use countersign_sdk::{Answer, Callback, Failure, Handled, Report, ReportStatus, report, unreadable};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    sid: String,
    report_status: String,
    errmsg: Option<String>,
    description: Option<String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Told> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no list of reports in JSON"))?;
    let answer = Answer {
        status: 200,
        content_type: "application/json".to_owned(),
        body: br#"{"result":0,"errmsg":"OK"}"#.to_vec(),
    };
    Ok(Handled { reports: told.into_iter().map(read).collect(), answer })
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
        provider_code: told.errmsg.filter(|code| failed && !code.is_empty()),
        text: told.description.filter(|text| failed && !text.is_empty()),
        ..report(status, told.sid)
    }
}
