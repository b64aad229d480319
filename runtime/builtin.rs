//! The components that come with this binary: the folders of `connectors/`, built and packed by `build.rs`.

pub mod catalogue;

use std::sync::{LazyLock, OnceLock};

use crate::connector::digest::Digest;
use crate::connector::package::{self, Package};
use crate::connector::reason::Reason;

/// A component that came with this program. What can be known of it is found out when it is first asked for.
pub struct BuiltIn {
    /// Its id, which no upload may have.
    pub id: &'static str,
    /// The packed component.
    pub wasm: &'static [u8],
    digest: OnceLock<Digest>,
    package: OnceLock<Result<Package, Vec<Reason>>>,
}

impl BuiltIn {
    /// What it is.
    pub fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| Digest::of(self.wasm))
    }

    /// What it says of itself.
    pub fn package(&self) -> Result<&Package, Vec<Reason>> {
        self.package.get_or_init(|| Package::extract(self.wasm)).as_ref().map_err(Clone::clone)
    }

    /// Interfaces of the contract that it exports, without its being compiled.
    pub fn exports(&self) -> Vec<String> {
        package::exports(self.wasm)
    }
}

/// All of them, by id.
pub fn all() -> &'static [BuiltIn] {
    static ALL: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
        let built: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
        let read = |(id, wasm): &(&'static str, &'static [u8])| BuiltIn {
            id,
            wasm,
            digest: OnceLock::new(),
            package: OnceLock::new(),
        };
        built.iter().map(read).collect()
    });
    &ALL
}

/// The one of that id.
pub fn find(id: &str) -> Option<&'static BuiltIn> {
    all().iter().find(|built_in| built_in.id == id)
}

/// Whether an id belongs to a built-in component: then no upload may have it.
pub fn is_reserved(id: &str) -> bool {
    find(id).is_some()
}
