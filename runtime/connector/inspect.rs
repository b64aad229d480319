//! A look at an upload before anything of it is compiled.
//!
//! The threat: compiling is where a small file can cost minutes and gigabytes, and where the compiler's own faults
//! lie. So what can be refused is refused here, by a parser alone: its size, its shape, proposals that we don't run,
//! and every import outside the contract, by name.

use wasmparser::{ComponentExternalKind, Parser, Payload, Validator, WasmFeatures};

use super::reason::Reason;
use counted::Counted;

mod counted;

/// What an upload may be, before it is compiled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes.
    pub size_max: u64,
    /// Functions of all its modules: JavaScript and Python engines bring tens of thousands; millions are an attack.
    pub functions_max: u64,
    /// Bytes of one function: interpreters' main loops reach hundreds of KiB.
    pub function_bytes_max: usize,
    /// Core modules.
    pub modules_max: u32,
    /// Types, imports, exports, globals and segments of all its modules.
    pub items_max: u64,
    /// Bytes of what the component itself declares, its modules left out: all of WASI takes eighty thousand.
    pub declared_bytes_max: usize,
    /// Instances of components. At each, the declared is compared with the given, so that time grows with the product.
    pub instances_max: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            size_max: 32 << 20,
            functions_max: 100_000,
            function_bytes_max: 2 << 20,
            modules_max: 128,
            items_max: 200_000,
            declared_bytes_max: 256 << 10,
            instances_max: 128,
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Imports, as written.
    pub imports: Vec<String>,
    /// Exports, as written.
    pub exports: Vec<String>,
    /// Whether it imports anything of WASI.
    pub wasi: bool,
}

const CONTRACT: &str = "countersign:connector/";
const IMPORTS: [&str; 4] = ["common", "http", "credentials", "log"];
/// What 1.1 adds: providers that make the code.
const VERIFICATION: &str = "countersign:verification/";
const VERIFICATION_IMPORTS: [&str; 1] = ["types"];
/// Parts of WASI 0.2 that language toolchains pull in: given by the host, or linked to a refusal.
const WASI: [&str; 6] = ["wasi:io/", "wasi:clocks/", "wasi:random/", "wasi:cli/", "wasi:filesystem/", "wasi:sockets/"];

/// Look at an upload.
pub(super) fn inspect(wasm: &[u8], bounds: &Bounds) -> Result<Inspection, Vec<Reason>> {
    let refuse = |code, text: String| Err(vec![Reason::new(code, text)]);
    if wasm.len() as u64 > bounds.size_max {
        return refuse("too-large", format!("it has {} bytes; at most {} are taken", wasm.len(), bounds.size_max));
    }
    if !Parser::is_component(wasm) {
        let hint = if Parser::is_core_wasm(wasm) {
            "it is a core module, not a component; for Rust, link with `wasm-component-ld`, elsewhere use your toolchain's componentizer"
        } else {
            "it is not a WebAssembly component"
        };
        return refuse("not-a-component", hint.to_owned());
    }
    let found = walk(wasm, bounds)?;
    if let Err(error) = Validator::new_with_features(features()).validate_all(wasm) {
        return refuse("invalid", format!("it does not validate: {}", error.message()));
    }
    let reasons: Vec<Reason> =
        found.imports.iter().filter_map(|name| judge_import(name)).chain(judge_exports(&found)).collect();
    if reasons.is_empty() { Ok(found) } else { Err(reasons) }
}

/// What we run: WebAssembly 2.0 with what toolchains emit by default, and the component model without async.
fn features() -> WasmFeatures {
    WasmFeatures::WASM2 | WasmFeatures::EXTENDED_CONST | WasmFeatures::COMPONENT_MODEL
}

