//! Delivery reports: a form for each step of a message, to one address of the account.
//! <https://developers.africastalking.com/docs/sms/notifications>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, field_of, handled, kind_of, report,
    unreadable,
};

/// Why the network rejected or failed a message.
const REASONS: &CodeTable = &[
    ("UserIsInactive", K::InvalidRecipient),
    ("UserInBlackList", K::RecipientBlocked),
    ("UserAccountSuspended", K::InvalidRecipient),
    ("UserDoesNotExist", K::InvalidRecipient),
    // The number moved to another network: another route may know.
    ("NotNetworkSubcriber", K::UnsupportedDestination),
    ("NotNetworkSubscriber", K::UnsupportedDestination),
    ("DoNotDisturbRejection", K::InvalidConfig),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    Ok(handled(200, vec![read(&from_form(&callback.body))?]))
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    let field = |name: &str| field_of(fields, &[name]);
    let id = field("id").ok_or_else(|| unreadable("it names no message"))?;
    let status = field("status").ok_or_else(|| unreadable("it names no status"))?;
    let reason = field("failureReason");
    let status = match status.as_str() {
        "Submitted" | "Buffered" | "Sent" => ReportStatus::Sent,
        "Success" => ReportStatus::Delivered,
        "Failed" | "AbsentSubscriber" => ReportStatus::Undelivered,
        // Not a matter of time: the network's firewall dropped it.
        "Expired" | "Rejected" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    };
    Ok(Report {
        kind: reason.as_deref().and_then(|reason| kind_of(REASONS, reason)),
        provider_code: reason,
        network: field("networkCode"),
        ..report(status, id)
    })
}
