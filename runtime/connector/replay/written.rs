//! The parts of a transcript as they are written.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::NoTranscript;
use super::swaps::Swaps;
use crate::connector::contract::{Exchange, Failure, Message, Pair, Receipt};
use crate::connector::stand_in::{Answer, Asked};
use crate::connector::transcript::{Reply, WireFault};

/// Headers that the host or HTTP itself makes: no connector's doing.
const HOSTS_OWN: [&str; 8] =
    ["host", "content-length", "user-agent", "accept", "accept-encoding", "connection", "te", "transfer-encoding"];
/// Headers of an answer that say nothing to a connector, or that belong to one connection or session.
const LEFT_OUT: [&str; 15] = [
    "alt-svc",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "server",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "vary",
    "via",
];

/// `message`: as the connector got it, but for what the call itself fixes.
pub(super) fn message(message: &Message, swaps: &Swaps) -> Value {
    let pair = |pair: &Pair| json!({ "name": pair.name, "value": swaps.in_message(&pair.value) });
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value != json!([]) && value != json!("") {
            out.insert(name.to_owned(), value);
        }
    };
    put("to", swaps.in_message(&message.to).into());
    put("purpose", message.purpose.clone().into());
    put("locale", message.locale.clone().into());
    put("text", swaps.in_message(&message.text).into());
    put("sender", message.sender.as_deref().map(|sender| swaps.in_message(sender)).into());
    put("template_id", message.template_id.clone().into());
    put("template_locale", message.template_locale.clone().into());
    put("parameters", message.parameters.iter().map(pair).collect());
    put("validity_seconds", message.validity_seconds.into());
    put("extra", message.extra.iter().map(pair).collect());
    Value::Object(out)
}

/// `reply`: what the provider answered, masked already, without this number and this code; and whether something of it
/// was left out, because they stand in it in a way that they can't be replaced.
pub(super) fn reply(status: u16, exchange: &Exchange, swaps: &Swaps) -> (Reply, bool) {
    let body = &exchange.response_body;
    let json = serde_json::from_str::<Value>(body).ok().filter(|json| json.is_object() || json.is_array());
    let (mut json, mut text) = match json {
        // Value by value: escapes hide nothing then.
        Some(json) => (Some(swaps.in_json(json)), None),
        None => (None, (!body.is_empty()).then(|| swaps.in_reply(body))),
    };
    let implied = if json.is_some() { "application/json" } else { "text/plain; charset=utf-8" };
    let written = json.as_ref().map(Value::to_string).or_else(|| text.clone()).unwrap_or_default();
    let mut withheld = swaps.left_in(&written);
    if withheld {
        (json, text) = (None, None);
    }
    let told = exchange.response_headers.iter().map(|header| (header.name.to_ascii_lowercase(), &header.value));
    let told = told.filter(|(name, value)| !LEFT_OUT.contains(&name.as_str()) && value.as_str() != implied);
    let mut headers: BTreeMap<String, String> = told.map(|(name, value)| (name, swaps.in_reply(value))).collect();
    headers.retain(|name, value| {
        let left = swaps.left_in(name) || swaps.left_in(value);
        withheld |= left;
        !left
    });
    (Reply { status: Some(status), headers, json, text, base64: None }, withheld)
}

/// How much memory an answer takes, roughly.
pub(super) fn reply_bytes(reply: &Reply) -> usize {
    let headers: usize = reply.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    let json = reply.json.as_ref().map(|json| json.to_string().len()).unwrap_or_default();
    headers + json + reply.text.as_ref().map(String::len).unwrap_or_default()
}

/// `exchanges`: what was on the wire in both plays.
pub(super) fn exchanges(
    one: &[(Asked, Answer)],
    other: &[(Asked, Answer)],
    plain: bool,
) -> Result<Vec<Value>, NoTranscript> {
    if one.len() != other.len() {
        return Err(NoTranscript::Unsteady);
    }
    let pairs = one.iter().zip(other);
    pairs.map(|((asked, answer), (again, _))| exchange(asked, answer, again, plain)).collect()
}

