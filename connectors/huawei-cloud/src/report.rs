//! Status reports: a form for each part of a message, which nothing signs; the address that nobody can guess speaks for
//! it. <https://support.huaweicloud.com/intl/en-us/api-msgsms/sms_05_0003.html>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Moment, Report, ReportStatus, handled, kind_of, report,
    unreadable,
};

/// <https://support.huaweicloud.com/eu/api-msgsms/sms_05_0051.html>; there are hundreds more, of the carriers.
const STATES: &CodeTable = &[
    ("BEYONDN", K::RateLimited),
    ("BLACK", K::RecipientBlocked),
    ("CTLIMIT", K::RateLimited),
    ("KEYWORD", K::ContentRejected),
    ("LIMIT", K::RateLimited),
    ("MBBLACK", K::RecipientBlocked),
    ("MILIMIT", K::RateLimited),
    ("TDBLACK", K::RecipientBlocked),
    ("TSBLACK", K::RecipientBlocked),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    let field = |name: &str| {
        let found = fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
        found.filter(|value| !value.is_empty())
    };
    let id = field("smsMsgId").ok_or_else(|| unreadable("it names no message"))?;
    let state = field("status").ok_or_else(|| unreadable("it names no status"))?;
    let status = status(&state);
    let at = field("updateTime").and_then(|time| Moment::milliseconds_of(&time));
    let kind = kind_of(STATES, &state).or_else(|| kind_of(super::CODES, &state));
    let told = Report {
        reference: field("extend"),
        at,
        kind,
        provider_code: Some(state).filter(|_| status != ReportStatus::Delivered),
        segments: field("total").and_then(|total| total.parse().ok()).filter(|parts| *parts > 0),
        ..report(status, id)
    };
    Ok(handled(200, vec![told]))
}

/// Seven states are those of the GSM standard; whatever else stands there is a carrier's reason why not.
fn status(state: &str) -> ReportStatus {
    match state {
        "DELIVRD" => ReportStatus::Delivered,
        "ACCEPTD" => ReportStatus::Accepted,
        "EXPIRED" => ReportStatus::Expired,
        "REJECTD" | "DELETED" => ReportStatus::Rejected,
        "UNKNOWN" => ReportStatus::Other,
        _ => ReportStatus::Undelivered,
    }
}
