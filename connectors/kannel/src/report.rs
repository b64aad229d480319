//! Delivery reports: a GET of the address that the message gave, in which Kannel filled the escapes.
//! <https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html#delivery-reports>

use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, field_of, handled, kind_of,
    query_of, report_by_reference, unreadable,
};

/// Delivered, failed, queued at the SMSC, taken by the SMSC, refused by the SMSC.
pub(crate) const MASK: &str = "31";

/// `command_status` of SMPP 3.4, as Kannel writes it behind `NACK/`.
const COMMAND_STATUS: &CodeTable = &[
    ("0x00000001", K::ContentRejected),
    ("0x00000004", K::ProviderUnavailable),
    ("0x00000007", K::InvalidConfig),
    ("0x00000008", K::ProviderUnavailable),
    ("0x0000000a", K::InvalidConfig),
    ("0x0000000b", K::InvalidRecipient),
    ("0x0000000d", K::AuthenticationFailed),
    ("0x0000000e", K::AuthenticationFailed),
    ("0x0000000f", K::AuthenticationFailed),
    ("0x00000014", K::ProviderUnavailable),
    ("0x00000015", K::InvalidConfig),
    ("0x00000043", K::InvalidConfig),
    ("0x00000048", K::InvalidConfig),
    ("0x00000049", K::InvalidConfig),
    ("0x00000050", K::InvalidConfig),
    ("0x00000051", K::InvalidConfig),
    ("0x00000058", K::RateLimited),
    ("0x00000062", K::InvalidConfig),
];

/// Kannel reads `%` as an escape: those of the address are doubled, ours ask for the kind of report, the SMSC's
/// answer, the time and the connection.
pub(crate) fn address(callback_url: &str, reference: &str) -> String {
    let between = if callback_url.contains('?') { '&' } else { '?' };
    let callback_url = callback_url.replace('%', "%%");
    format!("{callback_url}{between}reference={reference}&status=%d&answer=%A&at=%T&smsc=%i")
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = query_of(callback);
    let field = |name: &str| field_of(&fields, &[name]);
    let reference = field("reference").ok_or_else(|| unreadable("it has no reference"))?;
    let status = field("status").ok_or_else(|| unreadable("it has no status"))?;
    let answer = field("answer").unwrap_or_default();
    let code = code_of(&answer);
    let told = Report {
        at: field("at").and_then(|at| at.parse::<u64>().ok()).and_then(|seconds| seconds.checked_mul(1000)),
        kind: code.and_then(|code| kind_of(COMMAND_STATUS, code)),
        provider_code: code.map(str::to_owned),
        network: field("smsc"),
        ..report_by_reference(state_of(&status, &answer), reference)
    };
    Ok(handled(200, vec![told]))
}

fn state_of(status: &str, answer: &str) -> ReportStatus {
    match (status, word_after(answer, "stat:")) {
        ("1", _) => ReportStatus::Delivered,
        ("2", Some("EXPIRED")) => ReportStatus::Expired,
        ("2", Some("REJECTD")) => ReportStatus::Rejected,
        ("2", _) => ReportStatus::Undelivered,
        ("4", _) => ReportStatus::Accepted,
        ("8", _) => ReportStatus::Sent,
        ("16", _) => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    }
}

/// `NACK/0x0000000b/Invalid Destination Address`, or a receipt of SMPP: `id:… stat:UNDELIV err:011 text:…`. Its text
/// is the message's beginning: it is not passed on.
fn code_of(answer: &str) -> Option<&str> {
    let refused = answer.strip_prefix("NACK/").and_then(|rest| rest.split('/').next());
    refused.or_else(|| word_after(answer, "err:").filter(|code| code.bytes().any(|digit| digit != b'0')))
}

fn word_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_once(name)?.1.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_own_percent_signs() {
        assert_eq!(
            address("https://a.example/c%41?x=1", "r_1"),
            "https://a.example/c%%41?x=1&reference=r_1&status=%d&answer=%A&at=%T&smsc=%i"
        );
    }

    #[test]
    fn a_receipt_of_smpp_says_more_than_kannels_state() {
        let receipt =
            |stat: &str| format!("id:1 sub:001 dlvrd:000 submit date:2601151200 stat:{stat} err:011 text:Your");
        let read = |status: &str, stat: &str| state_of(status, &receipt(stat));
        assert_eq!(read("1", "DELIVRD"), ReportStatus::Delivered);
        assert_eq!(read("2", "EXPIRED"), ReportStatus::Expired);
        assert_eq!(read("2", "REJECTD"), ReportStatus::Rejected);
        assert_eq!(read("2", "UNDELIV"), ReportStatus::Undelivered);
        assert_eq!(code_of(&receipt("UNDELIV")), Some("011"));
        assert_eq!(code_of("id:1 stat:DELIVRD err:000 text:"), None);
        assert_eq!(code_of("NACK/0x0000000b/Invalid Destination Address"), Some("0x0000000b"));
        assert_eq!((code_of("ACK/"), code_of("")), (None, None));
    }
}
