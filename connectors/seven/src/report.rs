//! Webhooks of the event `dlr`: a JSON document for each step of a message, signed where the account has a secret.
//! <https://docs.seven.io/en/rest-api/webhooks>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, Handled, ReportStatus, Word, handled, header_of, not_signed, report, signing, unreadable,
};
use serde::Deserialize;

use super::to_sign;

const KEY: &str = "callback";

#[derive(Deserialize)]
struct Event {
    webhook_event: String,
}

#[derive(Deserialize)]
struct Dlr {
    data: Status,
}

#[derive(Deserialize)]
struct Status {
    msg_id: Word,
    status: String,
    foreign_id: Option<Word>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    if signing::is_set(KEY) && !is_signed(callback)? {
        return Err(not_signed("seven"));
    }
    let unreadable = || unreadable("it is not the JSON of seven's webhooks");
    let event: Event = serde_json::from_slice(&callback.body).map_err(|_| unreadable())?;
    // A webhook of the type `all` also tells of incoming messages and calls.
    if event.webhook_event != "dlr" {
        return Ok(handled(200, Vec::new()));
    }
    let Dlr { data: status } = serde_json::from_slice(&callback.body).map_err(|_| unreadable())?;
    let mut told = report(status_of(&status.status), status.msg_id.0);
    told.reference = status.foreign_id.and_then(Word::filled);
    told.provider_code = Some(status.status);
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
