//! What is taken and what is refused at the door, and what is never read in a log.

use countersign::builtin;
use serde_json::{Value, json};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use crate::connectors;
use crate::support::guests::{Pack, pack_bytes, packed, root};
use crate::support::service::{Service, TOKEN};
use crate::support::verifiers::{Verifiers, component, component_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_component_with_verification_and_without_sms_is_taken_and_tried() {
    let service = Service::start().await;
    let (status, made) = service.upload(component("1.0.0")).await;
    assert_eq!((status, &made["exports"]), (201, &json!(["account", "verification"])), "{made}");
    let verdict = &made["verdict"];
    let found = of_check(verdict);
    assert!(found["level"] == "warning" && found["text"].as_str().unwrap().contains("into its log"), "{verdict}");
    let faults: Vec<&Value> = verdict["faults"].as_array().unwrap().iter().collect();
    assert!(faults.len() > 12, "its start was tried as a send is: {verdict}");
    let bad: Vec<_> = faults.iter().filter(|found| found["level"] == "fault").collect();
    assert!(bad.iter().all(|found| found["check"] != "check"), "{bad:?}");
}

fn of_check(verdict: &Value) -> &Value {
    let faults = verdict["faults"].as_array().unwrap();
    faults.iter().find(|found| found["check"] == "check").unwrap_or_else(|| panic!("nothing of its check: {verdict}"))
}

/// A check that can't fail would prove nothing: rubbish must never be `approved`.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_approves_rubbish_is_a_fault_and_so_is_one_that_asks_nobody() {
    for account in ["credulous", "sure-of-itself"] {
        let service = Service::start().await;
        let (_, made) = service.upload(component_of("1.0.0", account)).await;
        let found = of_check(&made["verdict"]);
        assert_eq!(found["level"], "fault", "{account}: {found}");
        assert!(found["text"].as_str().unwrap().contains("approved a code"), "{account}: {found}");
        assert_eq!(made["verdict"]["passed"], false);
    }
}

/// A component of every world of the package, made from the WIT alone, is taken and instantiates.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_of_every_world_of_the_package_is_taken() {
    let service = Service::start().await;
    for (world, exports) in
        [("verifier", json!(["verification"])), ("verifier-with-account", json!(["account", "verification"]))]
    {
        let mut resolve = Resolve::default();
        resolve.push_path(root().join("wit/connector.wit")).unwrap();
        let (package, _) = resolve.push_path(root().join("wit/verification")).unwrap();
        let world_id = resolve.select_world(&[package], Some(world)).unwrap();
        let mut module = dummy_module(&resolve, world_id, ManglingAndAbi::Standard32);
        embed_component_metadata(&mut module, &resolve, world_id, StringEncoding::UTF8).unwrap();
        let wasm = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
        let pack = Pack { contract: "1.1.0", ..Pack::default() };
        let (status, made) = service.upload(pack_bytes(&wasm, world, &pack)).await;
        assert_eq!((status, &made["exports"]), (201, &exports), "{world}: {made}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_that_names_the_older_contract_is_told() {
    let service = Service::start().await;
    let (status, made) = service.upload(packed("verifier", &Pack::default())).await;
    assert_eq!(status, 201, "{made}");
    let package = made["verdict"]["package"].to_string();
    assert!(package.contains("which is of contract 1.1"), "{package}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_of_a_start_or_a_check_that_expects_something_else_fails() {
    let wasm = builtin::find("twilio-verify").unwrap().wasm;
    let dir = tempfile::tempdir().unwrap();
    for (file, change, to, word) in [
        ("started", "\"id\": \"VE1", "\"id\": \"VE2", "id: expected"),
        ("wrong", "\"verdict\": \"wrong\"", "\"verdict\": \"approved\"", "verdict: expected \"approved\""),
        ("gone", "\"verdict\": \"gone\"", "\"started\": {}", "in another way"),
    ] {
        let good = root().join(format!("connectors/twilio-verify/transcripts/{file}.json"));
        let good = std::fs::read_to_string(good).unwrap();
        let at = good.rfind(change).unwrap_or_else(|| panic!("{file} has no {change}"));
        let wrong = format!("{}{to}{}", &good[..at], &good[at + change.len()..]);
        std::fs::write(dir.path().join("t.json"), wrong).unwrap();
        let verdict = connectors::run(wasm, dir.path()).await.unwrap();
        assert!(!verdict.passed() && verdict.to_string().contains(word), "{file}: {verdict}");
    }
}

/// The reference's examples are transcripts.
#[test]
fn the_page_has_examples_that_are_transcripts() {
    let page = std::fs::read_to_string(root().join("wit/verification.md")).unwrap();
    let blocks: Vec<&str> = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        serde_json::from_str::<countersign::connector::transcript::Transcript>(block).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_gives_out_a_secret_is_quarantined_and_checks_nothing_more() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let pending = verifiers.create("+14155550129").await;
    // A purpose that holds the secret stands for a guest that has got it in some way.
    let (_, made) = service.post("/v1/verifications", json!({"to": "+14155550128", "purpose": TOKEN})).await;
    assert_eq!(made["delivery"]["status"], "refused", "{made}");
    assert!(made["delivery"]["failure"]["text"].as_str().unwrap().contains("gave out the secret"), "{made}");
    let (status, lost) = service.check(pending["id"].as_str().unwrap(), "123456").await;
    assert_eq!((status, &lost["type"]), (409, &json!("/problems/connector-lost")), "{lost}");
    assert!(lost["detail"].as_str().unwrap().contains("quarantined") && !lost.to_string().contains(TOKEN), "{lost}");
    let (_, view) = service.get("/v1/environments/development/connectors/tv").await;
    assert!(view["quarantined"].is_string(), "{view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_is_not_served_is_refused() {
    let service = Service::start().await;
    let (status, refused) = service.upload(packed("verifier", &Pack { contract: "1.2.0", ..Pack::default() })).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("serves 1.0 and 1.1"), "{refused}");
}
