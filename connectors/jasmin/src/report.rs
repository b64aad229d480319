//! Delivery reports: a form for what the SMSC answered (level 1) and one for what came of it (level 2).
//! <https://docs.jasminsms.com/en/latest/apis/ja-http/index.html#receiving-dlr>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Answer, Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, kind_of, query_of, report,
    unreadable,
};

/// Jasmin reports again until it reads this.
const ACKNOWLEDGED: &[u8] = b"ACK/Jasmin";

/// `command_status` of SMPP 3.4, by name.
const COMMAND_STATUS: &CodeTable = &[
    ("ESME_RSYSERR", K::ProviderUnavailable),
    ("ESME_RINVSRCADR", K::InvalidConfig),
    ("ESME_RINVDSTADR", K::InvalidRecipient),
    ("ESME_RMSGQFUL", K::ProviderUnavailable),
    ("ESME_RTHROTTLED", K::RateLimited),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // By GET the same fields stand in the query.
    let fields = if callback.body.is_empty() { query_of(callback) } else { from_form(&callback.body) };
    let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let id = field("id").filter(|id| !id.is_empty()).ok_or_else(|| unreadable("it names no message"))?;
    let status = field("message_status").ok_or_else(|| unreadable("it has no status"))?;
    let refused = status.strip_prefix("ESME_R").filter(|rest| *rest != "OK").map(|_| status);
    // `text` is the message's beginning: it is not passed on.
    let error = field("err").filter(|error| error.bytes().any(|digit| digit != b'0'));
    let told = Report {
        kind: refused.and_then(|status| kind_of(COMMAND_STATUS, status)),
        provider_code: refused.or(error).map(str::to_owned),
        ..report(state_of(status), id)
    };
    let answer = Answer { status: 200, content_type: "text/plain".to_owned(), body: ACKNOWLEDGED.to_vec() };
    Ok(Handled { reports: vec![told], answer })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_smpp_is_read() {
        use ReportStatus as S;
        let read = ["DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"].map(state_of);
        assert_eq!(
            read,
            [S::Delivered, S::Expired, S::Undelivered, S::Undelivered, S::Accepted, S::Other, S::Rejected]
        );
        assert_eq!(["ESME_ROK", "ESME_RINVDSTADR", ""].map(state_of), [S::Sent, S::Rejected, S::Other]);
    }
}
