//! The registry of components: judged and compiled before anything is stored, then immutable.

use std::time::Instant;

use bytes::Bytes;
use semver::{BuildMetadata, Version};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PutConnector, Setup, SetupError};
use crate::builtin;
use crate::clock::Timestamp;
use crate::connector::check::Examined;
use crate::connector::digest::Digest;
use crate::connector::loader::LoadFailure;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::connector::sandbox::Judged;
use crate::store::{ComponentRow, Inserted, NewComponent};

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
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
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

/// What an upload came to.
pub struct Uploaded {
    /// The component.
    pub component: ComponentView,
    /// Whether it was new.
    pub new: bool,
}

/// What `--watch` did with a file.
pub struct Loaded {
    /// Id and version that it was registered as.
    pub component: String,
    /// Connectors that now serve it.
    pub connectors: Vec<String>,
}

const CHECKS: [&str; 5] = [
    "validates as a component",
    "imports the contract only",
    "manifest and schema are sound",
    "compiles within its limits",
    "instantiates",
];

impl Setup {
    /// Judge, compile and store a component. Nothing is stored on failure.
    pub async fn upload(&self, wasm: Bytes) -> Result<Uploaded, SetupError> {
        let Judged { package, digest, .. } = self.sandbox.judge(wasm.clone()).await.map_err(refused)?;
        if builtin::is_reserved(&package.manifest.id) {
            let text = format!("`{}` is the id of a built-in component; choose another", package.manifest.id);
            return Err(refused(vec![Reason::at("reserved-id", "/id", &text)]));
        }
        let mut uploaded = self.admit(package.clone(), digest, wasm.clone(), false).await?;
        let component = &mut uploaded.component;
        let examined = self.examined(&package, digest, &wasm, component.compile_ms).await;
        component.verdict.tried = examined.map(|examined| Tried { passed: examined.passed(), examined });
        Ok(uploaded)
    }

    /// Put the components that came with this program into the store, where they are missing. The same id and version
    /// with other bytes (a developer's rebuild) becomes `version+build.<digest8>`; connectors stay pinned.
    pub async fn install_built_ins(&self) -> Result<(), SetupError> {
        for (_, wasm) in builtin::all() {
            let digest = Digest::of(wasm);
            if self.store.component_by_digest(&digest.to_string()).await?.is_some() {
                continue;
            }
            let judged = self.sandbox.judge(Bytes::from_static(wasm)).await.map_err(refused)?;
            let mut package = judged.package;
            let version = package.manifest.version.to_string();
            if self.store.component(&package.manifest.id, Some(&version)).await?.is_some() {
                package.manifest.version = tagged(&package.manifest.version, "build", &digest);
            }
            // Not compiled here: that happens in the background or with the first send, so that a start is quick.
            let measured = Measured { exports: judged.exports, ..Measured::default() };
            self.insert(&package, wasm.to_vec(), &digest, measured, true).await?;
        }
        Ok(())
    }

    /// Load a component that a development folder holds, and let every development connector of its id serve it.
    pub async fn load_watched(&self, wasm: Bytes) -> Result<Loaded, SetupError> {
        let Judged { mut package, digest, .. } = self.sandbox.judge(wasm.clone()).await.map_err(refused)?;
        package.manifest.version = tagged(&package.manifest.version, "dev", &digest);
        let component = format!("{}@{}", package.manifest.id, package.manifest.version);
        let id = package.manifest.id.clone();
        self.admit(package, digest, wasm, false).await?;
        let mut connectors = Vec::new();
        for environment in self.store.environments().await? {
            if !environment.is_development() {
                continue;
            }
            for row in self.store.connectors(&environment.name).await? {
                if row.component_id.as_deref() == Some(id.as_str()) {
                    self.rebase(&environment.name, &row.name, &component).await?;
                    connectors.push(format!("{}/{}", environment.name, row.name));
                }
            }
        }
        Ok(Loaded { component, connectors })
    }

    /// A new revision of a connector: the same set-up on another component. The author who watches a folder is the
    /// operator of this development environment: what the new build asks for is granted.
    async fn rebase(&self, environment: &str, name: &str, component: &str) -> Result<(), SetupError> {
        let current = self.connector(environment, name).await?;
        let put = PutConnector {
            component: component.to_owned(),
            config: current.config,
            templates: current.templates,
            senders: current.senders,
            grant_all: true,
            ..PutConnector::default()
        };
        self.put_connector(environment, name, put).await.map(|_| ())
    }

    /// Every component, newest version of each first.
    pub async fn components(&self) -> Result<Vec<ComponentView>, SetupError> {
        self.store.components().await?.iter().map(view).collect()
    }

