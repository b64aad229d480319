//! Taking a backup, beside a running service or without one.

use std::io::Read;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::archive::{self, Archive, DATABASE};
use super::manifest::{FORMAT, Manifest, Part};
use super::{KeepError, io};
use crate::clock::Timestamp;
use crate::durable;
use crate::store::sqlite::snapshot;

/// Write a backup of the data folder `dir` to `out`, which only this user can read, and read it back. Whatever fails,
/// nothing is left at `out` or beside it.
pub fn backup(dir: &Path, out: &Path, now: Timestamp) -> Result<Manifest, KeepError> {
    if out.symlink_metadata().is_ok() {
        return Err(KeepError::Exists(out.into()));
    }
    // Beside `out`: there is room for the backup there, or nowhere.
    let mut copy = durable::aside(out, ".part-db").map_err(io("write beside", out))?;
    let about = snapshot::take(dir, copy.path())?;
    let (bytes, sha256) = digest(copy.as_file_mut()).map_err(io("read the copy of the database beside", out))?;
    let manifest = Manifest {
        format: FORMAT,
        countersign: env!("CARGO_PKG_VERSION").to_owned(),
        schema: about.schema,
        opens_from: about.opens_from,
        created_at: now,
        master_key: about.key_check,
        parts: vec![Part { name: DATABASE.to_owned(), bytes, sha256 }],
    };
    let written = durable::new_file_with(out, |file| archive::write(file, &manifest, copy.as_file_mut()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => KeepError::Exists(out.into()),
        _ => io("write", out)(error),
    })?;
    let read_back = Archive::open(out).and_then(|archive| match archive.manifest() == &manifest {
        true => Ok(()),
        false => Err(KeepError::Archive { path: out.into(), detail: "its manifest differs".into() }),
    });
    read_back.map_err(|error| {
        let _ = std::fs::remove_file(out);
        KeepError::Unreadable(Box::new(error))
    })?;
    Ok(manifest)
}

fn digest(file: &mut std::fs::File) -> std::io::Result<(u64, String)> {
    use std::io::Seek as _;
    file.rewind()?;
    let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(some) = buffer.get(..read).filter(|some| !some.is_empty()) else { break };
        digest.update(some);
        bytes += some.len() as u64;
    }
    Ok((bytes, hex::encode(digest.finalize())))
}
