//! What the bridge reports, signed with its token.

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, handled, header_of, kind_of,
    not_signed, report, signing, unreadable,
};
use serde::Deserialize;

/// TP-Status of 3GPP TS 23.040, 9.2.3.15, as far as it says more than "not delivered".
const STATUS: &CodeTable = &[
    ("65", K::UnsupportedDestination),
    ("66", K::InvalidRecipient),
    ("67", K::InvalidRecipient),
    ("68", K::RecipientBlocked),
    ("69", K::UnsupportedDestination),
];

#[derive(Deserialize)]
struct Event {
    id: String,
    status: String,
    at: Option<u64>,
    code: Option<String>,
    text: Option<String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let signature = header_of(callback, "x-signature").and_then(from_hex).unwrap_or_default();
    if !signing::verify("callback", &callback.body, signature)? {
        return Err(not_signed("the bridge"));
    }
    let event: Event =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no event of the bridge's"))?;
    let status = match event.status.as_str() {
        "sent" => ReportStatus::Sent,
        "delivered" => ReportStatus::Delivered,
        "undelivered" => ReportStatus::Undelivered,
        "expired" => ReportStatus::Expired,
        // The modem or its network refused.
        "failed" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    };
    Ok(handled(
        200,
        vec![Report {
            at: event.at.and_then(|seconds| seconds.checked_mul(1000)),
            kind: event.code.as_deref().and_then(|code| kind_of(STATUS, code)),
            provider_code: event.code,
            text: event.text.filter(|text| !text.is_empty()),
            ..report(status, event.id)
        }],
    ))
}
