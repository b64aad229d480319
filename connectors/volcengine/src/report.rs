//! Status reports: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://www.volcengine.com/docs/6361/171584>

use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, handled, kind_of, report,
    unreadable, word,
};
use serde_json::Value;

/// <https://www.volcengine.com/docs/6361/173291>
const STATES: &CodeTable = &[
    ("NE:0100", K::InvalidRecipient),
    ("NE:0101", K::InvalidRecipient),
    ("NE:0104", K::InvalidRecipient),
    ("NE:0105", K::InvalidRecipient),
    ("CR:0200", K::ContentRejected),
    ("CR:0201", K::RecipientBlocked),
    ("CR:0202", K::RateLimited),
    ("CR:0204", K::InsufficientFunds),
    ("CR:0205", K::ContentRejected),
    ("CR:0206", K::RateLimited),
    ("CR:0208", K::QuotaExceeded),
    ("CR:0209", K::UnsupportedDestination),
    ("CR:0210", K::UnsupportedDestination),
    ("CR:0212", K::InvalidConfig),
    ("CR:0213", K::RateLimited),
    ("CR:0215", K::InvalidConfig),
    ("CR:0216", K::ContentRejected),
    ("CR:0217", K::ContentRejected),
    ("CE:0300", K::InvalidConfig),
    ("CE:0301", K::ContentRejected),
    ("CE:0304", K::InvalidConfig),
    ("CE:0305", K::UnsupportedDestination),
    ("SY:0500", K::ProviderUnavailable),
    ("SY:0501", K::ProviderUnavailable),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Value> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no list of reports in JSON"))?;
    Ok(handled(200, told.iter().map(read).collect::<Result<_, _>>()?))
}

fn read(told: &Value) -> Result<Report, Failure> {
    let id = word(told, "/message_id").ok_or_else(|| unreadable("it names no message"))?;
    let code = word(told, "/status_code").ok_or_else(|| unreadable("it names no status"))?;
    let delivered = code == "0";
    let status = if delivered { ReportStatus::Delivered } else { ReportStatus::Undelivered };
    Ok(Report {
        reference: word(told, "/ext"),
        at: word(told, "/recv_time").and_then(|at| at.parse().ok()).filter(|at| *at > 0),
        kind: kind_of(STATES, &code),
        provider_code: Some(code).filter(|_| !delivered),
        text: word(told, "/description").filter(|_| !delivered),
        network: word(told, "/mccmnc"),
        segments: word(told, "/msg_count").and_then(|count| count.parse().ok()).filter(|parts| *parts > 0),
        ..report(status, id)
    })
}
