//! Files and folders that are still there after a power loss.
//!
//! The threat: a name that was made lies in memory until its folder is synced, whatever was synced inside it. A database
//! that was answered from could go with its folder, or stay while the key that opens it goes. So a name counts as made
//! once the folder that holds it was synced, and a file gets its name once its content is whole.

use std::fs::File;
use std::io::{ErrorKind, Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use tempfile::NamedTempFile;

/// Make a folder and what is missing above it, for this user alone. One that was there already may be open to others,
/// or its maker may have ended before its name was on disk: both are made good.
pub fn folder(dir: &Path) -> Result<()> {
    let missing: Vec<&Path> = dir.ancestors().skip(1).take_while(|above| !shown(above).exists()).collect();
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    missing.into_iter().rev().chain([dir]).try_for_each(name)
}

/// Make a file that only this user can read. Under its name it is whole or not there, and another is not replaced.
pub fn new_file(file: &Path, content: &[u8]) -> Result<()> {
    new_file_with(file, |aside| aside.write_all(content))
}

/// As [`new_file`], with what `write` writes.
pub fn new_file_with(file: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let mut aside = aside(file, ".part")?;
    write(aside.as_file_mut())?;
    aside.as_file().sync_all()?;
    aside.persist_noclobber(file).map_err(|refused| refused.error)?;
    name(file)
}

/// Make or replace a file that only this user can read. Under its name stands the old content or the new one, whole.
pub fn file(file: &Path, content: &[u8]) -> Result<()> {
    let mut aside = aside(file, ".part")?;
    aside.write_all(content)?;
    replace(aside, file)
}

/// A file beside `file` that only this user can read, and that goes when it is dropped.
pub fn aside(file: &Path, suffix: &str) -> Result<NamedTempFile> {
    let name = file.file_name().unwrap_or_default();
    tempfile::Builder::new().prefix(name).suffix(suffix).tempfile_in(shown(file.parent().unwrap_or(Path::new(""))))
}

/// Let a file that was written aside have the name of another: at any moment it is the one or the other, whole.
pub fn replace(aside: NamedTempFile, file: &Path) -> Result<()> {
    aside.as_file().sync_all()?;
    aside.persist(file).map_err(|refused| refused.error)?;
    name(file)
}

/// Let a file that somebody else has written be on disk, before something is made that is worth nothing without it.
pub fn settle(file: &Path) -> Result<()> {
    File::open(file)?.sync_all()?;
    name(file)
}

/// Let the name of a file or folder be on disk.
pub fn name(of: &Path) -> Result<()> {
    let Some(above) = of.parent() else { return Ok(()) };
    match File::open(shown(above)).and_then(|folder| folder.sync_all()) {
        // Some systems can't sync a folder, and one that may not be read was not made by us: nothing can be done there.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}

/// The folder of a bare name is the current one.
fn shown(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_replaces_nothing_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        new_file(&file, b"first").unwrap();
        assert_eq!(new_file(&file, b"second").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&file).unwrap(), b"first");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_replaced_whole_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("certificate");
        for content in [&b"first"[..], b"second"] {
            file(&path, content).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), content);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_made_with_what_is_above_it_and_closed_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b");
        folder(&deep).unwrap();
        std::fs::set_permissions(&deep, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder(&deep).unwrap();
        assert_eq!(std::fs::metadata(&deep).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