fn walk(wasm: &[u8], bounds: &Bounds) -> Result<Inspection, Vec<Reason>> {
    let mut found = Inspection::default();
    let mut counted = Counted::default();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload
            .map_err(|error| vec![Reason::new("invalid", format!("it can't be parsed: {}", error.message()))])?;
        match &payload {
            Payload::ComponentImportSection(imports) if counted.depth == 0 => {
                found.imports.extend(imports.clone().into_iter().flatten().map(|import| import.name.name.to_owned()));
            }
            Payload::ComponentExportSection(exports) if counted.depth == 0 => {
                let exports = exports.clone().into_iter().flatten();
                let instances = exports.filter(|export| export.kind == ComponentExternalKind::Instance);
                found.exports.extend(instances.map(|export| export.name.name.to_owned()));
            }
            _ => {}
        }
        counted.add(&payload);
        if let Some(text) = counted.too_much(bounds) {
            return Err(vec![Reason::new("too-complex", text)]);
        }
    }
    found.wasi = found.imports.iter().any(|name| name.starts_with("wasi:"));
    Ok(found)
}

/// What a component exports, as written; nothing of one that can't be parsed.
pub(super) fn exported(wasm: &[u8]) -> Vec<String> {
    walk(wasm, &Bounds::default()).map(|found| found.exports).unwrap_or_default()
}

/// Interfaces of the contract that a component exports, by their names; nothing of one that can't be parsed.
pub(super) fn interfaces(wasm: &[u8]) -> Vec<String> {
    walk(wasm, &Bounds::default()).map(|found| found.interfaces()).unwrap_or_default()
}

fn judge_import(name: &str) -> Option<Reason> {
    let refuse = |why: &str| Some(Reason::new("import-not-allowed", format!("it imports `{name}`: {why}")));
    let of = |package, interfaces: &'static [&'static str]| Some((name.strip_prefix(package)?, interfaces));
    if let Some((rest, interfaces)) = of(CONTRACT, &IMPORTS).or_else(|| of(VERIFICATION, &VERIFICATION_IMPORTS)) {
        let (interface, version) = rest.split_once('@').unwrap_or((rest, ""));
        return match (interfaces.contains(&interface), version.starts_with("1.")) {
            (true, true) => None,
            (false, _) => refuse("the contract has no such interface to import"),
            (true, false) => refuse("this host serves version 1 of the contract"),
        };
    }
    if name.starts_with("wasi:http/") {
        return refuse("the contract's `http` is the only way out");
    }
    let wasi = WASI.iter().any(|known| name.starts_with(known)) && name.contains("@0.2.");
    if wasi {
        None
    } else {
        refuse(
            "a connector may import the contract's `http`, `credentials` and `log`, and what its toolchain needs of WASI 0.2",
        )
    }
}

fn judge_exports(found: &Inspection) -> Option<Reason> {
    let find = |interface: &str| found.exports.iter().find(|name| name.starts_with(interface));
    match (find("countersign:connector/sms@"), find("countersign:verification/verification@")) {
        (Some(_), Some(_)) => Some(Reason::new(
            "sms-and-verification",
            "it exports both `sms` and `verification`: a connector sends messages, or its provider makes the codes; make two of it",
        )),
        (Some(name), _) | (_, Some(name)) if name.contains("@1.") => None,
        (Some(name), _) | (_, Some(name)) => Some(Reason::new(
            "wrong-contract",
            format!("it exports `{name}`: this host serves version 1 of the contract"),
        )),
        (None, None) => Some(Reason::new(
            "no-sms",
            "it does not export `countersign:connector/sms@1.0.0`, as a connector does that sends, nor \
             `countersign:verification/verification@1.0.0`, as one does whose provider makes the codes",
        )),
    }
}

