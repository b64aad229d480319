//! Delivery reports: a form, unsigned.
//! <https://46elks.com/docs/sms-delivery-reports>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{Callback, Failure, Handled, Moment, ReportStatus, handled, report, unreadable};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    let field = |name: &str| {
        fields.iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.as_str())
    };
    let (Some(id), Some(status)) = (field("id"), field("status")) else {
        return Err(unreadable("it names no message or no status"));
    };
    let word = match status {
        "created" => ReportStatus::Accepted,
        "sent" => ReportStatus::Sent,
        "delivered" => ReportStatus::Delivered,
        "failed" => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    let mut told = report(word, id);
    told.at = field("delivered").and_then(Moment::milliseconds_of);
    Ok(handled(200, vec![told]))
}
