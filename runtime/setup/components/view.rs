//! A component as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::SetupError;
use super::refused;
use crate::clock::Timestamp;
use crate::connector::check::Examined;
use crate::connector::manifest::{Content, Verified};
use crate::connector::package::Package;
use crate::store::ComponentRow;

/// A component as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComponentView {
    /// Id of its manifest.
    pub id: String,
    /// Version of its manifest.
    pub version: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub digest: String,
    /// Name for people.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// Always `sms` in version 1.0 of the contract.
    pub channel: String,
    /// What it sends: `text`, `template-id` (registered templates only) or `either`.
    #[schema(value_type = String)]
    pub content: Content,
    /// Countries that it serves, ISO 3166-1 alpha-2; none if it serves what its provider serves.
    pub countries: Vec<String>,
    /// What it can do, in the words of `wit/manifest.md`; `delivery-reports` and `account` by what it exports.
    pub features: Vec<String>,
    /// What its author says that it was held against, and when.
    pub verified: Option<Verified>,
    /// Hosts that it asks to reach, as the manifest writes them.
    pub hosts: Vec<String>,
    /// Credentials that it asks to use, as the manifest declares them.
    #[schema(value_type = Object)]
    pub credentials: serde_json::Value,
    /// JSON Schema of its configuration.
    #[schema(value_type = Object)]
    pub config_schema: serde_json::Value,
    /// Interfaces of the contract that it exports.
    pub exports: Vec<String>,
    /// Bytes.
    pub size: u64,
    /// How long it took to compile, in milliseconds.
    pub compile_ms: u64,
    /// How long an instance takes to make, in microseconds.
    pub instantiate_us: u64,
    /// Whether it came with this program.
    pub built_in: bool,
    /// When it came; not there for one that came with this program and was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// What was judged, and with what result.
    pub verdict: Verdict,
}

/// The judgement of an upload.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// Always true of a stored component.
    pub accepted: bool,
    /// What was judged, and would have refused it.
    pub checks: Vec<&'static str>,
    /// What `countersign check` finds without transcripts; in the answer to an upload. It refuses nothing.
    #[serde(flatten)]
    pub tried: Option<Tried>,
}

/// What trying an upload found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tried {
    /// Whether no fault was found.
    pub passed: bool,
    /// All that was looked at.
    #[serde(flatten)]
    pub examined: Examined,
}

const CHECKS: [&str; 5] = [
    "validates as a component",
    "imports the contract only",
    "manifest and schema are sound",
    "compiles within its limits",
    "instantiates",
];

/// A row as the API shows it.
pub fn view(row: &ComponentRow) -> Result<ComponentView, SetupError> {
    let package = Package::from_json(&row.package).map_err(refused)?;
    let shown = described(&package, row.exports.clone());
    Ok(ComponentView {
        // A rebuild of a built-in has a version of its own.
        version: row.version.clone(),
        digest: row.digest.clone(),
        size: row.size,
        compile_ms: row.compile_ms,
        instantiate_us: row.instantiate_us,
        built_in: row.built_in,
        created_at: Some(row.created_at),
        ..shown
    })
}

/// What a package says of itself.
pub(super) fn described(package: &Package, exports: Vec<String>) -> ComponentView {
    let manifest = &package.manifest;
    ComponentView {
        id: manifest.id.clone(),
        version: manifest.version.to_string(),
        digest: String::new(),
        name: manifest.name.clone(),
        summary: manifest.summary.clone(),
        channel: manifest.channel.clone(),
        content: manifest.content,
        countries: manifest.countries.clone(),
        features: manifest.features_with(&exports),
        verified: manifest.verified.clone(),
        hosts: manifest.hosts.clone(),
        credentials: serde_json::to_value(&manifest.credentials).unwrap_or_default(),
        config_schema: package.schema.clone(),
        exports,
        size: 0,
        compile_ms: 0,
        instantiate_us: 0,
        built_in: false,
        created_at: None,
        verdict: Verdict { accepted: true, checks: CHECKS.to_vec(), tried: None },
    }
}
