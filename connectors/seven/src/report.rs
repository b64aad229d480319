//! Webhooks of the event `dlr`: a JSON document for each step of a message, signed where the account has a secret.
//! <https://docs.seven.io/en/rest-api/webhooks>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, Handled, ReportStatus, handled, header_of, not_signed, report, signing, unreadable, word,
};

use super::to_sign;

const KEY: &str = "callback";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    if signing::is_set(KEY) && !is_signed(callback)? {
        return Err(not_signed("seven"));
    }
    let event: serde_json::Value = serde_json::from_slice(&callback.body).unwrap_or_default();
    let unreadable = || unreadable("it is not the JSON of seven's webhooks");
    // A webhook of the type `all` also tells of incoming messages and calls.
    if word(&event, "/webhook_event").ok_or_else(unreadable)? != "dlr" {
        return Ok(handled(200, Vec::new()));
    }
    let (Some(id), Some(status)) = (word(&event, "/data/msg_id"), word(&event, "/data/status")) else {
        return Err(unreadable());
    };
    let mut told = report(status_of(&status), id);
    told.reference = word(&event, "/data/foreign_id");
    told.provider_code = Some(status);
    Ok(handled(200, vec![told]))
}

/// The time in it is not compared with ours: seven tries for days, and a report told twice says the same.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let header = |name| header_of(callback, name).unwrap_or_default();
    let data = to_sign(header("x-timestamp"), header("x-nonce"), &callback.method, &callback.url, &callback.body);
    signing::verify(KEY, data, from_hex(header("x-signature")).unwrap_or_default())
}

/// `StatusReportCode` of `@seven.io/client`.
fn status_of(status: &str) -> ReportStatus {
    match status {
        "ACCEPTED" => ReportStatus::Accepted,
        "TRANSMITTED" | "BUFFERED" => ReportStatus::Sent,
        "DELIVERED" => ReportStatus::Delivered,
        "NOTDELIVERED" | "FAILED" => ReportStatus::Undelivered,
        "EXPIRED" => ReportStatus::Expired,
        "REJECTED" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    }
}
