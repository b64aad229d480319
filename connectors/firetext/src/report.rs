//! Delivery receipts: a form, unsigned, that names the message by our reference.
//! <https://www.firetext.co.uk/docs>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, ReportStatus, handled, kind_of, report, unreadable,
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
    let field = |name: &str| {
        fields.iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.clone())
    };
    let (Some(status), Some(reference)) = (field("status"), field("reference")) else {
        return Err(unreadable("it names no message or no status"));
    };
    let status = match status.as_str() {
        "0" => ReportStatus::Delivered,
        "1" => ReportStatus::Undelivered,
        // Held by the network, which goes on trying.
        "2" => ReportStatus::Sent,
        _ => ReportStatus::Other,
    };
    let mut told = report(status, "");
    told.message_ids = Vec::new();
    told.reference = Some(reference);
    // 000 is no error.
    told.provider_code = field("code").filter(|code| code != "000");
    let refused = status == ReportStatus::Undelivered;
    told.kind = told.provider_code.as_deref().filter(|_| refused).and_then(|code| kind_of(REASONS, code));
    Ok(handled(200, vec![told]))
}
