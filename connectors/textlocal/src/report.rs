//! Delivery receipts: a form, unsigned, that names the message by what we gave as `custom`.
//! <https://api.txtlocal.com/docs/handlingreceipts>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{Callback, Failure, FailureKind, Handled, ReportStatus, handled, report, unreadable};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
    let status = field("status").ok_or_else(|| unreadable("it has no status"))?;
    let (word, kind) = match status.as_str() {
        "D" => (ReportStatus::Delivered, None),
        "U" => (ReportStatus::Undelivered, None),
        "I" => (ReportStatus::Rejected, Some(FailureKind::InvalidRecipient)),
        _ => (ReportStatus::Other, None),
    };
    let mut told = report(word, "");
    told.message_ids = Vec::new();
    told.reference =
        Some(field("customID").filter(|id| !id.is_empty()).ok_or_else(|| unreadable("it names no message"))?);
    told.kind = kind;
    told.provider_code = Some(status);
    Ok(handled(200, vec![told]))
}
