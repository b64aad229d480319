//! Status callbacks: an id and a state, in the query or in a form, to one address of the account.
//! <https://kavenegar.com/rest.html>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, field_of, handled, query_of, report,
    unreadable,
};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let mut fields = query_of(callback);
    fields.extend(from_form(&callback.body));
    Ok(handled(200, vec![read(&fields)?]))
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    let id = field_of(fields, &["messageid"]).ok_or_else(|| unreadable("it names no message"))?;
    let code = field_of(fields, &["status"]).ok_or_else(|| unreadable("it names no status"))?;
    let (status, kind) = match code.as_str() {
        "1" | "2" => (S::Accepted, None),
        "4" | "5" => (S::Sent, None),
        "10" => (S::Delivered, None),
        "6" | "11" => (S::Undelivered, None),
        "13" => (S::Rejected, None),
        // The recipient takes none from such lines.
        "14" => (S::Rejected, Some(K::RecipientBlocked)),
        _ => (S::Other, None),
    };
    let failed = matches!(status, S::Undelivered | S::Rejected);
    Ok(Report { kind, provider_code: Some(code).filter(|_| failed), ..report(status, id) })
}
