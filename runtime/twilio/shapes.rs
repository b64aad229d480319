//! Answers, field by field as Twilio's SDKs read them. Pure.

use serde_json::{Value, json};

use super::fault::of_failure;
use super::sid;
use super::times::{iso, rfc2822};
use crate::otp::{Shown, VerificationView};
use crate::store::{AttemptRow, AttemptStatus, Followed, MessageRow, MessageStatus, TwilioService, VerificationStatus};
use crate::texts::segments;

/// A Verify service. What it can't do is shown as off.
pub(super) fn service(account_sid: &str, s: &TwilioService, code_length: u8, base: &str) -> Value {
    let url = format!("{base}/v2/Services/{}", s.sid);
    json!({
        "sid": s.sid, "account_sid": account_sid, "friendly_name": s.friendly_name, "code_length": code_length,
        "lookup_enabled": false, "psd2_enabled": false, "skip_sms_to_landlines": false, "dtmf_input_required": true,
        "tts_name": null, "do_not_share_warning_enabled": false, "custom_code_enabled": false, "push": {}, "totp": {},
        "whatsapp": {}, "passkeys": {}, "default_template_sid": null, "verify_event_subscription_enabled": false,
        "date_created": iso(s.created_at), "date_updated": iso(s.updated_at),
        "links": { "verifications": format!("{url}/Verifications"), "verification_checks": format!("{url}/VerificationCheck") },
        "url": url,
    })
}

fn status(status: VerificationStatus) -> &'static str {
    match status {
        VerificationStatus::Pending => "pending",
        VerificationStatus::Approved => "approved",
        VerificationStatus::Expired => "expired",
        VerificationStatus::Canceled => "canceled",
        VerificationStatus::AttemptsExhausted => "max_attempts_reached",
    }
}

/// A verification with the messages that carried its code, oldest first.
pub(super) fn verification(
    account_sid: &str,
    service_sid: &str,
    v: &VerificationView,
    messages: &[MessageRow],
    base: &str,
) -> Value {
    let sid = sid::of_verification(&v.id);
    let attempt =
        |m: &MessageRow| json!({ "time": iso(m.created_at), "channel": "SMS", "attempt_sid": sid::of_attempt(&m.id) });
    let attempts: Vec<_> = messages.iter().map(attempt).collect();
    json!({
        "url": format!("{base}/v2/Services/{service_sid}/Verifications/{sid}"),
        "sid": sid, "service_sid": service_sid, "account_sid": account_sid, "to": v.to, "channel": v.channel,
        "status": status(v.status), "valid": v.status == VerificationStatus::Approved, "lookup": {}, "amount": null,
        "payee": null, "send_code_attempts": attempts, "date_created": iso(v.created_at),
        "date_updated": iso(v.updated_at), "sna": null,
    })
}

/// The answer to a check: a wrong code is told by `valid`, not by an error.
pub(super) fn check(account_sid: &str, service_sid: &str, v: &VerificationView, approved: bool) -> Value {
    json!({
        "sid": sid::of_verification(&v.id), "service_sid": service_sid, "account_sid": account_sid, "to": v.to,
        "channel": v.channel, "status": if approved { "approved" } else { "pending" }, "valid": approved,
        "amount": null, "payee": null, "sna_attempts_error_codes": [], "date_created": iso(v.created_at),
        "date_updated": iso(v.updated_at),
    })
}

/// Twilio's word for where a message stands. One that may have been sent is `sent`: what else becomes of it, a report
/// tells.
pub(super) fn message_status(status: MessageStatus) -> &'static str {
    match status {
        MessageStatus::Queued => "queued",
        MessageStatus::Sending => "sending",
        MessageStatus::Accepted | MessageStatus::Unknown => "sent",
        MessageStatus::Refused => "failed",
        MessageStatus::Delivered => "delivered",
        MessageStatus::Undelivered => "undelivered",
        MessageStatus::NotSent => "canceled",
    }
}

/// Code and words of a message that failed or did not arrive.
pub(super) fn message_error(status: MessageStatus, attempts: &[AttemptRow]) -> Option<(u32, &'static str)> {
    let bad = matches!(status, MessageStatus::Refused | MessageStatus::Undelivered);
    let kind = attempts.last().and_then(|attempt| attempt.kind.clone());
    bad.then(|| of_failure(kind.and_then(|kind| serde_json::from_value(Value::String(kind)).ok())))
}

/// A message.
pub(super) fn message(account_sid: &str, f: &Followed, shown: &Shown, attempts: &[AttemptRow]) -> Value {
    let m = &f.message;
    let sid = sid::of_message(&m.id);
    let uri = format!("/2010-04-01/Accounts/{account_sid}/Messages/{sid}");
    let error = message_error(m.status, attempts);
    let text = shown.text.as_ref().map(|text| text.expose().as_str()).unwrap_or_default();
    let counted = attempts.iter().rev().find_map(|attempt| attempt.segments);
    let parts = counted.unwrap_or_else(|| segments::count(text).segments).max(1);
    let went = |a: &&AttemptRow| !matches!(a.status, AttemptStatus::Sending | AttemptStatus::Refused);
    let sent = attempts.iter().rev().find(went).map(|attempt| rfc2822(attempt.started_at));
    let updated = attempts.last().map_or(m.created_at, |attempt| attempt.started_at);
    json!({
        "sid": sid, "account_sid": account_sid, "api_version": "2010-04-01", "to": shown.to, "from": f.sender,
        "messaging_service_sid": f.sender_pool, "body": text, "status": message_status(m.status),
        "direction": "outbound-api", "num_segments": parts.to_string(), "num_media": "0", "price": null,
        "price_unit": null, "error_code": error.map(|(code, _)| code), "error_message": error.map(|(_, words)| words),
        "date_created": rfc2822(m.created_at), "date_sent": sent, "date_updated": rfc2822(updated),
        "subresource_uris": { "media": format!("{uri}/Media.json") }, "uri": format!("{uri}.json"),
    })
}

/// An account, for clients that look whether their credential is right.
pub(super) fn account(account_sid: &str, environment: &str) -> Value {
    json!({
        "sid": account_sid, "friendly_name": environment, "status": "active", "type": "Full",
        "owner_account_sid": account_sid, "uri": format!("/2010-04-01/Accounts/{account_sid}.json"),
        "subresource_uris": { "messages": format!("/2010-04-01/Accounts/{account_sid}/Messages.json") },
    })
}
