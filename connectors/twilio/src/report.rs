//! Status callbacks: a signed form for each step of a message.
//! <https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks>

use countersign_sdk::encoding::{from_base64, from_form};
use countersign_sdk::{
    Answer, Callback, Failure, FailureKind, Handled, Report, ReportStatus, failure, kind_of, signing,
};

use super::CODES;

/// The key of the signature is the account's token, whatever the requests are signed with.
const KEY: &str = "callback";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    // With an API key alone there is nothing to verify by; then the address alone speaks for the callback.
    if signing::is_set(KEY) && !signing::verify(KEY, signed(callback, &fields), signature(callback))? {
        return Err(failure(FailureKind::AuthenticationFailed, "the callback is not signed by Twilio"));
    }
    let answer = Answer { status: 204, content_type: "text/plain".to_owned(), body: Vec::new() };
    Ok(Handled { reports: vec![report(&fields)?], answer })
}

fn signature(callback: &Callback) -> Vec<u8> {
    let header = callback.headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-twilio-signature"));
    header.and_then(|header| from_base64(&header.value)).unwrap_or_default()
}

/// The URL, and every field behind it, sorted by name.
/// <https://www.twilio.com/docs/usage/security#validating-requests>
fn signed(callback: &Callback, fields: &[(String, String)]) -> Vec<u8> {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable();
    let fields = sorted.into_iter().map(|(name, value)| format!("{name}{value}"));
    std::iter::once(callback.url.clone()).chain(fields).collect::<String>().into_bytes()
}

pub(crate) fn report(fields: &[(String, String)]) -> Result<Report, Failure> {
    let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
    let missing = || failure(FailureKind::InvalidResponse, "the callback names no message or no status");
    let sid = field("MessageSid").or_else(|| field("SmsSid")).ok_or_else(missing)?;
    let status = field("MessageStatus").or_else(|| field("SmsStatus")).ok_or_else(missing)?;
    let code = field("ErrorCode").filter(|code| !code.is_empty());
    Ok(Report {
        message_ids: vec![sid],
        reference: None,
        status: match status.as_str() {
            "accepted" | "scheduled" | "queued" | "sending" => ReportStatus::Accepted,
            "sent" => ReportStatus::Sent,
            "delivered" | "read" => ReportStatus::Delivered,
            "undelivered" => ReportStatus::Undelivered,
            "failed" | "canceled" => ReportStatus::Rejected,
            _ => ReportStatus::Other,
        },
        at: None,
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        text: field("ErrorMessage").filter(|text| !text.is_empty()),
        network: None,
        segments: None,
        price: None,
        extra: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_twilios_states_is_read() {
        let read = |status: &str, code: &str| {
            let form = format!("MessageSid=SM00&MessageStatus={status}&ErrorCode={code}");
            let report = report(&from_form(form.as_bytes())).unwrap();
            (report.status, report.kind)
        };
        assert_eq!(read("queued", ""), (ReportStatus::Accepted, None));
        assert_eq!(read("sent", ""), (ReportStatus::Sent, None));
        assert_eq!(read("delivered", ""), (ReportStatus::Delivered, None));
        assert_eq!(read("undelivered", "30007"), (ReportStatus::Undelivered, Some(FailureKind::ContentRejected)));
        assert_eq!(read("undelivered", "30008"), (ReportStatus::Undelivered, None));
        assert_eq!(read("failed", "30001"), (ReportStatus::Rejected, Some(FailureKind::QuotaExceeded)));
        assert_eq!(read("partially_delivered", ""), (ReportStatus::Other, None));
    }

    #[test]
    fn a_callback_of_nothing_is_refused() {
        assert!(report(&from_form(b"To=x")).is_err() && report(&from_form(b"MessageSid=SM00")).is_err());
    }
}
