//! What an author's folder puts into a component: `connector.toml`, `config.schema.json`, `README.md`, `logo.svg`, and
//! `provider.toml` of a connector without code, as one custom section at the outermost level. So a component can be
//! read, listed and judged without being run.

mod build;
mod encode;
pub mod provider;
pub mod section;

use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::{Map, Value};
use wasmparser::{Parser, Payload};

use super::digest::Digest;
use super::manifest::{self, Manifest};
use super::reason::Reason;
use super::schema;

pub use build::{Build, Profile, build_dir};

/// The files of a package, by name.
const FILES: [(&str, usize, bool); 5] = [
    ("connector.toml", 64 << 10, true),
    ("config.schema.json", 64 << 10, true),
    ("README.md", 256 << 10, true),
    ("logo.svg", 32 << 10, false),
    (provider::FILE, 64 << 10, false),
];

/// The section that holds them, as JSON. Read into memory many times its size, so it is bounded before it is read.
const SECTION_BYTES_MAX: usize = 1 << 20;

/// A package, read.
#[derive(Clone, Debug)]
pub struct Package {
    /// `connector.toml`.
    pub manifest: Manifest,
    /// `config.schema.json`.
    pub schema: Value,
    /// `README.md`.
    pub readme: String,
    /// `logo.svg`.
    pub logo: Option<String>,
    /// `provider.toml`, of a connector without code. Its author's words, as the README is: what runs is the component.
    pub provider: Option<String>,
    files: Map<String, Value>,
}

impl Package {
    /// The package of a component.
    pub fn extract(wasm: &[u8]) -> Result<Self, Vec<Reason>> {
        let refuse = |code, text: &str| Err(vec![Reason::new(code, text)]);
        let mut found: Option<&[u8]> = None;
        let mut depth = 0u32;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload {
                Ok(Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => depth += 1,
                Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
                Ok(Payload::CustomSection(custom)) if custom.name() == section::NAME => {
                    if depth > 0 || found.is_some() {
                        return refuse(
                            "package",
                            "it has a second manifest, or one that is not at its outermost level",
                        );
                    }
                    found = Some(custom.data());
                }
                Ok(_) => {}
                Err(_) => return refuse("package", "it can't be parsed"),
            }
        }
        let Some(bytes) = found else {
            return refuse(
                "not-packed",
                "it has no manifest: pack it with `countersign pack DIR --wasm FILE -o OUT`, which puts the folder's connector.toml, schema, README and logo into it",
            );
        };
        if bytes.len() > SECTION_BYTES_MAX {
            return refuse("package", "its manifest section has more than 1 MiB");
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(files)) => Self::read(files),
            _ => refuse("package", "its manifest section is not a JSON object of files"),
        }
    }

    /// How many bytes of a component its package takes.
    pub fn bytes_in(wasm: &[u8]) -> usize {
        let sections = Parser::new(0).parse_all(wasm).filter_map(Result::ok);
        let packages = sections.filter_map(|payload| match payload {
            Payload::CustomSection(custom) if custom.name() == section::NAME => Some(custom.range().len()),
            _ => None,
        });
        packages.sum()
    }

    /// As the store keeps it.
    pub fn from_json(files: &Value) -> Result<Self, Vec<Reason>> {
        Self::read(files.as_object().cloned().unwrap_or_default())
    }

    /// For the store.
    pub fn to_json(&self) -> Value {
        Value::Object(self.files.clone())
    }

    /// The package of an author's folder.
    pub fn read_dir(dir: &Path) -> Result<Self, Vec<Reason>> {
        let mut files = Map::new();
        for (name, _, _) in FILES {
            match std::fs::read(dir.join(name)) {
                Ok(bytes) => {
                    let text = String::from_utf8(bytes)
                        .map_err(|_| vec![Reason::new("package", format!("{name} is not UTF-8"))])?;
                    files.insert(name.to_owned(), Value::String(text));
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(vec![Reason::new("package", format!("{name} can't be read: {error}"))]),
            }
        }
        Self::read(files)
    }

    fn read(files: Map<String, Value>) -> Result<Self, Vec<Reason>> {
        let mut reasons = Vec::new();
        for (name, bytes_max, required) in FILES {
            match files.get(name).and_then(Value::as_str) {
                None if required => reasons.push(Reason::new("package", format!("{name} is missing"))),
                Some(text) if text.len() > bytes_max => {
                    reasons.push(Reason::new("package", format!("{name} has more than {bytes_max} bytes")))
                }
                _ => {}
            }
        }
        let known = |name: &String| FILES.iter().any(|(known, ..)| known == name);
        if let Some(unknown) = files.keys().find(|name| !known(name)) {
            let shown: String = unknown.chars().filter(|c| c.is_ascii_graphic()).take(64).collect();
            reasons.push(Reason::new("package", format!("it has a file `{shown}`, which no package has")));
        }
        if !reasons.is_empty() {
            return Err(reasons);
        }
        let text = |name: &str| files.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let manifest = manifest::parse(&text("connector.toml")).map_err(|reason| vec![reason])?;
        let schema = schema::parse(&text("config.schema.json")).map_err(|reason| vec![reason])?;
        let optional = |name: &str| files.get(name).and_then(Value::as_str).map(str::to_owned);
        let (logo, provider) = (optional("logo.svg"), optional(provider::FILE));
        Ok(Self { manifest, schema, readme: text("README.md"), logo, provider, files })
    }

    /// Everything wrong with it, all at once.
    pub fn lint(&self) -> Vec<Reason> {
        let mut reasons = manifest::lint(&self.manifest, &self.schema);
        reasons.extend(schema::lint(&self.schema));
        reasons.extend(self.logo.as_deref().and_then(manifest::lint_logo));
        reasons
    }

    /// The same under the version of one build, `1.2.0+dev.1a2b3c4d`: a released `id@version` never changes.
    pub fn as_build(&self, digest: &Digest) -> anyhow::Result<Self> {
        #[derive(serde::Deserialize)]
        struct Versioned {
            version: toml::Spanned<String>,
        }
        let mut text = self.files.get("connector.toml").and_then(Value::as_str).unwrap_or_default().to_owned();
        let span = toml::from_str::<Versioned>(&text).context("connector.toml")?.version.span();
        let mut version = self.manifest.version.clone();
        let short: String = digest.to_string().chars().take(8).collect();
        version.build = semver::BuildMetadata::new(&format!("dev.{short}"))?;
        text.replace_range(span, &toml::Value::from(version.to_string()).to_string());
        let mut files = self.files.clone();
        files.insert("connector.toml".to_owned(), Value::String(text));
        Self::read(files).map_err(|reasons| anyhow::anyhow!("{reasons:?}"))
    }

    /// The component with this package in it. It has none yet: of two, the host takes neither.
    pub fn embed(&self, wasm: &[u8]) -> Vec<u8> {
        section::append(wasm, Value::Object(self.files.clone()).to_string().as_bytes())
    }
}

