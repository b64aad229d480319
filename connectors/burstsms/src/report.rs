//! Delivery callbacks: a GET whose query names the message, unsigned.
//! <https://developers.kudosity.com/reference/troubleshooting>

use countersign_sdk::{
    Callback, Failure, FailureKind, Handled, Moment, ReportStatus, handled, query_of, report, unreadable,
};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = query_of(callback);
    let field = |name: &str| {
        fields.iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.clone())
    };
    let (Some(id), Some(status)) = (field("message_id"), field("status")) else {
        return Err(unreadable("it names no message or no status"));
    };
    let (word, kind) = match status.as_str() {
        "delivered" => (ReportStatus::Delivered, None),
        "pending" => (ReportStatus::Sent, None),
        // Switched off, out of reach.
        "soft-bounce" => (ReportStatus::Undelivered, None),
        // Disconnected.
        "hard-bounce" => (ReportStatus::Undelivered, Some(FailureKind::InvalidRecipient)),
        _ => (ReportStatus::Other, None),
    };
    let mut told = report(word, id);
    told.kind = kind;
    told.at = field("datetime").and_then(|at| Moment::milliseconds_of(&at));
    told.provider_code = Some(status);
    Ok(handled(200, vec![told]))
}
