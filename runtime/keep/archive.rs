//! The archive: a tar of three plain files, in this order: what it is, the database, and the digest of the first.
//!
//! The threat: an archive comes from outside. So nothing of it names a path: it holds exactly these files, of a size
//! that the file itself has room for, and each is what its digest says; whatever else is in it, it is refused whole.
//! `tar xf` opens it too. A digest finds what happened to a file, not who made it: restore what you would trust.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tar::{EntryType, Header};

use super::manifest::{FORMAT, Manifest};
use super::{KeepError, io};

pub(super) const DATABASE: &str = "countersign.db";
const MANIFEST: &str = "manifest.json";
const MANIFEST_DIGEST: &str = "manifest.sha256";
const NAMES: [&str; 3] = [MANIFEST, DATABASE, MANIFEST_DIGEST];
/// Larger than any manifest.
const MANIFEST_BYTES_MAX: u64 = 64 << 10;
const BLOCK: u64 = 512;

/// Write one.
pub(super) fn write(out: &mut File, manifest: &Manifest, database: &mut File) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(manifest)?;
    let digest = hex::encode(Sha256::digest(&text));
    let mut tar = tar::Builder::new(out);
    let seconds = manifest.created_at.as_millis() / 1000;
    let header = |bytes: u64| {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(seconds);
        header.set_size(bytes);
        header
    };
    tar.append_data(&mut header(text.len() as u64), MANIFEST, text.as_slice())?;
    let bytes = database.seek(SeekFrom::End(0))?;
    database.rewind()?;
    tar.append_data(&mut header(bytes), DATABASE, database)?;
    tar.append_data(&mut header(digest.len() as u64), MANIFEST_DIGEST, digest.as_bytes())?;
    tar.finish()
}

/// A backup that was read and is whole.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    file: File,
    manifest: Manifest,
    /// Where the database lies in the file, and its size.
    database: Place,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    at: u64,
    bytes: u64,
}

impl Archive {
    /// Read all of it, and believe none of it before its digests are right.
    pub fn open(path: &Path) -> Result<Self, KeepError> {
        let file = File::open(path).map_err(io("read", path))?;
        let refuse = |detail: String| KeepError::Archive { path: path.into(), detail };
        if !file.metadata().map_err(io("read", path))?.is_file() {
            return Err(refuse("it is not a file".into()));
        }
        let [manifest, database, digest] = places(&file).map_err(refuse)?;
        let text = small(&file, manifest).map_err(refuse)?;
        let told = small(&file, digest).map_err(refuse)?;
        if told != hex::encode(Sha256::digest(&text)).as_bytes() {
            return Err(refuse(format!("`{MANIFEST}` is not what was written: its SHA-256 differs")));
        }
        let manifest = read_manifest(&text, database).map_err(refuse)?;
        let archive = Self { path: path.into(), file, manifest, database };
        archive.copy_database(&mut io::sink())?;
        Ok(archive)
    }

    /// It is whole, and still not what can be restored.
    pub(super) fn refuse(&self, detail: String) -> KeepError {
        KeepError::Archive { path: self.path.clone(), detail }
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its database, once more compared with its digest.
    pub(super) fn copy_database(&self, to: &mut impl Write) -> Result<(), KeepError> {
        let mut from = &self.file;
        from.seek(SeekFrom::Start(self.database.at)).map_err(io("read", &self.path))?;
        let mut from = from.take(self.database.bytes);
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = from.read(&mut buffer).map_err(io("read", &self.path))?;
            let Some(some) = buffer.get(..read).filter(|some| !some.is_empty()) else { break };
            digest.update(some);
            to.write_all(some).map_err(io("write what is in", &self.path))?;
        }
        let right = self.manifest.parts.first().map(|part| part.sha256.as_str());
        if right != Some(hex::encode(digest.finalize()).as_str()) {
            let detail = format!("`{DATABASE}` is not what was written: its SHA-256 differs");
            return Err(KeepError::Archive { path: self.path.clone(), detail });
        }
        Ok(())
    }
}

/// Where the three files lie. Nothing is read but headers, and nothing in them is followed.
fn places(file: &File) -> Result<[Place; 3], String> {
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let no_archive = |error: io::Error| format!("it is not a backup, or not whole: {error}");
    let mut tar = tar::Archive::new(file);
    let mut entries = tar.entries_with_seek().map_err(no_archive)?.raw(true);
    let mut places = [Place::default(); 3];
    for (place, name) in places.iter_mut().zip(NAMES) {
        let entry = entries.next().ok_or_else(|| format!("`{name}` is missing: it is not a backup, or not whole"))?;
        let entry = entry.map_err(no_archive)?;
        let found = entry.path_bytes();
        if found.as_ref() != name.as_bytes() {
            let found = String::from_utf8_lossy(&found).chars().take(80).collect::<String>();
            return Err(format!("it holds `{}` where a backup holds `{name}`", found.escape_debug()));
        }
        if entry.header().entry_type() != EntryType::Regular {
            return Err(format!("`{name}` in it is not a plain file"));
        }
        *place = Place { at: entry.raw_file_position(), bytes: entry.size() };
        let end = place.at.checked_add(place.bytes);
        if end.is_none_or(|end| end > length) {
            return Err(format!(
                "`{name}` is said to have {} bytes, more than there are: it is not whole",
                place.bytes
            ));
        }
    }
    // Two empty blocks end a tar; whatever follows the third file beside them is none of ours.
    let [.., last] = places;
    if length != (last.at + last.bytes).next_multiple_of(BLOCK) + 2 * BLOCK {
        return Err("it ends before a backup does, or goes on after it".into());
    }
    Ok(places)
}

fn small(mut file: &File, place: Place) -> Result<Vec<u8>, String> {
    if place.bytes > MANIFEST_BYTES_MAX {
        return Err(format!("`{MANIFEST}` is said to have {} bytes, more than one has", place.bytes));
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(place.at)).map_err(|error| error.to_string())?;
    file.take(place.bytes).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn read_manifest(text: &[u8], database: Place) -> Result<Manifest, String> {
    let unreadable = |error: serde_json::Error| format!("`{MANIFEST}` can't be read: {error}");
    let json: serde_json::Value = serde_json::from_slice(text).map_err(unreadable)?;
    let format = json.get("format").and_then(serde_json::Value::as_u64);
    if format != Some(FORMAT.into()) {
        let newer = format.is_some_and(|format| format > FORMAT.into());
        let hint = if newer { ": restore it with the version that wrote it" } else { "" };
        return Err(format!("it has format {}; this version reads format {FORMAT}{hint}", format.unwrap_or_default()));
    }
    let manifest: Manifest = serde_json::from_value(json).map_err(unreadable)?;
    match manifest.parts.as_slice() {
        [part] if part.name == DATABASE && part.bytes == database.bytes => Ok(manifest),
        _ => Err(format!("`{MANIFEST}` does not name the one `{DATABASE}` that is there")),
    }
}
