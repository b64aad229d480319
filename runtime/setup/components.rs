//! The registry of components: judged and compiled before anything is stored, then immutable.

use std::time::Instant;

use bytes::Bytes;
use semver::{BuildMetadata, Version};

use super::{PutConnector, Setup, SetupError};
use crate::actor::Actor;
use crate::audit::{self, Entry, action};
use crate::builtin;
use crate::connector::digest::Digest;
use crate::connector::loader::LoadFailure;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::connector::sandbox::Judged;
use crate::store::{ComponentRow, Inserted, NewComponent};

mod built_in;
mod view;

pub use view::{ComponentView, Tried, Verdict, view};

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
            by: Some(Actor::host("watch")),
            ..PutConnector::default()
        };
        let saved = self.put_connector(environment, name, put).await?;
        let entry = Entry::of(action::CONNECTOR_SAVE).within(environment).to(name).with(saved.told());
        audit::note(&*self.store, self.clock.now(), &Actor::host("watch"), entry).await;
        Ok(())
    }

    /// Every component, also those that came with this program and were never used; newest version of each first.
    pub async fn components(&self) -> Result<Vec<ComponentView>, SetupError> {
        let stored = self.store.components().await?;
        let mut views = stored.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        views.extend(built_in::unused(&stored)?);
        // Stable: versions of one id stay in the order of the store.
        views.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(views)
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
        self.store_built_in(id).await?;
        self.store.component(id, version).await?.ok_or_else(|| SetupError::not_found("component", name))
    }

    /// What the newest version of a component says of itself. One that came with this program and was never used is not
    /// stored for that.
    pub async fn package(&self, id: &str) -> Result<Package, SetupError> {
        if let Some(row) = self.store.component(id, None).await? {
            return Package::from_json(&row.package).map_err(refused);
        }
        let found = builtin::find(id).ok_or_else(|| SetupError::not_found("component", id))?;
        Ok(found.package().map_err(refused)?.clone())
    }

    /// The connectors (`environment/name`) whose revisions use a component.
    pub async fn component_users(&self, digest: &str) -> Result<Vec<String>, SetupError> {
        Ok(self.store.component_users(digest).await?)
    }

    /// Try a component that is here as an upload is tried. None if it can't be run any more.
    pub async fn try_component(&self, id: &str, version: &str) -> Result<Option<Tried>, SetupError> {
        let row = self.component_row(id, Some(version)).await?;
        let missing = || SetupError::not_found("component", format!("{id}@{version}"));
        let package = Package::from_json(&row.package).map_err(refused)?;
        let wasm = self.store.wasm(&row.digest).await?.ok_or_else(missing)?;
        let digest = Digest::parse(&row.digest).ok_or_else(missing)?;
        let examined = self.examined(&package, digest, &wasm, row.compile_ms).await;
        Ok(examined.map(|examined| Tried { passed: examined.passed(), examined }))
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
        let row = self.store.component(&id, Some(&version)).await?;
        let row = row.ok_or_else(|| SetupError::not_found("component", format!("{id}@{version}")))?;
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
