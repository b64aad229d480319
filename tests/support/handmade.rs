//! Guests that no crate can express: a core module in text, made a component by the encoder that toolchains use.

use std::collections::BTreeSet;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::guests::root;

/// Names of the files in `tests/handmade`, so that none is forgotten.
pub fn names() -> Vec<String> {
    let files = std::fs::read_dir(root().join("tests/handmade")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(".wat").map(str::to_owned)).collect();
    names.sort();
    names
}

/// The guest of that file.
pub fn named(name: &str) -> Vec<u8> {
    component(&std::fs::read_to_string(root().join(format!("tests/handmade/{name}.wat"))).unwrap())
}

/// A component of a core module that exports `send` and imports what it likes of the contract and of WASI.
pub fn component(module: &str) -> Vec<u8> {
    component_with("", module)
}

/// The same, with more packages that it may import from.
pub fn component_with(packages: &str, module: &str) -> Vec<u8> {
    let wit = std::fs::read_to_string(root().join("wit/connector.wit")).unwrap();
    let wasi = std::fs::read_to_string(root().join("tests/handmade/wasi.wit")).unwrap();
    let mut world = String::from("package test:ring;\nworld guest {\nexport countersign:connector/sms@1.0.0;\n");
    for name in imported(module) {
        match name.strip_prefix("[export]") {
            Some(export) => world.push_str(&format!("export {export};\n")),
            None => world.push_str(&format!("import {name};\n")),
        }
    }
    world.push_str("}\n");
    world.push_str(&wasi);
    world.push_str(packages);
    let mut resolve = Resolve::default();
    resolve.push_str("connector.wit", &wit).unwrap();
    let package = resolve.push_str("guest.wit", &world).unwrap();
    let world = resolve.select_world(&[package], Some("guest")).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

fn imported(module: &str) -> BTreeSet<String> {
    let names = module.split("(import \"").skip(1).filter_map(|rest| rest.split_once('"'));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// A component with more sections after its own: `more` is told how many core modules, core types, types, core
/// instances and instances there are already.
pub fn with_more(component: &[u8], more: impl FnOnce(&Counted, &mut wasm_encoder::Component)) -> Vec<u8> {
    let mut appended = wasm_encoder::Component::new();
    more(&Counted::of(component), &mut appended);
    let mut whole = component.to_vec();
    // Without the eight bytes that every component begins with.
    whole.extend_from_slice(&appended.finish()[8..]);
    whole
}

/// What a component has at its outermost level.
#[derive(Debug, Default)]
pub struct Counted {
    pub modules: u32,
    pub types: u32,
    pub components: u32,
    pub instances: u32,
}

impl Counted {
    fn of(component: &[u8]) -> Self {
        use wasmparser::Payload;
        let mut counted = Self::default();
        let mut depth = 0;
        for payload in wasmparser::Parser::new(0).parse_all(component) {
            let payload = payload.unwrap();
            match &payload {
                Payload::ModuleSection { .. } if depth == 0 => counted.modules += 1,
                Payload::ComponentSection { .. } if depth == 0 => counted.components += 1,
                Payload::ComponentTypeSection(section) if depth == 0 => counted.types += section.count(),
                Payload::ComponentInstanceSection(section) if depth == 0 => counted.instances += section.count(),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section.clone() {
                        match import.unwrap().ty {
                            wasmparser::ComponentTypeRef::Instance(_) => counted.instances += 1,
                            wasmparser::ComponentTypeRef::Type(_) => counted.types += 1,
                            _ => {}
                        }
                    }
                }
                Payload::ComponentAliasSection(section) if depth == 0 => {
                    for alias in section.clone() {
                        use wasmparser::{ComponentAlias, ComponentExternalKind as Kind};
                        if let ComponentAlias::InstanceExport { kind: Kind::Type, .. } = alias.unwrap() {
                            counted.types += 1;
                        }
                    }
                }
                // An exported item is a new one of its kind.
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section.clone() {
                        match export.unwrap().kind {
                            wasmparser::ComponentExternalKind::Instance => counted.instances += 1,
                            wasmparser::ComponentExternalKind::Type => counted.types += 1,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                _ => {}
            }
        }
        counted
    }
}
