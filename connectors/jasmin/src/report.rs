//! Delivery reports: a form for what the SMSC answered (level 1) and one for what came of it (level 2).
//! <https://docs.jasminsms.com/en/latest/apis/ja-http/index.html#receiving-dlr>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, field_of, handled_saying, kind_of,
    query_of, report, unreadable,
};

/// `command_status` of SMPP 3.4, by name.
const COMMAND_STATUS: &CodeTable = &[
    ("ESME_RINVMSGLEN", K::ContentRejected),
    ("ESME_RINVBNDSTS", K::ProviderUnavailable),
    ("ESME_RINVREGDLVFLG", K::InvalidConfig),
    ("ESME_RSYSERR", K::ProviderUnavailable),
    ("ESME_RINVSRCADR", K::InvalidConfig),
    ("ESME_RINVDSTADR", K::InvalidRecipient),
    ("ESME_RBINDFAIL", K::AuthenticationFailed),
    ("ESME_RINVPASWD", K::AuthenticationFailed),
    ("ESME_RINVSYSID", K::AuthenticationFailed),
    ("ESME_RMSGQFUL", K::ProviderUnavailable),
    ("ESME_RINVSERTYP", K::InvalidConfig),
    ("ESME_RINVESMCLASS", K::InvalidConfig),
    ("ESME_RINVSRCTON", K::InvalidConfig),
    ("ESME_RINVSRCNPI", K::InvalidConfig),
    ("ESME_RINVDSTTON", K::InvalidConfig),
    ("ESME_RINVDSTNPI", K::InvalidConfig),
    ("ESME_RTHROTTLED", K::RateLimited),
    ("ESME_RINVEXPIRY", K::InvalidConfig),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // By GET the same fields stand in the query.
    let fields = if callback.body.is_empty() { query_of(callback) } else { from_form(&callback.body) };
    let id = field_of(&fields, &["id"]).ok_or_else(|| unreadable("it names no message"))?;
    let status = field_of(&fields, &["message_status"]).ok_or_else(|| unreadable("it has no status"))?;
    let kind = kind_of(COMMAND_STATUS, &status);
    let state = state_of(&status);
    let refused = Some(status).filter(|status| status.starts_with("ESME_R") && status != "ESME_ROK");
    // `text` is the message's beginning: it is not passed on.
    let error = field_of(&fields, &["err"]).filter(|error| error.bytes().any(|digit| digit != b'0'));
    let told = Report { kind, provider_code: refused.or(error), ..report(state, id) };
    // Jasmin reports again until it reads this.
    Ok(handled_saying("text/plain", "ACK/Jasmin", vec![told]))
}

fn state_of(status: &str) -> ReportStatus {
    match status {
        "ESME_ROK" => ReportStatus::Sent,
        "DELIVRD" => ReportStatus::Delivered,
        "EXPIRED" => ReportStatus::Expired,
        "UNDELIV" | "DELETED" => ReportStatus::Undelivered,
        "REJECTD" => ReportStatus::Rejected,
        "ACCEPTD" | "ENROUTE" => ReportStatus::Accepted,
        _ if status.starts_with("ESME_R") => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    }
}
