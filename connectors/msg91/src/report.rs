//! Webhooks, version 2 (a form with a list in JSON) and 3 (JSON), to one address of the account.
//! <https://msg91.com/help/webhooks/how-can-i-get-the-delivery-reports-on-my-webhook-url>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus, field_of, handled, report, unreadable, word,
};
use serde_json::Value;

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    if let Some(list) = field_of(&from_form(&callback.body), &["data"]) {
        return Ok(handled(200, several(&list)?));
    }
    let state: Value =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no webhook of version 2 or 3"))?;
    Ok(handled(200, vec![read(&state, &state)?]))
}

/// Requests, each with what became of its messages.
fn several(list: &str) -> Result<Vec<Report>, Failure> {
    let broken = || unreadable("its data are no list of requests");
    let list: Value = serde_json::from_str(list).map_err(|_| broken())?;
    let mut reports = Vec::new();
    for request in list.as_array().ok_or_else(broken)? {
        for state in request.get("report").and_then(Value::as_array).ok_or_else(broken)? {
            reports.push(read(request, state)?);
        }
    }
    Ok(reports)
}

fn read(request: &Value, state: &Value) -> Result<Report, Failure> {
    let id = word(request, "/requestId").ok_or_else(|| unreadable("it names no request"))?;
    let code = word(state, "/status").ok_or_else(|| unreadable("it names no status"))?;
    let (status, kind) = match code.as_str() {
        "1" => (ReportStatus::Delivered, None),
        "2" => (ReportStatus::Undelivered, None),
        // On the Do Not Disturb register, which the promotional route heeds; another route may reach it.
        "9" | "16" | "25" => (ReportStatus::Rejected, None),
        "17" => (ReportStatus::Rejected, Some(K::RecipientBlocked)),
        _ => (ReportStatus::Other, None),
    };
    let text = word(state, "/failedReason").or_else(|| word(state, "/desc"));
    Ok(Report { kind, provider_code: Some(code), text, ..report(status, id) })
}
