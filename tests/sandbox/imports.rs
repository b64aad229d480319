//! Imports and exports outside the contract: refused by name, before anything runs.

use serde_json::{Value, json};
use wasm_encoder::{ComponentExportKind, ComponentExportSection, ComponentInstanceSection};

use crate::support::guests::{Pack, pack_bytes};
use crate::support::handmade;
use crate::support::service::Service;

/// Upload a component; answers the code of the first reason, and all of the refusal.
async fn refusal(service: &Service, wasm: &[u8]) -> (String, String) {
    let (status, refused): (u16, Value) = service.upload(pack_bytes(wasm, "guest", &Pack::default())).await;
    assert_eq!(status, 422, "{refused}");
    assert_eq!(service.get("/v1/components/guest").await.0, 404);
    (refused["errors"][0]["code"].as_str().unwrap().to_owned(), refused.to_string())
}

/// A component that imports this, and is refused for it before anybody misses what it should export.
fn importing(name: &str, kind: &str) -> Vec<u8> {
    wat::parse_str(format!("(component (import \"{name}\" {kind}))")).unwrap()
}

/// A connector, but for one function that it imports from a package of that text.
fn calling(package: &str, interface: &str, function: &str, signature: &str) -> Vec<u8> {
    handmade::component_with(
        package,
        &format!(
            r#"(module
                (import "{interface}" "{function}" (func {signature}))
                (memory (export "memory") 1)
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
                (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32) (unreachable)))"#
        ),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_outside_the_contract_is_refused_and_named() {
    let service = Service::start().await;
    let function = "(instance (export \"f\" (func)))";
    for name in [
        "wasi:http/outgoing-handler@0.2.6",
        "wasi:http/types@0.2.0",
        "wasi:http/handler@0.3.0",
        "wasi:cli/environment@0.3.0",
        "wasi:cli/environment",
        "wasi:keyvalue/store@0.2.0-draft",
        "countersign:connector/http",
        "countersign:connector/http@2.0.0",
        "countersign:connector/http@0.9.0",
        "countersign:connector/secrets@1.0.0",
        "countersign:connectors/http@1.0.0",
        "evil:host/files@1.0.0",
    ] {
        let (code, text) = refusal(&service, &importing(name, function)).await;
        assert!(code == "import-not-allowed" && text.contains(name), "{name}: {text}");
    }
    for kind in ["(func)", "(component)", "(type (sub resource))"] {
        let (code, text) = refusal(&service, &importing("plain", kind)).await;
        assert!(code == "import-not-allowed" && text.contains("plain"), "{kind}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_the_contract_has_not_or_has_otherwise_is_refused() {
    let service = Service::start().await;
    let connector = |interface: &str| format!("package countersign:connector@1.9.0 {{ {interface} }}");
    let random = "package wasi:random@0.2.5 { interface random { get-random-bytes: func(len: string); } }";
    let secret = "package wasi:filesystem@0.2.5 { interface secret { read: func(); } }";
    for (package, interface, function, signature) in [
        (connector("interface log { erase: func(); }"), "countersign:connector/log@1.9.0", "erase", ""),
        (connector("interface log { write: func(); }"), "countersign:connector/log@1.9.0", "write", ""),
        (
            connector("interface http { send: func(url: u32); }"),
            "countersign:connector/http@1.9.0",
            "send",
            "(param i32)",
        ),
        (
            connector("interface credentials { reveal: func() -> u32; }"),
            "countersign:connector/credentials@1.9.0",
            "reveal",
            "(result i32)",
        ),
        (random.into(), "wasi:random/random@0.2.5", "get-random-bytes", "(param i32 i32)"),
        (secret.into(), "wasi:filesystem/secret@0.2.5", "read", ""),
    ] {
        let (code, text) = refusal(&service, &calling(&package, interface, function, signature)).await;
        assert!(code == "wrong-contract" && text.contains(function), "{interface}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_another_type_or_version_than_it_claims_is_refused() {
    let service = Service::start().await;
    let exporting = |exports: &str| {
        wat::parse_str(format!(
            "(component (core module $m (func (export \"f\"))) (core instance $m (instantiate $m))
                (func $f (canon lift (core func $m \"f\"))) {exports})"
        ))
        .unwrap()
    };
    let instance = |name: &str, function: &str| {
        format!(
            "(instance ${function} (export \"{function}\" (func $f))) (export \"countersign:connector/{name}\" (instance ${function}))"
        )
    };
    for (exports, expected) in [
        (instance("sms@1.0.0", "send"), "wrong-contract"),
        (instance("sms@1.0.0", "other"), "wrong-contract"),
        (instance("sms@2.0.0", "send"), "wrong-contract"),
        (instance("sms", "send"), "no-sms"),
        (instance("account@1.0.0", "check"), "no-sms"),
        ("(export \"send\" (func $f))".into(), "no-sms"),
    ] {
        let (code, text) = refusal(&service, &exporting(&exports)).await;
        assert_eq!(code, expected, "{exports}: {text}");
    }
    // A good `sms`, and beside it an `account` that is none.
    let whole = handmade::with_more(&handmade::named("worker"), |counted, more| {
        let (mut instances, mut exports) = (ComponentInstanceSection::new(), ComponentExportSection::new());
        instances.export_items(std::iter::empty::<(&str, ComponentExportKind, u32)>());
        exports.export("countersign:connector/account@1.0.0", ComponentExportKind::Instance, counted.instances, None);
        more.section(&instances).section(&exports);
    });
    let (code, text) = refusal(&service, &whole).await;
    assert!(code == "wrong-contract" && text.contains("check"), "{text}");
    assert_eq!(
        service.get("/v1/components").await.1["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|c| c["built_in"] == json!(false))
            .count(),
        0
    );
}
