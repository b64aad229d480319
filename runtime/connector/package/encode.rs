//! A core module made into a component, so that an author needs his language's compiler and nothing else.
//!
//! Compilers without a component toolchain (C, Zig, Go) make a core module that follows the canonical ABI by its import
//! and export names. What those names mean is `wit/`, which is in this binary. A module made for WASI preview 1 gets
//! the adapter that turns it into preview 2; what it does not use of it is dropped.

use std::borrow::Cow;

use anyhow::{Context as _, bail};
use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
use wasmparser::{ExternalKind, Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const WIT: &str = include_str!("../../../wit/connector.wit");
/// How wit-bindgen's generators, and wit-component after them, call the section that names a module's world.
const WORLD_SECTION: &str = "component-type";
const PREVIEW1: &str = "wasi_snapshot_preview1";
/// What the names of the contract begin with.
const CONTRACT: &str = "countersign:connector/";
/// What makes a module a connector.
const SEND: &str = "countersign:connector/sms@1.0.0#send";
/// Names that a message lists, of a module that may have thousands.
const LISTED_MAX: usize = 8;

/// The component of `wasm`; a component is answered as it is.
pub(super) fn component(wasm: &[u8]) -> anyhow::Result<Cow<'_, [u8]>> {
    if !Parser::is_core_wasm(wasm) {
        return Ok(Cow::Borrowed(wasm));
    }
    let found = Found::read(wasm).context("the module can't be parsed")?;
    let mut module = wasm.to_vec();
    if !found.names_world {
        found.judge()?;
        let mut resolve = Resolve::default();
        let package = resolve.push_str("connector.wit", WIT).map_err(|error| anyhow::anyhow!("{error:#}"))?;
        let world =
            resolve.select_world(&[package], Some(found.world())).map_err(|error| anyhow::anyhow!("{error:#}"))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    }
    let mut encoder = ComponentEncoder::default().validate(true).module(&module)?;
    if found.wants_wasi {
        encoder = encoder.adapter(PREVIEW1, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?;
    }
    encoder.encode().map(Cow::Owned).context(
        "the module does not follow the contract: what it exports and imports is named in wit/connector.wit, by the \
         names of the canonical ABI",
    )
}

/// What a core module says of itself.
#[derive(Default)]
struct Found {
    names_world: bool,
    wants_wasi: bool,
    account: bool,
    reports: bool,
    /// The functions that it exports.
    exports: Vec<String>,
    /// The functions that it imports from elsewhere than the contract and WASI preview 1.
    strangers: Vec<String>,
}

impl Found {
    fn read(wasm: &[u8]) -> anyhow::Result<Self> {
        let mut found = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CustomSection(custom) => found.names_world |= custom.name().starts_with(WORLD_SECTION),
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        found.wants_wasi |= import.module == PREVIEW1;
                        if import.module != PREVIEW1 && !import.module.starts_with(CONTRACT) {
                            found.strangers.push(format!("{}::{}", import.module, import.name));
                        }
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if !matches!(export.kind, ExternalKind::Func) {
                            continue;
                        }
                        let is = |interface: &str| export.name.starts_with(&format!("{CONTRACT}{interface}@"));
                        found.account |= is("account");
                        found.reports |= is("delivery-reports");
                        found.exports.push(export.name.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Say what is missing or too much in words of the contract, before the encoder says it in its own.
    fn judge(&self) -> anyhow::Result<()> {
        if !self.exports.iter().any(|name| name == SEND) {
            bail!(
                "the module is no connector yet: it does not export `{SEND}`, as every connector does (in C, \
                 `CS_EXPORT_SMS(send)` makes it so); what it exports: {}",
                listed(&self.exports)
            );
        }
        if !self.strangers.is_empty() {
            bail!(
                "the module imports what no host gives: {}; a connector imports `http`, `credentials` and `log` of \
                 wit/connector.wit, and WASI preview 1 where its language needs it. A function that is declared and not \
                 defined is imported as well",
                listed(&self.strangers)
            );
        }
        Ok(())
    }

    /// The world whose exports these are.
    fn world(&self) -> &'static str {
        match (self.account, self.reports) {
            (false, false) => "connector",
            (true, false) => "connector-with-account",
            (false, true) => "connector-with-reports",
            (true, true) => "connector-complete",
        }
    }
}

fn listed(names: &[String]) -> String {
    let mut shown: Vec<String> =
        names.iter().take(LISTED_MAX).map(|name| format!("`{}`", name.escape_debug())).collect();
    if names.len() > LISTED_MAX {
        shown.push(format!("{} more", names.len() - LISTED_MAX));
    }
    if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
}

#[cfg(test)]
mod tests {
    use wit_component::dummy_module;
    use wit_parser::{LiftLowerAbi, ManglingAndAbi};

    use super::*;

    fn refusal(wat: &str) -> String {
        format!("{:#}", component(&wat::parse_str(wat).unwrap()).unwrap_err())
    }

    /// A module of a world that says nothing of it but by its names.
    fn module(world: &str) -> Vec<u8> {
        let mut resolve = Resolve::default();
        let package = resolve.push_str("connector.wit", WIT).unwrap();
        let world = resolve.select_world(&[package], Some(world)).unwrap();
        dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync))
    }

    #[test]
    fn a_module_is_made_a_component_of_the_world_that_its_exports_name() {
        for (world, account, reports) in [
            ("connector", false, false),
            ("connector-with-account", true, false),
            ("connector-with-reports", false, true),
            ("connector-complete", true, true),
        ] {
            let module = module(world);
            assert_eq!(Found::read(&module).unwrap().world(), world);
            let component = component(&module).unwrap();
            assert!(Parser::is_component(&component), "{world}");
            let has = |name: &str| component.windows(name.len()).any(|found| found == name.as_bytes());
            assert_eq!(has("countersign:connector/account@1.0.0"), account, "{world}");
            assert_eq!(has("countersign:connector/delivery-reports@1.0.0"), reports, "{world}");
        }
    }

    #[test]
    fn a_module_without_the_export_that_every_connector_has_is_told_its_name_and_what_it_exports() {
        let told = refusal(r#"(module (func (export "run")) (memory (export "memory") 1))"#);
        assert!(told.contains("`countersign:connector/sms@1.0.0#send`") && told.ends_with(": `run`"), "{told}");
        assert!(!told.contains("memory"), "{told}");
        assert!(refusal("(module)").ends_with(": nothing"));
        let other = refusal(r#"(module (func (export "countersign:connector/sms@1.0.1#send")))"#);
        assert!(other.ends_with(": `countersign:connector/sms@1.0.1#send`"), "{other}");
    }

    #[test]
    fn an_import_that_no_host_gives_is_named() {
        let sends = r#"(func (export "countersign:connector/sms@1.0.0#send"))"#;
        let told = refusal(&format!(r#"(module (import "env" "curl" (func)) {sends})"#));
        assert!(told.contains("`env::curl`") && told.contains("declared and not defined"), "{told}");
        let many: String = (0..20).map(|n| format!(r#"(import "env" "f{n}" (func))"#)).collect();
        let told = refusal(&format!("(module {many} {sends})"));
        assert!(told.contains("12 more") && !told.contains("f8"), "{told}");
    }
}
