//! Packages: what is refused is a fault, what an operator would want to know is a warning, and each says why.

use serde_json::{Value, json};

use super::{check, faulty, found, laid_out, pack_bytes};
use crate::support::guests::{Pack, packed, unpacked};
use crate::support::service::Service;

fn warned(verdict: &Value, check: &str, word: &str) -> bool {
    found(verdict).iter().any(|(section, named, level, said)| {
        (section.as_str(), named.as_str(), level.as_str()) == ("package", check, "warning") && said.contains(word)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_should_know_is_a_warning_that_says_why() {
    let service = Service::start().await;
    let schema = json!({
        "type": "object",
        "properties": {"fault": {"type": "string"}, "url": {"type": "string"}, "api_token": {"type": "string", "writeOnly": true}},
        "examples": [{"fault": "none", "url": "https://gw.example.com/", "api_token": "fake-token-0000000000"}],
    });
    let more = "secrets = [\"api_token\"]\n";
    let hosts = [
        "api.example.com",
        "*.example.com",
        "{config.url}",
        "api.{config.region}.example.com",
        "http://plain.example.com",
    ];
    let wasm =
        packed("faulty", &Pack { id: "wide", more, hosts: &hosts, schema, readme: "# Wide\n", ..Pack::default() });
    let (status, made) = service.upload(wasm).await;
    let verdict = &made["verdict"];
    assert_eq!((status, &verdict["passed"]), (201, &json!(true)), "warnings are none of a fault: {made}");
    for (check, word) in [
        ("schema", "fault, url, api_token"),
        ("hosts", "`*.example.com` is every host of that domain"),
        ("hosts", "`{config.url}` is whatever address the configuration names"),
        ("hosts", "without TLS"),
        ("hosts", "fields that the schema does not have: region"),
        ("secrets", "no credential uses: api_token"),
        ("readme", "says nothing"),
    ] {
        assert!(warned(verdict, check, word), "{check}, {word}: {verdict}");
    }
    let (_, made) = service.upload(faulty("none")).await;
    assert_eq!(found(&made["verdict"]), [], "and none of them for a package that is as it should be");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_example_that_can_not_be_used_is_a_fault() {
    let service = Service::start().await;
    let schema =
        json!({"type": "object", "properties": {"url": {"type": "string"}}, "examples": [{"url": "nonsense"}]});
    let wasm = packed("faulty", &Pack { id: "example", hosts: &["{config.url}"], schema, ..Pack::default() });
    let (status, made) = service.upload(wasm).await;
    assert_eq!((status, &made["verdict"]["passed"]), (201, &json!(false)), "{made}");
    assert!(found(&made["verdict"]).iter().any(|(_, check, ..)| check == "example"), "{made}");
}

#[test]
fn every_reason_to_refuse_a_component_is_a_fault_of_its_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let half = "(component (instance $i) (export \"countersign:connector/sms@1.0.0\" (instance $i)))";
    let none = "(component (import \"evil:host/files@1.0.0\" (instance)))";
    let pack = Pack::default();
    for (wasm, words) in [
        (unpacked("faulty"), &["FAIL   it has no manifest", "countersign pack"][..]),
        (
            pack_bytes(&wat::parse_str(half).unwrap(), "half", &pack),
            &["FAIL   it does not fit the contract", "send"][..],
        ),
        (
            pack_bytes(&wat::parse_str(none).unwrap(), "none", &pack),
            &["FAIL   it does not export", "FAIL   it imports `evil:host/files"][..],
        ),
        (
            packed("faulty", &Pack { hosts: &["*.com"], more: "[limits]\nrequests = 100\n", ..Pack::default() }),
            &["FAIL   /hosts/0", "FAIL   /limits/requests"][..],
        ),
    ] {
        let file = laid_out(dir.path(), &wasm);
        let (code, told, complaint) = check(&[file.to_str().unwrap()]);
        assert_eq!(code, 1, "{told}{complaint}");
        assert!(words.iter().all(|word| told.contains(word)), "{words:?}: {told}");
        assert!(told.lines().last().unwrap().starts_with("failed: "), "{told}");
    }
}
