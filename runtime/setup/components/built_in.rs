//! Components that came with this program. There are dozens, and a service uses a few: so a start does nothing about
//! them, and one is stored when it is first asked for. From then on it is kept like any other, so that a revision goes
//! on with its bytes whatever a later program brings.

use bytes::Bytes;

use super::super::{Setup, SetupError};
use super::view::{ComponentView, described};
use super::{Measured, refused, tagged};
use crate::builtin;
use crate::store::ComponentRow;

impl Setup {
    /// Put the built-in component of that id, if there is one, into the store, if it is not there. The same id and
    /// version with other bytes (a developer's rebuild) becomes `version+build.<digest8>`; connectors stay pinned.
    pub(super) async fn store_built_in(&self, id: &str) -> Result<(), SetupError> {
        let Some(found) = builtin::find(id) else { return Ok(()) };
        let digest = found.digest();
        if self.store.component_by_digest(&digest.to_string()).await?.is_some() {
            return Ok(());
        }
        let judged = self.sandbox.judge(Bytes::from_static(found.wasm)).await.map_err(refused)?;
        let mut package = judged.package;
        let version = package.manifest.version.to_string();
        let there = self.store.component(&package.manifest.id, Some(&version)).await?;
        // It may have come meanwhile, with another request that asked for it first.
        if there.as_ref().is_some_and(|row| row.digest == digest.to_string()) {
            return Ok(());
        }
        if there.is_some() {
            package.manifest.version = tagged(&package.manifest.version, "build", &digest);
        }
        // Not compiled here: that happens in the background or with the first send.
        let known = Measured { exports: judged.exports, ..Measured::default() };
        self.insert(&package, found.wasm.to_vec(), &digest, known, true).await?;
        Ok(())
    }
}

/// Those that are not in the store.
pub(super) fn unused(stored: &[ComponentRow]) -> Result<Vec<ComponentView>, SetupError> {
    let mut views = Vec::new();
    for found in builtin::all() {
        let digest = found.digest().to_string();
        if stored.iter().any(|row| row.digest == digest) {
            continue;
        }
        let package = found.package().map_err(refused)?;
        let shown = described(package, found.exports());
        views.push(ComponentView { digest, size: found.wasm.len() as u64, built_in: true, ..shown });
    }
    Ok(views)
}
