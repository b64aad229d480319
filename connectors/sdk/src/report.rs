//! Reading what a provider calls back with.

use crate::{Answer, Callback, Failure, FailureKind, Handled, Report, ReportStatus, failure};

/// A report on one message, by the provider's id.
pub fn report(status: ReportStatus, id: impl Into<String>) -> Report {
    Report {
        message_ids: vec![id.into()],
        reference: None,
        status,
        at: None,
        kind: None,
        provider_code: None,
        text: None,
        network: None,
        segments: None,
        price: None,
        extra: Vec::new(),
    }
}

/// A report on one message, by our reference alone.
pub fn report_by_reference(status: ReportStatus, reference: impl Into<String>) -> Report {
    Report { message_ids: Vec::new(), reference: Some(reference.into()), ..report(status, "") }
}

/// These reports, and the words that the provider waits for, under 200.
pub fn handled_saying(content_type: &str, words: &str, reports: Vec<Report>) -> Handled {
    let answer = Answer { status: 200, content_type: content_type.to_owned(), body: words.as_bytes().to_vec() };
    Handled { reports, answer }
}

/// These reports, and an empty answer with this status: 200, or 204 where the provider takes it.
pub fn handled(status: u16, reports: Vec<Report>) -> Handled {
    Handled { reports, answer: Answer { status, content_type: "text/plain".to_owned(), body: Vec::new() } }
}

/// What to say of a callback whose signature is wrong: it is refused, and moves nothing.
pub fn not_signed(by: &str) -> Failure {
    failure(FailureKind::AuthenticationFailed, format!("the callback is not signed by {by}"))
}

/// What to say of a callback that is none of those that the provider documents.
pub fn unreadable(what: &str) -> Failure {
    failure(FailureKind::InvalidResponse, format!("the callback can't be read: {what}"))
}

/// The first header of that name.
pub fn header_of<'a>(callback: &'a Callback, name: &str) -> Option<&'a str> {
    callback.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
}

/// The first of these fields that is there and not empty.
pub fn field_of(fields: &[(String, String)], names: &[&str]) -> Option<String> {
    let found = names.iter().find_map(|name| fields.iter().find(|(has, value)| has == name && !value.is_empty()));
    found.map(|(_, value)| value.clone())
}

/// The parameters of the query, decoded: where providers report with a GET.
pub fn query_of(callback: &Callback) -> Vec<(String, String)> {
    let query = callback.url.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Header;

    #[test]
    fn a_callback_is_read_by_header_and_query() {
        let callback = Callback {
            method: "GET".into(),
            url: "https://otp.example.com/callbacks/x?id=m%2B1&status=a+b".into(),
            headers: vec![Header { name: "X-Sign".into(), value: "s".into() }],
            body: Vec::new(),
        };
        assert_eq!((header_of(&callback, "x-sign"), header_of(&callback, "x")), (Some("s"), None));
        assert_eq!(query_of(&callback), [("id".into(), "m+1".into()), ("status".into(), "a b".into())]);
        let fields = query_of(&callback);
        assert_eq!(field_of(&fields, &["no", "status", "id"]).as_deref(), Some("a b"));
        assert_eq!(field_of(&[("a".into(), String::new())], &["a"]), None);
        assert!(query_of(&Callback { url: "https://x".into(), ..callback }).is_empty());
    }
}