impl Inspection {
    /// What it exports of the contract, each by its interface's name.
    pub fn interfaces(&self) -> Vec<String> {
        let name = |export: &String| {
            let rest = export.strip_prefix(CONTRACT).or_else(|| export.strip_prefix(VERIFICATION))?;
            Some(rest.split_once('@').map_or(rest, |(interface, _)| interface).to_owned())
        };
        self.exports.iter().filter_map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let wasm = wat::parse_str(text).unwrap();
        inspect(&wasm, &Bounds::default()).unwrap_err().into_iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn what_is_no_component_is_refused_and_told_what_it_is() {
        assert_eq!(inspect(b"hello", &Bounds::default()).unwrap_err()[0].code, "not-a-component");
        let module = inspect(&wat::parse_str("(module)").unwrap(), &Bounds::default()).unwrap_err();
        assert!(module[0].text.contains("core module"), "{module:?}");
    }

    #[test]
    fn an_import_outside_the_contract_is_refused_by_name_and_all_are_named() {
        let text = r#"(component
            (import "evil:host/files@1.0.0" (instance))
            (import "wasi:http/outgoing-handler@0.2.0" (instance))
            (import "countersign:connector/http@2.0.0" (instance))
            (import "countersign:connector/secrets@1.0.0" (instance)))"#;
        let wasm = wat::parse_str(text).unwrap();
        let reasons = inspect(&wasm, &Bounds::default()).unwrap_err();
        for name in [
            "evil:host/files",
            "wasi:http/outgoing-handler",
            "countersign:connector/http@2.0.0",
            "countersign:connector/secrets",
        ] {
            assert!(reasons.iter().any(|reason| reason.text.contains(name)), "{name}");
        }
        assert!(reasons.iter().any(|reason| reason.code == "no-sms"));
    }

    #[test]
    fn what_toolchains_pull_in_is_no_reason_to_refuse() {
        let text = r#"(component (import "wasi:clocks/wall-clock@0.2.6" (instance)) (import "wasi:filesystem/types@0.2.6" (instance)))"#;
        assert_eq!(codes(text), ["no-sms"]);
    }

    #[test]
    fn another_version_of_the_contract_is_named() {
        let text = r#"(component (instance $i) (export "countersign:connector/sms@2.0.0" (instance $i)))"#;
        assert_eq!(codes(text), ["wrong-contract"]);
    }

    #[test]
    fn a_component_sends_or_its_provider_makes_the_codes() {
        let exports = |names: &[&str]| {
            let names: String = names.iter().map(|name| format!("(export \"{name}\" (instance $i))")).collect();
            format!("(component (instance $i) {names})")
        };
        let verification = "countersign:verification/verification@1.0.0";
        let alone = wat::parse_str(exports(&[verification])).unwrap();
        assert_eq!(inspect(&alone, &Bounds::default()).unwrap().interfaces(), ["verification"]);
        assert_eq!(codes(&exports(&[verification, "countersign:connector/sms@1.0.0"])), ["sms-and-verification"]);
        assert_eq!(codes(&exports(&["countersign:verification/verification@2.0.0"])), ["wrong-contract"]);
        let import = r#"(component (import "countersign:verification/verification@1.0.0" (instance)))"#;
        assert_eq!(codes(import), ["import-not-allowed", "no-sms"]);
    }

    #[test]
    fn a_file_over_the_cap_is_not_even_parsed() {
        let bounds = Bounds { size_max: 3, ..Bounds::default() };
        assert_eq!(inspect(b"\0asm", &bounds).unwrap_err()[0].code, "too-large");
    }

    #[test]
    fn a_flood_of_functions_is_refused_before_it_is_compiled() {
        let module = format!("(component (core module (type (func)) {}))", "(func (type 0))".repeat(300));
        let bounds = Bounds { functions_max: 200, ..Bounds::default() };
        assert_eq!(inspect(&wat::parse_str(&module).unwrap(), &bounds).unwrap_err()[0].code, "too-complex");
    }

    #[test]
    fn a_proposal_that_we_do_not_run_does_not_validate() {
        assert_eq!(codes("(component (core module (memory i64 1)))"), ["invalid"]);
        // The engine runs it, for what joins the parts of a component: nothing that was uploaded has it.
        assert_eq!(codes("(component (core module (memory 1) (memory 1)))"), ["invalid"]);
    }
}
