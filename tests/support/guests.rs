//! The guests of `tests/guests`: built once a run by one nested cargo, packed as the test needs them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::json;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Names of all guests: the folders, so that none is forgotten.
pub fn names() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("tests/guests")).unwrap();
    let mut names: Vec<String> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn built() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = root().join("target/guest");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).args([
            "build",
            "--quiet",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "guest",
            "--target-dir",
        ]);
        cargo.arg(&target);
        for name in names() {
            cargo.args(["-p", &name]);
        }
        for inherited in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
            cargo.env_remove(inherited);
        }
        // The same flags as build.rs, or each would build the other's dependencies anew.
        let home = std::env::var("CARGO_HOME")
            .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default()));
        let flags = format!(
            "--remap-path-prefix={}=/countersign --remap-path-prefix={home}=/cargo -Clink-arg=-zstack-size=131072",
            root().display()
        );
        assert!(cargo.env("RUSTFLAGS", flags).status().unwrap().success(), "the guests can't be built");
        target.join("wasm32-unknown-unknown/guest")
    })
}

/// A guest as its toolchain made it.
pub fn unpacked(name: &str) -> Vec<u8> {
    std::fs::read(built().join(format!("{}.wasm", name.replace('-', "_")))).unwrap()
}

/// How a guest is packed.
pub struct Pack<'a> {
    pub id: &'a str,
    pub version: &'a str,
    pub hosts: &'a [&'a str],
    pub more: &'a str,
    pub schema: serde_json::Value,
    pub readme: &'a str,
    pub contract: &'a str,
}

impl Default for Pack<'_> {
    fn default() -> Self {
        Self {
            id: "",
            version: "1.0.0",
            hosts: &["api.example.com"],
            more: "",
            schema: json!({"type": "object", "examples": [{}]}),
            readme: "# A guest",
            contract: "1.0.0",
        }
    }
}

/// Put a manifest into a component.
pub fn pack_bytes(wasm: &[u8], name: &str, pack: &Pack<'_>) -> Vec<u8> {
    let id = if pack.id.is_empty() { name } else { pack.id };
    let manifest = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"{}\"\ncontract = \"{}\"\nchannel = \"sms\"\nsummary = \"a guest of the tests\"\nhosts = {}\n{}",
        pack.version,
        pack.contract,
        json!(pack.hosts),
        pack.more
    );
    let files =
        json!({"connector.toml": manifest, "config.schema.json": pack.schema.to_string(), "README.md": pack.readme});
    countersign::connector::package::section::append(wasm, files.to_string().as_bytes())
}

/// A guest, packed.
pub fn packed(name: &str, pack: &Pack<'_>) -> Vec<u8> {
    pack_bytes(&unpacked(name), name, pack)
}

/// `marker-a` or `marker-b`, with the credential that they name; under one id, so that one can follow the other.
pub fn marker(name: &str) -> Vec<u8> {
    let more = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/send\"]\n";
    let schema = json!({
        "type": "object",
        "properties": {"api_token": {"type": "string", "minLength": 8, "writeOnly": true}, "note": {"type": "string"}},
        "required": ["api_token"], "additionalProperties": false,
        "examples": [{"api_token": "fake-token-0123456789"}],
    });
    packed(name, &Pack { more, schema, ..Pack::default() })
}
