//! Status callbacks: a signed form for each step of a message.
//! <https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks>

use countersign_sdk::encoding::{from_base64, from_form};
use countersign_sdk::{
    Callback, Failure, Handled, Report, ReportStatus as S, field_of, handled, header_of, kind_of, not_signed, report,
    signing, unreadable,
};

use super::CODES;

/// The key of the signature is the account's token, whatever the requests are signed with.
const KEY: &str = "callback";
/// Twilio did not send it in its `ValidityPeriod`.
const EXPIRED: &str = "30036";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = from_form(&callback.body);
    // With an API key alone there is nothing to verify by; then the address alone speaks for the callback.
    if signing::is_set(KEY) && !is_signed(callback, &fields)? {
        return Err(not_signed("Twilio"));
    }
    Ok(handled(204, vec![read(&fields)?]))
}

/// The URL, and every field behind it, sorted by name. As in Twilio's own SDKs the URL may have been signed with its port
/// or without, whatever it was called by.
/// <https://www.twilio.com/docs/usage/security#validating-requests>
fn is_signed(callback: &Callback, fields: &[(String, String)]) -> Result<bool, Failure> {
    let signature = header_of(callback, "x-twilio-signature").and_then(from_base64).unwrap_or_default();
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable();
    let fields: String = sorted.into_iter().map(|(name, value)| format!("{name}{value}")).collect();
    for url in [Some(callback.url.clone()), with_other_port(&callback.url)].into_iter().flatten() {
        if signing::verify(KEY, format!("{url}{fields}"), &signature)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Without its port, or with the one that goes without saying.
fn with_other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let default = if scheme == "http" { 80 } else { 443 };
    Some(match authority.rsplit_once(':') {
        Some((host, _)) => format!("{scheme}://{host}{path}"),
        None => format!("{scheme}://{authority}:{default}{path}"),
    })
}

fn read(fields: &[(String, String)]) -> Result<Report, Failure> {
    let id = field_of(fields, &["MessageSid", "SmsSid"]).ok_or_else(|| unreadable("it names no message"))?;
    let status = field_of(fields, &["MessageStatus", "SmsStatus"]).ok_or_else(|| unreadable("it has no status"))?;
    let code = field_of(fields, &["ErrorCode"]);
    let state = match (status.as_str(), code.as_deref()) {
        ("accepted" | "scheduled" | "queued" | "sending", _) => S::Accepted,
        ("sent", _) => S::Sent,
        ("delivered" | "read", _) => S::Delivered,
        ("undelivered" | "failed", Some(EXPIRED)) => S::Expired,
        ("undelivered", _) => S::Undelivered,
        ("failed" | "canceled", _) => S::Rejected,
        _ => S::Other,
    };
    Ok(Report {
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        text: field_of(fields, &["ErrorMessage"]),
        ..report(state, id)
    })
}
