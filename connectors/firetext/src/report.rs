//! Delivery receipts: a form, unsigned, that names the message by our reference.
//! <https://www.firetext.co.uk/docs>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, ReportStatus, field_of, handled, kind_of,
    report_by_reference, unreadable,
};

/// The detailed `code` of a receipt that says no. The others are of the phone or the network at that moment.
const REASONS: &CodeTable = &[
    ("101", K::InvalidRecipient),
    ("201", K::InvalidRecipient),
    ("301", K::InvalidRecipient),
    ("900", K::UnsupportedDestination),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    let (Some(status), Some(reference)) = (field_of(&fields, &["status"]), field_of(&fields, &["reference"])) else {
        return Err(unreadable("it names no message or no status"));
    };
    let status = match status.as_str() {
        "0" => ReportStatus::Delivered,
        "1" => ReportStatus::Undelivered,
        // Held by the network, which goes on trying.
        "2" => ReportStatus::Sent,
        _ => ReportStatus::Other,
    };
    let mut told = report_by_reference(status, reference);
    // 000 is no error.
    told.provider_code = field_of(&fields, &["code"]).filter(|code| code != "000");
    let refused = status == ReportStatus::Undelivered;
    told.kind = told.provider_code.as_deref().filter(|_| refused).and_then(|code| kind_of(REASONS, code));
    Ok(handled(200, vec![told]))
}
