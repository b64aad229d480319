//! Compiled components on disk.
//!
//! The threat: a compiled component is native code, so a file that somebody else wrote would run as us. The folder is
//! ours alone (mode 0700), files are written aside and renamed, and one that is not ours is compiled anew. The name
//! holds the bytes' digest and the engine's fingerprint: another engine never reads it.

use std::hash::{Hash as _, Hasher as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

use super::digest::Digest;

pub(super) struct Cache {
    dir: PathBuf,
    fingerprint: String,
}

impl Cache {
    pub(super) fn open(dir: &Path, engine: &Engine) -> std::io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let mut hasher = std::hash::DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let fingerprint = format!("{}-{:016x}", env!("WASMTIME_VERSION"), hasher.finish());
        Ok(Self { dir: dir.to_path_buf(), fingerprint })
    }

    fn file(&self, digest: &Digest) -> PathBuf {
        self.dir.join(format!("{digest}-{}.cwasm", self.fingerprint))
    }

    /// The compiled component, if it is there, ours, and whole.
    pub(super) fn get(&self, engine: &Engine, digest: &Digest) -> Option<Component> {
        let file = self.file(digest);
        let about = std::fs::symlink_metadata(&file).ok()?;
        let ours = about.is_file() && about.uid() == rustix::process::geteuid().as_raw() && about.mode() & 0o022 == 0;
        if !ours {
            tracing::warn!(file = %file.display(), "not a file of ours in the compile cache; compiling anew");
            return None;
        }
        match map::map(engine, &file) {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(file = %file.display(), %error, "a compiled component does not load; compiling anew");
                None
            }
        }
    }

    /// Keep what was compiled. A cache that can't be written only costs time.
    pub(super) fn put(&self, digest: &Digest, compiled: &[u8]) -> std::io::Result<()> {
        use std::io::Write as _;
        let aside = self.dir.join(format!("{}.part", crate::random::hex::<8>()));
        let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        out.write_all(compiled)?;
        out.sync_all()?;
        // It is mapped into memory where it runs: replaced by name, never written in place. The folder isn't synced: a
        // name that a power loss takes costs a compilation, and one that it leaves belongs to a file that is whole.
        std::fs::rename(&aside, self.file(digest))
    }

    /// Forget what was compiled. Where it is running, it goes on running: a mapped file lives on without its name.
    pub(super) fn remove(&self, digest: &Digest) {
        let _ = std::fs::remove_file(self.file(digest));
    }
}

#[expect(unsafe_code, reason = "wasmtime can't check native code: it is ours, see the header of this file")]
mod map {
    use super::{Component, Engine, Path};

    pub(super) fn map(engine: &Engine, file: &Path) -> wasmtime::Result<Component> {
        // SAFETY: the file was written by `put` of this user, in a folder that only this user can write.
        unsafe { Component::deserialize_file(engine, file) }
    }

    pub(in crate::connector) fn load(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
        // SAFETY: the bytes come from our own compiler child, over a pipe that nobody else holds.
        unsafe { Component::deserialize(engine, compiled) }
    }
}

pub(super) use map::load;