fn exchange(asked: &Asked, answer: &Answer, again: &Asked, plain: bool) -> Result<Value, NoTranscript> {
    if (&asked.method, &asked.host, &asked.target) != (&again.method, &again.host, &again.target) {
        return Err(NoTranscript::Unsteady);
    }
    let scheme = if plain { "http" } else { "https" };
    let mut request = Map::new();
    request.insert("method".to_owned(), asked.method.clone().into());
    request.insert("url".to_owned(), format!("{scheme}://{}{}", asked.host, asked.target).into());
    let steady = asked.headers.iter().filter(|(name, value)| again.header(name) == Some(value));
    let own = steady.filter(|(name, _)| !HOSTS_OWN.contains(&name.as_str()));
    let headers: BTreeMap<&str, &str> = own.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    request.insert("headers".to_owned(), json!(headers));
    if asked.body == again.body {
        request.extend(body(asked).map(|(name, value)| (name.to_owned(), value)));
    }
    let mut out = Map::from_iter([("request".to_owned(), Value::Object(request))]);
    match answer {
        Answer::Reply(reply) => out.insert("reply".to_owned(), told(reply)),
        Answer::Fault(fault) => out.insert("fault".to_owned(), word(*fault).into()),
    };
    Ok(Value::Object(out))
}

/// The body in the way that reads best.
fn body(asked: &Asked) -> Option<(&'static str, Value)> {
    if asked.body.is_empty() {
        return None;
    }
    let is_form =
        asked.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let fields: Vec<(String, String)> = form_urlencoded::parse(&asked.body).into_owned().collect();
    let form: BTreeMap<&String, &String> = fields.iter().map(|(name, value)| (name, value)).collect();
    // A field that is there twice can't be written as an object.
    if is_form && form.len() == fields.len() {
        return Some(("form", json!(form)));
    }
    if let Ok(json) = serde_json::from_slice::<Value>(&asked.body) {
        return Some(("json", json));
    }
    match std::str::from_utf8(&asked.body) {
        Ok(text) => Some(("text", text.into())),
        Err(_) => Some(("base64", STANDARD.encode(&asked.body).into())),
    }
}

fn told(reply: &Reply) -> Value {
    let mut out = Map::from_iter([("status".to_owned(), json!(reply.status.unwrap_or(200)))]);
    if !reply.headers.is_empty() {
        out.insert("headers".to_owned(), json!(reply.headers));
    }
    let body = reply.json.clone().map(|json| ("json", json));
    let body = body.or_else(|| reply.text.clone().map(|text| ("text", text.into())));
    out.extend(body.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(out)
}

fn word(fault: WireFault) -> &'static str {
    match fault {
        WireFault::Timeout => "timeout",
        WireFault::Reset => "reset",
        WireFault::Refused => "refused",
    }
}

/// Requests that found nobody: only where they went is known, and nothing of it is compared.
pub(super) fn never_made(written: &[Exchange]) -> Vec<Value> {
    let refused =
        written.iter().filter(|exchange| exchange.wire_fault == Some(WireFault::Refused) && !exchange.by_host);
    let url = |exchange: &Exchange| {
        let mut url = Url::parse(&exchange.url).ok()?;
        url.set_query(None);
        Some(url.to_string())
    };
    refused
        .filter_map(|exchange| {
            Some(json!({ "request": { "method": exchange.method, "url": url(exchange)? }, "fault": "refused" }))
        })
        .collect()
}

/// `expect`
pub(super) fn expect(result: &Result<Receipt, Failure>) -> Value {
    let mut inner = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            inner.insert(name.to_owned(), value);
        }
    };
    match result {
        Ok(receipt) => {
            put("message_ids", json!(receipt.message_ids));
            put("segments", json!(receipt.segments));
            json!({ "accepted": inner })
        }
        Err(failure) => {
            put("kind", json!(failure.kind));
            put("certainty", json!(failure.certainty));
            put("provider_code", json!(failure.provider_code));
            put("retry_after_seconds", json!(failure.retry_after_seconds));
            json!({ "failure": inner })
        }
    }
}
