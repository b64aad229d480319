//! Transcripts of an adapted package, made of what it was seen to ask: what is on the wire then is what its own code
//! made of a configuration whose secrets it held.

use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::derived::{Credential, Derived};
use super::described::{Asked, Described, Run};
use super::provider::Provider;

/// As `describe.js` has them.
const CODE: &str = "123456";

/// Each file's name, and the transcript.
pub(super) fn of(described: &Described, derived: &Derived, provider: &Provider) -> Vec<(String, Value)> {
    let Some((run, asked)) = described.telling() else { return Vec::new() };
    let request = request(asked, derived);
    let replied = |name: &str, status: u16, body: &Value, expect: Value| {
        let mut reply = Map::new();
        reply.insert("status".into(), status.into());
        // A provider that answers a bare word says it as text.
        reply.insert(if body.is_string() { "text" } else { "json" }.into(), body.clone());
        (file(name), transcript(name, run, json!({"request": request, "reply": reply}), expect))
    };
    let failed = |kind: &str, certainty: &str, code: Option<&str>| {
        let mut failure = json!({"kind": kind, "certainty": certainty});
        if let (Some(code), Some(members)) = (code, failure.as_object_mut()) {
            members.insert("provider_code".into(), code.into());
        }
        json!({"failure": failure})
    };
    let broken = |name: &str, fault: &str, expect: Value| {
        (file(name), transcript(name, run, json!({"request": request, "fault": fault}), expect))
    };
    let mut out = vec![
        replied("sent", 200, &provider.reply, json!({"accepted": {"message_ids": provider.replied_ids}})),
        replied("unavailable", 503, &Value::from("<html>"), failed("provider-unavailable", "not-sent", None)),
        replied("bad gateway", 502, &Value::from("<html>"), failed("provider-unavailable", "unknown", None)),
        broken("timeout", "timeout", failed("timeout", "unknown", None)),
        broken("nobody there", "refused", failed("provider-unavailable", "not-sent", None)),
        broken("broken", "reset", failed("provider-unavailable", "unknown", None)),
    ];
    for refusal in &provider.refusals {
        let expect = failed(&refusal.kind, "not-sent", refusal.code.as_deref());
        out.push(replied(&refusal.name, refusal.status, &refusal.json, expect));
    }
    out
}

fn file(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    format!("{}.json", plain.collect::<String>())
}

fn transcript(name: &str, run: &Run, exchange: Value, expect: Value) -> Value {
    json!({
        "name": name,
        "config": run.config,
        "message": {
            "to": format!("+{}", run.to),
            "text": format!("Your code is {CODE}."),
            "parameters": [{"name": "code", "value": CODE}],
        },
        "exchanges": [exchange],
        "expect": expect,
    })
}

fn request(asked: &Asked, derived: &Derived) -> Value {
    let headers: Map<String, Value> =
        asked.headers.iter().map(|own| (own.name.clone(), own.value.clone().into())).collect();
    let mut out = json!({"method": asked.method, "url": address(asked, derived), "headers": headers});
    let body = match (asked.is_form(), asked.json()) {
        (true, _) => {
            let fields: Map<String, Value> = form_urlencoded::parse(asked.body.as_bytes())
                .map(|(name, value)| (name.into_owned(), value.into()))
                .collect();
            Some(("form", Value::Object(fields)))
        }
        (_, Some(json)) => Some(("json", json)),
        _ if !asked.body.is_empty() => Some(("text", asked.body.clone().into())),
        _ => None,
    };
    if let (Some((name, body)), Some(members)) = (body, out.as_object_mut()) {
        members.insert(name.into(), body);
    }
    out
}

/// The host writes a parameter at the end of the query, wherever the package had it.
fn address(asked: &Asked, derived: &Derived) -> String {
    let Ok(mut url) = Url::parse(&asked.url) else { return asked.url.clone() };
    let placed = |name: &str| {
        let is = |own: &Credential| {
            own.kind.get("kind").is_some_and(|kind| kind == "query")
                && own.kind.get("name").is_some_and(|own| own == name)
        };
        derived.credentials.iter().any(is)
    };
    let query = url.query().unwrap_or_default().to_owned();
    let name = |pair: &&str| form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(name, _)| placed(&name));
    let (last, first): (Vec<&str>, Vec<&str>) = query.split('&').filter(|pair| !pair.is_empty()).partition(name);
    if !last.is_empty() {
        url.set_query(Some(&[first, last].concat().join("&")));
    }
    url.into()
}
