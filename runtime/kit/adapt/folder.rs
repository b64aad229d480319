//! The adapted folder: everything that an operator reads and that `countersign check` needs, and the packed component.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use super::derived::Derived;
use super::described::Described;
use super::npm::Source;
use super::provider::Provider;
use super::{form, logo, manifest, npm, readme, transcripts};
use crate::connector::package;
use crate::kit::embedded;

/// What stands in for Node and for the package's libraries.
const ADAPTER: &str = "runtime/kit/adapt/logto/";
const CONTRACT: &str = "wit/connector.wit";
/// Only what makes a folder's component anew from `connector.js`.
const BUILD: &str = r#"#!/bin/sh
# Makes component.wasm anew from connector.js; nothing to do where it is newer.
set -eu
if [ component.wasm -nt connector.js ]; then exit 0; fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node node_modules/componentize-qjs/cli.mjs --wit wit --world connector --js connector.js --sync --stub-wasi --output component.wasm
"#;

/// A folder to be.
pub(super) struct New<'a> {
    pub id: &'a str,
    pub dir: &'a Path,
    pub source: &'a Source,
    pub described: &'a Described,
    pub derived: &'a Derived,
    pub provider: &'a Provider,
}

/// Write the adapter's own files into a folder.
pub(super) fn unpack(to: &Path) -> anyhow::Result<()> {
    for (path, bytes) in embedded() {
        if let Some(name) = path.strip_prefix(ADAPTER) {
            write(&to.join(name), bytes)?;
        }
    }
    // The description needs a plan to import, and has none.
    let plan = r#"{"secrets": [], "credentials": [], "templates": null, "sender": null}"#;
    write(&to.join("plan.json"), plan.as_bytes())
}

impl New<'_> {
    /// Write, build and pack it; answers where the component is.
    pub(super) fn make(&self, adapter: &Path, plan: &Value) -> anyhow::Result<PathBuf> {
        write(&adapter.join("plan.json"), serde_json::to_string_pretty(plan)?.as_bytes())?;
        self.write_all()?;
        let contract = embedded().iter().find(|(path, _)| *path == CONTRACT).context("this binary has no contract")?;
        write(&self.dir.join(CONTRACT), contract.1)?;
        let bundle = self.dir.join("connector.js");
        npm::bundle(self.source, adapter, "connector", &std::path::absolute(&bundle)?)?;
        let component = self.dir.join("component.wasm");
        npm::componentize(self.source, &self.dir.join("wit"), &bundle, &component)?;
        let wasm = std::fs::read(&component).with_context(|| format!("can't read `{}`", component.display()))?;
        let out = self.dir.join(format!("{}.wasm", self.id));
        write(&out, &package::pack(self.dir, &wasm)?)?;
        Ok(out)
    }

    fn write_all(&self) -> anyhow::Result<()> {
        let Self { id, source, described, derived, provider, .. } = self;
        let name = manifest::name(&described.metadata);
        let schema = form::schema(described, derived, &name);
        let put = |file: &str, text: String| write(&self.dir.join(file), text.as_bytes());
        put("connector.toml", manifest::of(id, source, described, derived, provider))?;
        put("config.schema.json", serde_json::to_string_pretty(&schema)? + "\n")?;
        let licence = self.licence();
        let own = described.metadata.readme.as_deref().and_then(|file| self.file(file));
        put("README.md", readme::of(source, described, derived, licence.as_deref(), own.as_deref()))?;
        let svg = described.metadata.logo.as_deref().and_then(|file| self.file(file));
        put("logo.svg", logo::of(svg.as_deref(), &name))?;
        put("build.sh", BUILD.to_owned())?;
        if let Some(text) = self.file("LICENSE") {
            put("LICENSE", text)?;
        }
        for (file, transcript) in transcripts::of(described, derived, provider) {
            put(&format!("transcripts/{file}"), serde_json::to_string_pretty(&transcript)? + "\n")?;
        }
        self.write_lock()
    }

    /// What was bundled, to the byte: npm's own lock, or the tools' where the package was in a folder already.
    fn write_lock(&self) -> anyhow::Result<()> {
        for file in ["package.json", "package-lock.json"] {
            let installed = std::fs::read(self.source.tools.join(file)).ok();
            let own = embedded()
                .iter()
                .find(|(path, _)| path.strip_prefix(ADAPTER) == Some(file))
                .map(|(_, bytes)| bytes.to_vec());
            if let Some(bytes) = installed.or(own) {
                write(&self.dir.join(file), &bytes)?;
            }
        }
        Ok(())
    }

    /// A text file of the package, by a path inside it.
    fn file(&self, name: &str) -> Option<String> {
        let root = self.source.folder.canonicalize().ok()?;
        let path = root.join(name.trim_start_matches("./")).canonicalize().ok()?;
        path.starts_with(&root).then(|| std::fs::read_to_string(path).ok()).flatten()
    }

    fn licence(&self) -> Option<String> {
        let json: Value = serde_json::from_str(&self.file("package.json")?).ok()?;
        json.get("license")?.as_str().map(str::to_owned)
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent).with_context(|| format!("can't make `{}`", parent.display()))?;
    std::fs::write(path, bytes).with_context(|| format!("can't write `{}`", path.display()))
}
