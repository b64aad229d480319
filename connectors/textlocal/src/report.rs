//! Delivery receipts: a form, unsigned, that names the message by what we gave as `custom`.
//! <https://api.txtlocal.com/docs/handlingreceipts>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, FailureKind, Handled, ReportStatus, field_of, handled, report_by_reference, unreadable,
};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    let (Some(reference), Some(status)) = (field_of(&fields, &["customID"]), field_of(&fields, &["status"])) else {
        return Err(unreadable("it names no message or no status"));
    };
    // <https://api.txtlocal.com/docs/helpfulinfo>
    let (word, kind) = match status.as_str() {
        "D" => (ReportStatus::Delivered, None),
        "P" => (ReportStatus::Sent, None),
        "U" => (ReportStatus::Undelivered, None),
        "E" => (ReportStatus::Expired, None),
        "I" => (ReportStatus::Rejected, Some(FailureKind::InvalidRecipient)),
        _ => (ReportStatus::Other, None),
    };
    let mut told = report_by_reference(word, reference);
    told.kind = kind;
    told.provider_code = Some(status);
    Ok(handled(200, vec![told]))
}
