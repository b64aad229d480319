//! What the bridge reports, signed with its token.

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, handled, header_of, kind_of,
    not_signed, report, signing, unreadable, word,
};
use serde_json::Value;

/// TP-Status of 3GPP TS 23.040, 9.2.3.15, as far as it says more than "not delivered".
const STATUS: &CodeTable = &[
    // Incompatible destination, connection rejected by the phone, not obtainable.
    ("65", K::InvalidRecipient),
    ("66", K::InvalidRecipient),
    ("67", K::InvalidRecipient),
    // Quality of service not available, no interworking available.
    ("68", K::ProviderUnavailable),
    ("69", K::UnsupportedDestination),
    // Congestion, of which the network has given up.
    ("96", K::ProviderUnavailable),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let signature = header_of(callback, "x-signature").and_then(from_hex).unwrap_or_default();
    if !signing::verify("callback", &callback.body, signature)? {
        return Err(not_signed("the bridge"));
    }
    let event: Value = serde_json::from_slice(&callback.body).unwrap_or_default();
    let id_and_status = word(&event, "/id").zip(word(&event, "/status"));
    let (id, status) = id_and_status.ok_or_else(|| unreadable("it is no event of the bridge's"))?;
    let status = match status.as_str() {
        "sent" => ReportStatus::Sent,
        "delivered" => ReportStatus::Delivered,
        "undelivered" => ReportStatus::Undelivered,
        "expired" => ReportStatus::Expired,
        // The modem or its network refused.
        "failed" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    };
    let code = word(&event, "/code");
    let told = Report {
        at: event.get("at").and_then(Value::as_u64).and_then(|seconds| seconds.checked_mul(1000)),
        kind: code.as_deref().and_then(|code| kind_of(STATUS, code)),
        provider_code: code,
        text: word(&event, "/text"),
        ..report(status, id)
    };
    Ok(handled(200, vec![told]))
}
