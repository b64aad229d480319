//! With what configuration the new code runs.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::connector::package::Package;

/// The author's own configuration, with secrets of his own.
const FILE: &str = "dev.json";

/// Where a configuration is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `dev.json`
    File,
    /// The schema's first example.
    Example,
}

/// The configuration: `dev.json`, if there is one, or else what the schema gives as an example.
pub(super) fn read(dir: &Path, package: &Package) -> anyhow::Result<(Value, Source)> {
    let path = dir.join(FILE);
    if !path.exists() {
        let example = package.schema.pointer("/examples/0").cloned();
        return Ok((example.context("config.schema.json has no `examples`")?, Source::Example));
    }
    let bytes = std::fs::read(&path).with_context(|| format!("can't read `{FILE}`"))?;
    // Says where the fault is and quotes nothing.
    match crate::json::strict(&bytes) {
        Ok(config) if config.is_object() => Ok((config, Source::File)),
        Ok(_) => bail!("`{FILE}` is not a JSON object of the form's fields"),
        Err(fault) => bail!("`{FILE}`: {} {}", fault.pointer, fault.text),
    }
}

/// The secrets in a configuration.
pub(super) fn secrets(config: &Value, package: &Package) -> Vec<String> {
    let fields = package.manifest.secrets.iter().filter_map(|field| config.get(field)?.as_str());
    fields.map(str::to_owned).collect()
}

/// A line for an author whose `dev.json` would be committed with the rest.
pub(super) fn warning(dir: &Path) -> Option<String> {
    let risky = dir.join(FILE).exists() && !is_ignored(dir);
    risky.then(|| format!("`{FILE}` may hold secrets, and git does not ignore it: add `/{FILE}` to .gitignore"))
}

fn is_ignored(dir: &Path) -> bool {
    let mut git = Command::new("git");
    git.args(["check-ignore", "-q", FILE]).current_dir(dir).stdin(Stdio::null());
    match git.stdout(Stdio::null()).stderr(Stdio::null()).status().ok().and_then(|status| status.code()) {
        Some(0) => true,
        Some(1) => false,
        // No repository yet, or no git: what the file says will hold then.
        _ => {
            let lines = std::fs::read_to_string(dir.join(".gitignore")).unwrap_or_default();
            lines.lines().any(|line| line.trim().trim_start_matches('/') == FILE)
        }
    }
}
