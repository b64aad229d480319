//! Status reports: a GET for each step, signed by a token in a header.
//! <https://developers.messagebird.com/api/sms-messaging/#handle-a-status-report> and
//! <https://developers.messagebird.com/docs/verify-http-requests>

use countersign_sdk::encoding::{from_base64, sha256_hex};
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Moment, Report, ReportStatus as S, field_of, handled,
    header_of, kind_of, not_signed, query_of, report, signing, unreadable, word,
};
use serde_json::Value;

const KEY: &str = "callback";

/// What `statusReason` says, in the spelling of [`reason`].
pub(crate) const REASONS: &CodeTable = &[
    ("incorrect_number", K::InvalidRecipient),
    ("unknown_subscriber", K::InvalidRecipient),
    ("unavailable_subscriber", K::Other),
    ("opted_out", K::RecipientBlocked),
    ("received_network_error", K::ProviderUnavailable),
    ("insufficient_balance", K::InsufficientFunds),
    ("capacity_limit_reached", K::RateLimited),
];

/// `EC_SENDER_UNREGISTERED`: the carrier does not know the sender. The next connector has another.
const UNREGISTERED: &str = "104";

/// A reason as a code: with spaces in one place, with underscores in the next.
pub(crate) fn reason(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace(' ', "_")
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // Without the signing key, the address alone speaks for the callback.
    if signing::is_set(KEY) && !is_signed(callback)? {
        return Err(not_signed("MessageBird"));
    }
    Ok(handled(200, vec![read(&query_of(callback))?]))
}

/// A good token speaks for the URL and the body whose digests it names.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let token = header_of(callback, "messagebird-signature-jwt").unwrap_or_default();
    if !signing::verify(KEY, &callback.body, token)? {
        return Ok(false);
    }
    let claims = claims(token).unwrap_or_default();
    let of_body = (!callback.body.is_empty()).then(|| sha256_hex(&callback.body));
    Ok(word(&claims, "/iss").as_deref() == Some("MessageBird")
        && word(&claims, "/url_hash") == Some(sha256_hex(&callback.url))
        && word(&claims, "/payload_hash") == of_body)
}

/// The middle of a token whose signature is good.
fn claims(token: &str) -> Option<Value> {
    let part = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - part.len() % 4) % 4);
    serde_json::from_slice(&from_base64(&(part + &padding))?).ok()
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    let field = |name: &str| field_of(fields, &[name]);
    let id = field("id").ok_or_else(|| unreadable("it names no message"))?;
    let status = field("status").ok_or_else(|| unreadable("it has no status"))?;
    let failed = matches!(status.as_str(), "expired" | "delivery_failed");
    let (why, code) = (field("statusReason").filter(|_| failed), field("statusErrorCode").filter(|_| failed));
    let told = why.as_deref().map(reason).unwrap_or_default();
    let state = match status.as_str() {
        "scheduled" => S::Accepted,
        "sent" | "buffered" => S::Sent,
        "delivered" => S::Delivered,
        // Nobody told what became of it: it may have arrived.
        "expired" | "delivery_failed" if told == "dlr_not_received" => S::Other,
        "expired" => S::Expired,
        "delivery_failed" => S::Undelivered,
        _ => S::Other,
    };
    let by_code = || code.as_deref().filter(|code| *code == UNREGISTERED).map(|_| K::InvalidConfig);
    Ok(Report {
        reference: field("reference"),
        at: field("statusDatetime").as_deref().and_then(Moment::milliseconds_of),
        kind: kind_of(REASONS, &told).or_else(by_code),
        text: why,
        provider_code: code,
        ..report(state, id)
    })
}
