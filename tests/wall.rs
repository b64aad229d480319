//! What stands between a guest and a secret. The guest `agent` does whatever its configuration says; the provider
//! echoes whatever it got.

mod approvals;
mod echo;
mod logs;
mod markers;
mod mtls;
mod quarantine;
mod tokens;

use serde_json::{Map, Value, json};

use crate::support::guests::Pack;
use crate::support::service::Service;

/// Serve `agent` with these secrets, credentials (TOML tables) and program.
async fn serve_agent(service: &Service, secrets: &[(&str, &str)], credentials: &str, program: &Value) {
    serve_agent_at(service, &["api.example.com"], secrets, credentials, program).await;
}

async fn serve_agent_at(
    service: &Service,
    hosts: &[&str],
    secrets: &[(&str, &str)],
    credentials: &str,
    program: &Value,
) {
    let (more, schema) = (manifest(secrets, credentials), schema(secrets));
    let pack = Pack { hosts, more: &more, schema, ..Pack::default() };
    service.serve_guest("agent", &pack, config(secrets, program)).await;
}

fn manifest(secrets: &[(&str, &str)], credentials: &str) -> String {
    let names: Vec<&str> = secrets.iter().map(|(name, _)| *name).collect();
    format!("secrets = {}\n[limits]\nrequests = 32\ncpu_ms = 2000\n{credentials}", json!(names))
}

fn schema(secrets: &[(&str, &str)]) -> Value {
    let mut properties = Map::from_iter([("program".to_owned(), json!({"type": "string"}))]);
    for (name, _) in secrets {
        properties.insert((*name).to_owned(), json!({"type": "string", "writeOnly": true}));
    }
    json!({"type": "object", "properties": properties, "examples": [{}]})
}

fn config(secrets: &[(&str, &str)], program: &Value) -> Value {
    let mut config = Map::from_iter([("program".to_owned(), json!(program.to_string()))]);
    config.extend(secrets.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    Value::Object(config)
}

/// Change what the agent does; its secrets stay.
async fn reprogram(service: &Service, program: &Value) -> (u16, Value) {
    service.set_up("agent", json!({"component": "agent", "config": {"program": program.to_string()}})).await
}

/// A test send of the agent.
async fn tested(service: &Service) -> Value {
    let path = "/v1/environments/development/connectors/agent/test";
    let (status, tested) = service.post(path, json!({"to": crate::support::service::TO})).await;
    assert_eq!(status, 200, "{tested}");
    tested
}

/// The failure's text of a call that the agent was asked for.
async fn failure(service: &Service) -> String {
    let tested = tested(service).await;
    assert_eq!(tested["status"], "refused", "{tested}");
    tested["failure"]["text"].as_str().unwrap().to_owned()
}

/// Whether a needle stands in the hay, as it is, in base64 at any alignment, or in hexadecimal.
pub fn holds(hay: &[u8], needle: &str) -> bool {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let has = |needle: &[u8]| !needle.is_empty() && hay.windows(needle.len()).any(|window| window == needle);
    let aligned = |offset: usize| {
        let digits = STANDARD_NO_PAD.encode([&vec![0; offset], needle.as_bytes()].concat());
        digits[(offset * 8).div_ceil(6)..(offset + needle.len()) * 8 / 6].to_owned()
    };
    has(needle.as_bytes())
        || has(hex::encode(needle).as_bytes())
        || (0..3).any(|offset| has(aligned(offset).as_bytes()))
}
