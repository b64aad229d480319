//! The SMS API. <https://developer.vonage.com/en/api/sms#send-an-sms>

use countersign_sdk::{
    Call, Fail as _, Failure, FailureKind, Message, Moment, Receipt, ReceiptStatus, Request, Response, accepted,
    signing, text, word,
};
use serde_json::Value;

use super::codes::{SMS, refusal};
use super::{Config, recipient};

/// What `ttl` may be, in seconds; it is given in milliseconds.
const TTL: std::ops::RangeInclusive<u32> = 20..=604_800;
/// Longest address that Vonage takes as `callback`. A longer one is left to the account's settings.
const CALLBACK_MAX: usize = 100;

pub(crate) fn request(config: &Config, message: &Message, call: &Call) -> Result<Request, Failure> {
    let ttl = (u64::from(message.validity_seconds.clamp(*TTL.start(), *TTL.end())) * 1000).to_string();
    let mut form = vec![
        ("from", config.sender(message)),
        ("to", recipient(message)),
        ("text", message.text.as_str()),
        ("ttl", &ttl),
        ("client-ref", &message.reference),
    ];
    if !text::is_gsm7(&message.text) {
        form.push(("type", "unicode"));
    }
    if let Some(callback) = message.callback_url.as_deref().filter(|url| url.len() <= CALLBACK_MAX) {
        form.push(("callback", callback));
    }
    form.extend(config.entity_id(message).map(|id| ("entity-id", id)));
    form.extend(config.content_id(message).map(|id| ("content-id", id)));
    let post = Request::post("https://rest.nexmo.com/sms/json");
    let credential = format!("signed_{}", config.signature_method);
    if !signing::is_set(&credential) {
        return Ok(post.credential("sms").form(form));
    }
    let timestamp = Moment::of(call).seconds().to_string();
    form.push(("api_key", config.api_key.as_deref().unwrap_or_default()));
    form.push(("timestamp", &timestamp));
    let fields = signed(&form);
    let signature = match config.signature_method.as_str() {
        "md5hash" => signing::digest(&credential, &[("fields", &fields)])?,
        _ => signing::sign(&credential, &fields)?,
    };
    form.push(("sig", &signature));
    Ok(post.credential(&credential).form(form))
}

/// What is signed: `&name=value` of every field, sorted by name, with `&` and `=` in values as underscores.
/// <https://developer.vonage.com/en/getting-started/concepts/signing-messages>
pub(crate) fn signed<N: AsRef<str>, V: AsRef<str>>(fields: &[(N, V)]) -> String {
    let mut sorted: Vec<_> = fields.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(name, value)| format!("&{name}={}", value.replace(['&', '='], "_"))).collect()
}

/// 200 also where it refuses: each part of the message has a status of its own.
pub(crate) fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer: Value = match response.json() {
        Ok(answer) => answer,
        Err(unreadable) if response.is_success() => return Err(unreadable),
        Err(_) => return Err(refusal(response)),
    };
    let parts = answer.pointer("/messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (taken, refused): (Vec<_>, Vec<_>) =
        parts.iter().partition(|part| word(part, "/status").as_deref() == Some("0"));
    if let Some(part) = refused.first() {
        let told = response.refused(SMS, word(part, "/status"), word(part, "/error-text"));
        // Other parts went out, or Vonage says that something broke on its side.
        let doubt = !taken.is_empty() || told.kind == FailureKind::ProviderUnavailable;
        return Err(if doubt { told.maybe_sent() } else { told });
    }
    let message_ids: Vec<_> = taken.iter().filter_map(|part| word(part, "/message-id")).collect();
    if message_ids.is_empty() {
        return Err(refusal(response));
    }
    Ok(Receipt { message_ids, segments: u32::try_from(parts.len()).ok(), ..accepted(ReceiptStatus::Accepted, "") })
}
