//! Status reports: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://www.volcengine.com/docs/6361/171584>

use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, Word, handled, kind_of, report,
    unreadable,
};
use serde::Deserialize;

/// <https://www.volcengine.com/docs/6361/173291>
const STATES: &CodeTable = &[
    ("NE:0100", K::InvalidRecipient),
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
    ("CE:0300", K::InvalidConfig),
    ("CE:0301", K::ContentRejected),
    ("CE:0304", K::InvalidConfig),
    ("CE:0305", K::UnsupportedDestination),
    ("SY:0500", K::ProviderUnavailable),
    ("SY:0501", K::ProviderUnavailable),
];

#[derive(Deserialize)]
struct Told {
    message_id: String,
    status_code: Word,
    description: Option<String>,
    ext: Option<String>,
    msg_count: Option<u32>,
    recv_time: Option<u64>,
    mccmnc: Option<Word>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Told> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no list of reports in JSON"))?;
    Ok(handled(200, told.into_iter().map(read).collect()))
}

fn read(told: Told) -> Report {
    let delivered = told.status_code.as_str() == "0";
    let status = if delivered { ReportStatus::Delivered } else { ReportStatus::Undelivered };
    let code = told.status_code.filled().filter(|_| !delivered);
    Report {
        reference: told.ext.filter(|reference| !reference.is_empty()),
        at: told.recv_time.filter(|at| *at > 0),
        kind: code.as_deref().and_then(|code| kind_of(STATES, code)),
        provider_code: code,
        text: told.description.filter(|text| !delivered && !text.is_empty()),
        network: told.mccmnc.and_then(Word::filled),
        segments: told.msg_count.filter(|parts| *parts > 0),
        ..report(status, told.message_id)
    }
}
