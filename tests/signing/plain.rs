//! Every digest, encoding, way to keep a key and place once: the value that has to stand there is from Python's own
//! hashlib and hmac.

use serde_json::{Value, json};
use url::form_urlencoded::parse;

use super::{signer, vector};
use crate::support::provider::Recorded;
use crate::support::service::number;

const HOST: &str = "plain.example.com";

/// The manifest of all cases: a credential each, whose secret has the case's name.
fn manifest(cases: &serde_json::Map<String, Value>) -> String {
    let names: Vec<String> = cases.keys().map(|name| format!("{name}_secret")).collect();
    let credentials = cases.iter().map(|(name, case)| {
        let mut credential = case["credential"].clone();
        credential["secret"] = json!(format!("{name}_secret"));
        credential["methods"] = json!(["POST"]);
        credential["paths"] = json!(["/v1/send", "/v1/send/*"]);
        (name.clone(), credential)
    });
    let all = json!({"secrets": names, "credentials": Value::Object(credentials.collect())});
    toml::to_string(&all).unwrap()
}

/// What stands in the case's place; everything around it has to be as the guest wrote it.
fn value_in(place: &Value, found: &Recorded) -> String {
    let body = std::str::from_utf8(&found.body).unwrap();
    let between = |text: &str, before: &str, after: &str| {
        let inner = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        inner.unwrap_or_else(|| panic!("{text} is not {before}…{after}")).to_owned()
    };
    let pair = |text: &str, before: &str, after: &str| {
        let inner = format!("sign={}", between(text, before, after));
        parse(inner.as_bytes()).next().unwrap().1.into_owned()
    };
    if place["header"].is_string() {
        return between(&found.header("x-sign"), "before ", ", after");
    }
    if place["query"].is_string() {
        return pair(&found.path, "/v1/send?before=%7E1+2&sign=", "&after=%C3%BC");
    }
    if place["form"].is_string() {
        return pair(body, "a=1+2&sign=", "&z=%C3%BC");
    }
    if let Some(pointer) = place["json"].as_str() {
        let value: Value = serde_json::from_str(body).unwrap();
        let signed = value.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        let inner = json!({"a": "ü", "sign": signed, "z": 1.5});
        assert_eq!(value, if pointer == "/sign" { inner } else { json!({"auth": inner}) });
        return signed;
    }
    if place["attribute"].is_string() {
        return between(body, "<n:a xmlns:n=\"urn:n\"><n:c>&amp;</n:c><n:b x=\"1\" sig=\"", "\"/></n:a>");
    }
    if place["xml"].is_string() {
        return between(body, "<n:a xmlns:n=\"urn:n\"><n:c>&amp;</n:c><n:b x=\"1\">", "</n:b></n:a>");
    }
    between(&found.path, "/v1/send/", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_digest_encoding_and_place_gives_the_value_that_python_computes() {
    let mut vector = vector("plain");
    let cases = vector["cases"].as_object().unwrap().clone();
    vector["secrets"] = cases.iter().map(|(name, case)| (format!("{name}_secret"), case["secret"].clone())).collect();
    // The guest gets what a connector would know: the place, and what it wants signed.
    let public = cases.iter().map(|(name, case)| {
        (name.clone(), json!({"place": case["credential"]["place"], "data": case["data"], "values": case["values"]}))
    });
    vector["config"]["cases"] = Value::Object(public.collect());
    let service = signer("plain", &vector, &manifest(&cases), HOST).await;
    for (index, (name, case)) in cases.iter().enumerate() {
        let to = number(u32::try_from(index).unwrap());
        let (status, answer) = service.post("/v1/messages", json!({"to": to, "text": name})).await;
        assert_eq!(status, 201, "{name}: {answer}");
        let found = service.provider.requests().pop().unwrap();
        assert_eq!(value_in(&case["credential"]["place"], &found), case["value"].as_str().unwrap(), "{name}");
    }
    assert_eq!(service.provider.requests().len(), cases.len());
}
