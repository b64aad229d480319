//! Status callbacks: an id and a state, in the query or in a form, to one address of the account.
//! <https://kavenegar.com/rest.html>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, handled, query_of, report, unreadable,
};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let mut fields = query_of(callback);
    fields.extend(from_form(&callback.body));
    Ok(handled(200, vec![read(&fields)?]))
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    let field = |name: &str| {
        fields
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };
    let id = field("messageid").ok_or_else(|| unreadable("it names no message"))?;
    let code = field("status").ok_or_else(|| unreadable("it names no status"))?;
    let (status, kind) = match code {
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
    Ok(Report { kind, provider_code: failed.then(|| code.to_owned()), ..report(status, id) })
}
