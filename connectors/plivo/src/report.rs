//! Status callbacks: a signed form for each step of a message.
//! <https://docs.plivo.com/docs/messaging/api/message/message-status-callbacks>

use countersign_sdk::encoding::{from_base64, from_form};
use countersign_sdk::{
    Callback, Failure, Handled, Moment, Report, ReportStatus as S, field_of, handled, header_of, kind_of, not_signed,
    query_of, report, signing, unreadable,
};

use super::CODES;

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    if !is_signed(callback)? {
        return Err(not_signed("Plivo"));
    }
    let fields = if callback.method == "GET" { query_of(callback) } else { from_form(&callback.body) };
    Ok(handled(200, vec![read(&fields)?]))
}

/// V3 speaks for the fields as well; V2 only for the address, so it counts only where there is no V3.
/// <https://docs.plivo.com/docs/messaging/concepts/signature-validation>
///
/// A header holds one signature for each token that is valid just now; any of them speaks for the callback.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let header = |name: &str| header_of(callback, name);
    let (data, signatures) = match header("x-plivo-signature-v3") {
        Some(signatures) => (signed(callback, header("x-plivo-signature-v3-nonce")), signatures),
        None => {
            let nonce = header("x-plivo-signature-v2-nonce").unwrap_or_default();
            let signatures = header("x-plivo-signature-v2").unwrap_or_default();
            (format!("{}{nonce}", address(callback)), signatures)
        }
    };
    for signature in signatures.split(',').filter_map(from_base64) {
        if signing::verify("callback", &data, signature)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Without its query.
fn address(callback: &Callback) -> &str {
    callback.url.split('?').next().unwrap_or_default()
}

/// The URL with its query sorted, the fields sorted behind it without separators, a full stop, the nonce.
/// <https://docs.plivo.com/docs/voice/xml/request/validation>
fn signed(callback: &Callback, nonce: Option<&str>) -> String {
    let url = address(callback);
    let query = sorted(query_of(callback), "=", "&");
    let fields = sorted(from_form(&callback.body), "", "");
    let after = match (query.is_empty(), fields.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("?{query}"),
        (true, false) => format!("?{fields}"),
        (false, false) => format!("?{query}.{fields}"),
    };
    format!("{url}{after}.{}", nonce.unwrap_or_default())
}

fn sorted(mut pairs: Vec<(String, String)>, within: &str, between: &str) -> String {
    pairs.sort_unstable();
    pairs.into_iter().map(|(name, value)| format!("{name}{within}{value}")).collect::<Vec<_>>().join(between)
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    // Python's word for nothing.
    let field = |name: &str| field_of(fields, &[name]).filter(|value| value != "None");
    // Each part of a long text has an id of its own, and the parent's is the one that the answer told.
    let id = field("ParentMessageUUID").or_else(|| field("MessageUUID"));
    let id = id.ok_or_else(|| unreadable("it names no message"))?;
    let status = field("Status").ok_or_else(|| unreadable("it has no status"))?;
    let code = field("ErrorCode").filter(|code| code != "000");
    let state = match (status.as_str(), code.as_deref()) {
        ("queued", _) => S::Accepted,
        ("sent", _) => S::Sent,
        ("delivered" | "read", _) => S::Delivered,
        // Plivo gave up when `message_expiry` had passed.
        ("failed" | "undelivered", Some("420")) => S::Expired,
        ("undelivered", _) => S::Undelivered,
        ("failed" | "rejected", _) => S::Rejected,
        _ => S::Other,
    };
    let at = ["DeliveryReportTime", "SentTime", "QueuedTime"].iter().find_map(|name| field(name));
    Ok(Report {
        at: at.as_deref().and_then(Moment::milliseconds_of),
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        network: field("MCC").zip(field("MNC")).map(|(country, network)| format!("{country}{network}")),
        segments: field("Units").and_then(|units| units.parse().ok()),
        ..report(state, id)
    })
}
