//! Webhooks of the field `messages`: Meta's handshake, and the states of what was sent, signed with the app's secret.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus as S, failure, field_of, handled,
    handled_saying, header_of, not_signed, query_of, report, signing, unreadable, word,
};
use serde_json::Value;

use crate::{Config, told};

const KEY: &str = "callback";

/// "Message expired": the template's validity ended first.
const EXPIRED: &str = "131043";

pub(crate) fn handle(config: &Config, callback: &Callback) -> Result<Handled, Failure> {
    if callback.method == "GET" {
        return handshake(config, callback);
    }
    // Without the app's secret the address alone speaks for what comes.
    if signing::is_set(KEY) && !signing::verify(KEY, &callback.body, signature(callback))? {
        return Err(not_signed("Meta"));
    }
    let event: Value = serde_json::from_slice(&callback.body).unwrap_or_default();
    let entries = list(&event, "entry").ok_or_else(|| unreadable("it is no webhook of WhatsApp"))?;
    let changes = entries.iter().filter_map(|entry| list(entry, "changes")).flatten();
    // What people write to the number comes here too, and has no states.
    let states = changes.filter_map(|change| list(change.get("value")?, "statuses")).flatten();
    Ok(handled(200, states.filter_map(reported).collect()))
}

fn list<'a>(value: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    value.get(name)?.as_array()
}

/// Meta asks once whether the address is ours: it wants its challenge back from whoever knows the token.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>
fn handshake(config: &Config, callback: &Callback) -> Result<Handled, Failure> {
    let query = query_of(callback);
    let asked = |name: &str| field_of(&query, &[name]);
    let token = asked("hub.verify_token").filter(|token| Some(token) == config.verify_token.as_ref());
    if asked("hub.mode").as_deref() != Some("subscribe") || token.is_none() {
        return Err(failure(K::AuthenticationFailed, "the handshake has another verify token than the configuration"));
    }
    // A number. Whatever else somebody asks for is not said under our name.
    let challenge = asked("hub.challenge").filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let challenge = challenge.ok_or_else(|| unreadable("the challenge is no number"))?;
    Ok(handled_saying("text/plain", &challenge, Vec::new()))
}

fn signature(callback: &Callback) -> Vec<u8> {
    let header = header_of(callback, "x-hub-signature-256").unwrap_or_default();
    header.strip_prefix("sha256=").and_then(from_hex).unwrap_or_default()
}

fn reported(status: &Value) -> Option<Report> {
    let seconds: Option<u64> = word(status, "/timestamp").and_then(|at| at.parse().ok());
    let (provider_code, kind, text) = told(status.pointer("/errors/0").unwrap_or(&Value::Null));
    let state = match (word(status, "/status")?.as_str(), provider_code.as_deref()) {
        ("sent", _) => S::Sent,
        ("delivered" | "read" | "played", _) => S::Delivered,
        ("failed", Some(EXPIRED)) => S::Expired,
        ("failed", _) => S::Undelivered,
        _ => S::Other,
    };
    Some(Report {
        reference: word(status, "/biz_opaque_callback_data"),
        at: seconds.map(|seconds| seconds * 1000),
        kind,
        provider_code,
        text,
        ..report(state, word(status, "/id")?)
    })
}
