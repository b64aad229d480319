//! From a digest to code that runs: the bytes from the store, the rest by the sandbox (its cache, or its compiler).

use std::sync::Arc;

use crate::connector::digest::Digest;
use crate::connector::sandbox::{Component, LoadError, Sandbox};
use crate::store::{Store, StoreError};

/// Loads components by digest.
pub struct Loader {
    sandbox: Arc<Sandbox>,
    store: Arc<dyn Store>,
}

/// Why a component can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadFailure {
    /// The store has no such bytes.
    #[error("component `{0}` is not in the store")]
    Missing(String),
    /// The store did not answer.
    #[error("the component can't be read: {0}")]
    Store(#[from] StoreError),
    /// The sandbox refused it.
    #[error("the component can't be loaded: {0}")]
    Load(#[from] LoadError),
}

impl Loader {
    /// Over the store that has the bytes.
    pub fn new(sandbox: Arc<Sandbox>, store: Arc<dyn Store>) -> Self {
        Self { sandbox, store }
    }

    /// The code of a component.
    pub async fn load(&self, digest: &Digest) -> Result<Arc<Component>, LoadFailure> {
        if let Some(found) = self.sandbox.find(digest) {
            return Ok(found);
        }
        let bytes = self.store.wasm(&digest.to_string()).await?;
        let bytes = bytes.ok_or_else(|| LoadFailure::Missing(digest.to_string()))?;
        let component = self.sandbox.load(&bytes).await?;
        if component.compile_ms() > 0 {
            // A built-in one was listed before it was compiled: now it is known what it exports and costs.
            let exports = component.exports().iter().map(|export| export.as_str().to_owned()).collect();
            self.store
                .measured(&digest.to_string(), exports, component.compile_ms(), component.instantiate_us())
                .await?;
        }
        Ok(component)
    }
}
