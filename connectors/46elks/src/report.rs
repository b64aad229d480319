//! Delivery reports: a form, unsigned.
//! <https://46elks.com/docs/sms-delivery-reports>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{Callback, Failure, Handled, Moment, ReportStatus, field_of, handled, report, unreadable};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    let (Some(id), Some(status)) = (field_of(&fields, &["id"]), field_of(&fields, &["status"])) else {
        return Err(unreadable("it names no message or no status"));
    };
    let word = match status.as_str() {
        "created" => ReportStatus::Accepted,
        "sent" => ReportStatus::Sent,
        "delivered" => ReportStatus::Delivered,
        "failed" => ReportStatus::Undelivered,
        _ => ReportStatus::Other,
    };
    let mut told = report(word, id);
    told.at = field_of(&fields, &["delivered"]).and_then(|at| Moment::milliseconds_of(&at));
    Ok(handled(200, vec![told]))
}
