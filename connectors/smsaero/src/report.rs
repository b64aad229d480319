//! Callbacks: a message's state, by `callbackUrl` of the message. SMS Aero signs nothing: the address that nobody can
//! guess speaks for a callback.

use countersign_sdk::encoding::from_form;
use countersign_sdk::{Callback, Failure, Handled, Report, ReportStatus, field_of, handled, report, unreadable, word};

/// JSON is what we ask for; a form has the same fields.
pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let json = serde_json::from_slice(&callback.body).unwrap_or_default();
    let form = from_form(&callback.body);
    let told = |name: &str| word(&json, &format!("/{name}")).or_else(|| field_of(&form, &[name]));
    let (id, status) = told("id").zip(told("status")).ok_or_else(|| unreadable("it names no message or no status"))?;
    let text = told("extendStatus");
    // SMS Aero tries again unless the answer is 200.
    Ok(handled(200, vec![Report { text, provider_code: Some(status.clone()), ..report(state_of(&status), id) }]))
}

fn state_of(status: &str) -> ReportStatus {
    match status {
        // In the queue, waiting for the operator's word, looked at by a moderator.
        "0" | "4" | "8" => ReportStatus::Accepted,
        "1" => ReportStatus::Delivered,
        "2" => ReportStatus::Undelivered,
        "3" => ReportStatus::Sent,
        "6" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    }
}