    /// Delete a component that no connector uses.
    pub async fn delete_component(&self, id: &str, version: &str) -> Result<(), SetupError> {
        let row = self.component_row(id, Some(version)).await?;
        let users = self.store.delete_component(&row.digest).await?;
        if users.is_empty() {
            Ok(())
        } else {
            Err(SetupError::InUse { what: format!("component `{id}@{version}`"), by: users })
        }
    }

    /// One component; its newest version unless one is named.
    pub async fn component_row(&self, id: &str, version: Option<&str>) -> Result<ComponentRow, SetupError> {
        let name = version.map_or_else(|| id.to_owned(), |version| format!("{id}@{version}"));
        self.store.component(id, version).await?.ok_or_else(|| SetupError::not_found("component", name))
    }

    async fn admit(
        &self,
        package: Package,
        digest: Digest,
        wasm: Bytes,
        built_in: bool,
    ) -> Result<Uploaded, SetupError> {
        if let Some(row) = self.store.component_by_digest(&digest.to_string()).await? {
            return Ok(Uploaded { component: view(&row)?, new: false });
        }
        let (id, version) = (package.manifest.id.clone(), package.manifest.version.to_string());
        if let Some(taken) = self.store.component(&id, Some(&version)).await? {
            // Said before it is compiled, which is what costs.
            return Err(SetupError::VersionTaken { id, version, digest: taken.digest });
        }
        let started = Instant::now();
        let code = self.sandbox.load_known(digest, &wasm).await.map_err(|error| match error.as_reason() {
            Some(reason) => refused(vec![reason]),
            None => SetupError::Load(LoadFailure::Load(error)),
        })?;
        let compile_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let exports = code.exports().iter().map(|export| export.as_str().to_owned()).collect();
        let measured = Measured { exports, compile_ms, instantiate_us: code.instantiate_us() };
        self.insert(&package, wasm.to_vec(), &digest, measured, built_in).await
    }

    async fn insert(
        &self,
        package: &Package,
        wasm: Vec<u8>,
        digest: &Digest,
        measured: Measured,
        built_in: bool,
    ) -> Result<Uploaded, SetupError> {
        let component = NewComponent {
            id: package.manifest.id.clone(),
            version: package.manifest.version.to_string(),
            digest: digest.to_string(),
            package: package.to_json(),
            size: wasm.len() as u64,
            compile_ms: measured.compile_ms,
            instantiate_us: measured.instantiate_us,
            exports: measured.exports,
            built_in,
            created_at: self.clock.now(),
        };
        let (id, version) = (component.id.clone(), component.version.clone());
        match self.store.insert_component(component, wasm).await? {
            Inserted::New => {}
            Inserted::Same => {}
            Inserted::Conflict { digest } => return Err(SetupError::VersionTaken { id, version, digest }),
        }
        let row = self.component_row(&id, Some(&version)).await?;
        Ok(Uploaded { component: view(&row)?, new: true })
    }
}

/// What compiling told.
#[derive(Default)]
struct Measured {
    exports: Vec<String>,
    compile_ms: u64,
    instantiate_us: u64,
}

fn refused(reasons: Vec<Reason>) -> SetupError {
    SetupError::Refused { what: "the component", reasons }
}

/// `1.2.0` → `1.2.0+dev.1a2b3c4d`.
fn tagged(version: &Version, tag: &str, digest: &Digest) -> Version {
    let short: String = digest.to_string().chars().take(8).collect();
    let mut tagged = version.clone();
    // `tag.hex` is always valid build metadata; should that ever change, the plain version conflicts and says so.
    tagged.build = BuildMetadata::new(&format!("{tag}.{short}")).unwrap_or(BuildMetadata::EMPTY);
    tagged
}

/// A row as the API shows it.
pub fn view(row: &ComponentRow) -> Result<ComponentView, SetupError> {
    let package = Package::from_json(&row.package).map_err(refused)?;
    let manifest = &package.manifest;
    Ok(ComponentView {
        id: row.id.clone(),
        version: row.version.clone(),
        digest: row.digest.clone(),
        name: manifest.name.clone(),
        summary: manifest.summary.clone(),
        channel: manifest.channel.clone(),
        hosts: manifest.hosts.clone(),
        credentials: serde_json::to_value(&manifest.credentials).unwrap_or_default(),
        config_schema: package.schema.clone(),
        exports: row.exports.clone(),
        size: row.size,
        compile_ms: row.compile_ms,
        instantiate_us: row.instantiate_us,
        built_in: row.built_in,
        created_at: row.created_at,
        verdict: Verdict { accepted: true, checks: CHECKS.to_vec(), tried: None },
    })
}
