//! A core module made into a component, so that an author needs his language's compiler and nothing else.
//!
//! Compilers without a component toolchain (C, Zig, Go) make a core module that follows the canonical ABI by its import
//! and export names. What those names mean is `wit/`, which is in this binary. A module made for WASI preview 1 gets
//! the adapter that turns it into preview 2; what it does not use of it is dropped.

use std::borrow::Cow;

use anyhow::Context as _;
use wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
use wasmparser::{ExternalKind, Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const WIT: &str = include_str!("../../../wit/connector.wit");
/// How wit-bindgen's generators, and wit-component after them, call the section that names a module's world.
const WORLD_SECTION: &str = "component-type";
const PREVIEW1: &str = "wasi_snapshot_preview1";

/// The component of `wasm`; a component is answered as it is.
pub(super) fn component(wasm: &[u8]) -> anyhow::Result<Cow<'_, [u8]>> {
    if !Parser::is_core_wasm(wasm) {
        return Ok(Cow::Borrowed(wasm));
    }
    let found = Found::read(wasm).context("the module can't be parsed")?;
    let mut module = wasm.to_vec();
    if !found.names_world {
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
}

impl Found {
    fn read(wasm: &[u8]) -> anyhow::Result<Self> {
        let mut found = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CustomSection(custom) => found.names_world |= custom.name().starts_with(WORLD_SECTION),
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        found.wants_wasi |= import?.module == PREVIEW1;
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        let is = |interface: &str| {
                            matches!(export.kind, ExternalKind::Func)
                                && export.name.starts_with(&format!("countersign:connector/{interface}@"))
                        };
                        found.account |= is("account");
                        found.reports |= is("delivery-reports");
                    }
                }
                _ => {}
            }
        }
        Ok(found)
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