/// Interfaces of the contract that a component exports, by their short names; found without compiling it.
pub fn exports(wasm: &[u8]) -> Vec<String> {
    super::inspect::interfaces(wasm)
}

/// Put a folder's files into what its toolchain made: a component, or a core module, which becomes one.
pub fn pack(dir: &Path, wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    if dir.join(provider::FILE).is_file() {
        // It would say of this component what it does not do.
        bail!("`{}` has a {}, which is the connector: use `countersign build`", dir.display(), provider::FILE);
    }
    pack_made(dir, wasm)
}

/// Put a folder's files into what its build made.
fn pack_made(dir: &Path, wasm: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (package, component) = ready(dir, wasm)?;
    Ok(package.embed(&component))
}

/// The same, as one build of many ([`Package::as_build`]).
pub fn pack_build(dir: &Path, wasm: &[u8]) -> anyhow::Result<(Package, Vec<u8>)> {
    let (package, component) = ready(dir, wasm)?;
    let build = package.as_build(&Digest::of(&package.embed(&component)))?;
    let packed = build.embed(&component);
    Ok((build, packed))
}

/// A folder's package, and a component to put it into.
fn ready(dir: &Path, wasm: &[u8]) -> anyhow::Result<(Package, Vec<u8>)> {
    let package = Package::read_dir(dir).map_err(|reasons| explain(dir, &reasons))?;
    let reasons = package.lint();
    if !reasons.is_empty() {
        return Err(explain(dir, &reasons));
    }
    let component = encode::component(wasm)?;
    if Package::extract(&component).is_ok() {
        bail!("the component is packed already: pack the one that your toolchain made");
    }
    Ok((package, component.into_owned()))
}

fn explain(dir: &Path, reasons: &[Reason]) -> anyhow::Error {
    let lines: Vec<String> = reasons.iter().map(|reason| format!("  {reason}")).collect();
    anyhow::anyhow!("`{}` can't be packed:\n{}", dir.display(), lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    fn files() -> Map<String, Value> {
        let text = |t: &str| Value::String(t.to_owned());
        let manifest = "id = \"x\"\nname = \"X\"\nversion = \"1.0.0\"\ncontract = \"1.0.0\"\nchannel = \"sms\"\nsummary = \"s\"\nhosts = []\n";
        let schema =
            r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "examples": [{}]}"#;
        [("connector.toml", text(manifest)), ("config.schema.json", text(schema)), ("README.md", text("# X"))]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    fn code(result: Result<Package, Vec<Reason>>) -> &'static str {
        result.unwrap_err()[0].code
    }

    #[test]
    fn what_was_embedded_is_extracted() {
        let package = Package::read(files()).unwrap();
        let again = Package::extract(&package.embed(COMPONENT)).unwrap();
        assert_eq!((again.manifest.id.as_str(), again.readme.as_str()), ("x", "# X"));
        assert!(again.lint().is_empty(), "{:?}", again.lint());
    }

    #[test]
    fn a_build_has_a_version_of_its_own_and_the_rest_stays() {
        let package = Package::read(files()).unwrap();
        let build = package.as_build(&Digest::of(b"x")).unwrap();
        let (before, after) = (package.to_json()["connector.toml"].clone(), build.to_json()["connector.toml"].clone());
        let version = build.manifest.version.to_string();
        assert!(version.starts_with("1.0.0+dev.") && version.len() == "1.0.0+dev.".len() + 8, "{version}");
        assert_eq!(after.as_str().unwrap().replace(&version, "1.0.0"), before.as_str().unwrap());
        assert!(build.lint().is_empty());
    }

    #[test]
    fn an_unpacked_component_is_told_how_to_be_packed() {
        let reasons = Package::extract(COMPONENT).unwrap_err();
        assert!(reasons[0].code == "not-packed" && reasons[0].text.contains("countersign pack"));
    }

    #[test]
    fn a_second_manifest_is_refused() {
        let once = Package::read(files()).unwrap().embed(COMPONENT);
        let twice = section::append(&once, b"{}");
        assert_eq!(code(Package::extract(&twice)), "package");
    }

    #[test]
    fn a_missing_file_is_named() {
        let mut without = files();
        without.remove("README.md");
        assert!(Package::read(without).unwrap_err()[0].text.contains("README.md"));
    }
}
