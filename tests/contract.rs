//! The contract: it only grows, and what was built for it still runs.

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, PackageId, Resolve};

use crate::support::guests::{Pack, pack_bytes, root};
use crate::support::service::{Service, TO};

const RELEASED: &str = "tests/contract/released-1.0.0/connector.wit";
const WORLDS: [&str; 5] =
    ["imports", "connector", "connector-with-account", "connector-with-reports", "connector-complete"];

fn read(text: &str) -> (Resolve, PackageId) {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("connector.wit", text).unwrap();
    (resolve, package)
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// A component built against the released contract must find everything it needs in this one, of the same shape.
fn is_compatible(old: &str, new: &str, world: &str) -> anyhow::Result<()> {
    // Two packages of one name and version would be taken for the same one: compare as if this were the next release.
    let next = new.replace("package countersign:connector@1.0.0;", "package countersign:connector@1.999.0;");
    let (mut resolve, before) = read(old);
    let (other, after) = read(&next);
    let remap = resolve.merge(other)?;
    let after = remap.packages[after.index()];
    let before = resolve.select_world(&[before], Some(world))?;
    let after = resolve.select_world(&[after], Some(world))?;
    wit_component::semver_check(resolve, before, after)
}

#[test]
fn the_contract_has_not_changed_since_its_last_release_but_for_growth() {
    for world in WORLDS {
        is_compatible(&text(RELEASED), &text("wit/connector.wit"), world)
            .unwrap_or_else(|error| panic!("{world}: {error:?}"));
    }
}

/// The check itself can fail: one more field in a record is a break.
#[test]
fn one_more_field_in_a_record_is_found_to_be_a_break() {
    let now = text("wit/connector.wit");
    let broken = now.replace("    record money {", "    record money {\n        precision: u8,");
    assert_ne!(now, broken);
    assert!(is_compatible(&text(RELEASED), &broken, "connector").is_err());
}

/// A component of every world of the contract, made from the WIT alone, is taken and instantiates.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_of_every_world_is_taken() {
    let service = Service::start().await;
    for world in WORLDS.into_iter().skip(1) {
        let (resolve, package) = read(&text("wit/connector.wit"));
        let world_id = resolve.select_world(&[package], Some(world)).unwrap();
        let mut module = dummy_module(&resolve, world_id, ManglingAndAbi::Standard32);
        embed_component_metadata(&mut module, &resolve, world_id, StringEncoding::UTF8).unwrap();
        let wasm = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
        let (status, made) = service.upload(pack_bytes(&wasm, world, &Pack::default())).await;
        assert_eq!(status, 201, "{world}: {made}");
        let account = made["exports"].to_string().contains("account");
        assert_eq!(account, matches!(world, "connector-with-account" | "connector-complete"), "{made}");
    }
}

/// Compiled once against 1.0.0 and never again: if this fails, somebody's connector has stopped working.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_was_built_for_1_0_0_still_loads_and_sends() {
    let service = Service::start().await;
    let frozen = std::fs::read(root().join("tests/contract/frozen-1.0.0.wasm")).unwrap();
    assert_eq!(service.upload(frozen).await.0, 201);
    let (status, made) = service
        .set_up("frozen", serde_json::json!({"component": "frozen", "config": {"api_token": "fake-token-0123456789"}, "activate": true}))
        .await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(service.create(TO).await.1["delivery"]["status"], "accepted");
    assert_eq!(service.provider.requests()[0].header("x-connector"), "marker-a");
}

/// What authors read beside the WIT is made from it: `COUNTERSIGN_REFERENCE=write` makes it anew.
#[test]
fn the_reference_is_what_the_contract_says() {
    use wit_bindgen_core::{Files, wit_parser::Resolve};
    let mut resolve = Resolve::default();
    let package = resolve.push_str("connector.wit", &text("wit/connector.wit")).unwrap();
    let world = resolve.select_world(&[package], Some("connector-complete")).unwrap();
    let mut files = Files::default();
    wit_bindgen_markdown::Opts::default().build().generate(&mut resolve, world, &mut files).unwrap();
    let (_, made) = files.iter().find(|(name, _)| name.ends_with(".md")).unwrap();
    let made =
        format!("<!-- Made from connector.wit by `cargo test`. -->\n\n{}", String::from_utf8(made.to_vec()).unwrap());
    let file = root().join("wit/reference.md");
    if std::env::var("COUNTERSIGN_REFERENCE").as_deref() == Ok("write") {
        std::fs::write(&file, &made).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == made,
        "wit/reference.md is not of this contract: COUNTERSIGN_REFERENCE=write cargo test --test it contract::"
    );
    assert!(made.contains("failure-kind") && made.contains("delivery-reports"));
}
