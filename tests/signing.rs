//! What the host signs, against implementations that nobody of this project wrote.
//!
//! `tests/vectors` has what the providers' own SDKs put on the wire at a fixed clock and nonce. Here a guest plays each
//! provider's connector, the real service signs for it, and the request has to be the same: method, target, body, and
//! every header of the SDK's but those that the vector lists with a reason.

mod plain;
mod tokens;
mod verifying;

use serde_json::{Map, Value, json};

use crate::support::guests::{Pack, root};
use crate::support::provider::Recorded;
use crate::support::python;
use crate::support::service::Service;

/// Headers that our HTTP client writes; no signature here covers them unless the guest wrote them.
const OURS: [&str; 5] = ["accept", "accept-encoding", "content-length", "host", "user-agent"];

/// A vector as it lies on disk.
fn vector(name: &str) -> Value {
    let file = root().join(format!("tests/vectors/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn manifest(name: &str) -> String {
    std::fs::read_to_string(root().join(format!("tests/guests/signer/manifests/{name}.toml"))).unwrap()
}

/// The form of a connector that has these fields.
fn schema(config: &Value, secrets: &Value) -> Value {
    let mut properties: Map<String, Value> =
        config.as_object().unwrap().keys().map(|name| (name.clone(), json!({}))).collect();
    for name in secrets.as_object().unwrap().keys() {
        properties.insert(name.clone(), json!({"type": "string", "writeOnly": true}));
    }
    json!({"type": "object", "properties": properties, "examples": [{}]})
}

/// Public and secret fields together, as an operator gives them.
fn together(config: &Value, secrets: &Value) -> Value {
    let fields = [config, secrets].into_iter().flat_map(|part| part.as_object().unwrap().clone());
    Value::Object(fields.collect())
}

/// A service whose connector is `signer`, set up as the vector says and bound as the manifest says.
async fn signer(scheme: &str, vector: &Value, manifest: &str, host: &str) -> Service {
    let nonce = vector["nonce"].as_str().unwrap_or("00000000000040008000000000000000");
    let service = Service::with_nonce(nonce, host).await;
    assert_eq!(service.clock.now().to_string(), vector["issued_at"].as_str().unwrap().replace('Z', ".000Z"));
    let mut config = vector["config"].clone();
    config["scheme"] = json!(scheme);
    let pack = Pack { hosts: &[host], more: manifest, schema: schema(&config, &vector["secrets"]), ..Pack::default() };
    service.serve_guest("signer", &pack, together(&config, &vector["secrets"])).await;
    service
}

/// Have the vector's message sent; what arrived at the provider.
async fn sent(scheme: &str, vector: &Value, manifest: &str) -> Recorded {
    let url: url::Url = vector["request"]["url"].as_str().unwrap().parse().unwrap();
    let service = signer(scheme, vector, manifest, url.host_str().unwrap()).await;
    let message = json!({"to": vector["message"]["to"], "text": vector["message"]["text"]});
    let (status, answer) = service.post("/v1/messages", message).await;
    assert_eq!(status, 201, "{answer}");
    let requests = service.provider.requests();
    assert_eq!(requests.len(), 1, "{answer}");
    requests[0].clone()
}

/// Method, target, headers and body are those of the vector.
fn assert_same(found: &Recorded, expected: &Value) {
    let url: url::Url = expected["url"].as_str().unwrap().parse().unwrap();
    assert_eq!(found.method.as_str(), expected["method"]);
    assert_eq!(found.path, url[url::Position::BeforePath..], "the target");
    assert_eq!(std::str::from_utf8(&found.body).unwrap(), expected["body"], "the body");
    let headers = expected["headers"].as_array().unwrap();
    for header in headers {
        let name = header[0].as_str().unwrap();
        assert_eq!(found.header(name), header[1].as_str().unwrap(), "the header {name}");
        assert_eq!(found.headers.get_all(name).iter().count(), 1, "the header {name} is there once");
    }
    for name in found.headers.keys().map(|name| name.as_str()) {
        let known = OURS.contains(&name) || headers.iter().any(|header| header[0] == name);
        assert!(known, "the SDK sends no header `{name}`");
    }
}

async fn is_what_the_sdk_sends(name: &str) {
    let vector = vector(name);
    assert_same(&sent(name, &vector, &manifest(name)).await, &vector["request"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_signature_version_4_is_what_botocore_sends() {
    is_what_the_sdk_sends("sigv4").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_tc3_is_what_its_sdk_sends() {
    is_what_the_sdk_sends("tc3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tencents_signature_in_the_form_is_what_its_sdk_sends() {
    is_what_the_sdk_sends("tencent-form").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alibabas_acs3_is_what_its_sdk_sends() {
    is_what_the_sdk_sends("acs3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alibabas_signature_in_the_query_is_what_its_sdk_sends() {
    is_what_the_sdk_sends("aliyun-rpc").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn azures_hmac_is_what_its_sdk_sends() {
    is_what_the_sdk_sends("azure").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wsse_password_digest_is_what_zeep_sends() {
    is_what_the_sdk_sends("wsse").await;
}

#[test]
fn the_vectors_are_what_the_sdks_make_today() {
    python::run("comparing the test vectors with what the SDKs make", "make.py", &["--check"]);
}

/// A vector that nothing reads proves nothing.
#[test]
fn every_vector_has_a_test() {
    let read =
        ["sigv4", "tc3", "tencent-form", "acs3", "aliyun-rpc", "azure", "wsse", "plain", "callbacks", "segments"];
    let mut read: Vec<String> = read.into_iter().chain(tokens::VECTORS).map(|name| format!("{name}.json")).collect();
    read.sort();
    let files = std::fs::read_dir(root().join("tests/vectors")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
    found.sort();
    assert_eq!(found, read);
}
