//! Reading files below a folder and nowhere else.
//!
//! The threat: a folder that somebody proposed a change to. A path that climbs out, a link that points out, a pipe that
//! never ends or a file without end must neither be read nor hang the command that plans it.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    /// The file, from the folder.
    pub(super) file: String,
    /// JSON Pointer into it; empty for the whole.
    pub(super) pointer: String,
    /// What is wrong. Names variables and files, never quotes what could be a secret.
    pub(super) text: String,
}

impl Fault {
    pub(super) fn new(file: &str, pointer: &str, text: impl Into<String>) -> Self {
        Self { file: file.to_owned(), pointer: pointer.to_owned(), text: text.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.file.as_str(), self.pointer.as_str()) {
            ("", "") => f.write_str(&self.text),
            (file, "") => write!(f, "{file}: {}", self.text),
            (file, pointer) => write!(f, "{file}#{pointer}: {}", self.text),
        }
    }
}

/// A folder.
pub(super) struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Names of what a folder below holds, in order; hidden ones and READMEs are the reviewer's own. None if it is not
    /// there.
    pub(super) fn list(&self, path: &str) -> Result<Option<Vec<String>>, Fault> {
        let fault = |text: String| Fault::new(path, "", text);
        let Some(full) = self.checked(path).map_err(fault)? else { return Ok(None) };
        if !full.is_dir() {
            return Err(fault("is not a folder".into()));
        }
        let unreadable = |error: std::io::Error| fault(format!("can't be read: {error}"));
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&full).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let name = name.into_string().map_err(|_| fault("holds a name that is not UTF-8".into()))?;
            if !name.starts_with('.') && name != "README.md" {
                names.push(name);
            }
        }
        names.sort();
        Ok(Some(names))
    }

    /// A file's bytes, at most `bytes_max`; none if it is not there. The error is what is wrong with it.
    pub(super) fn bytes(&self, path: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, String> {
        let Some(full) = self.checked(path)? else { return Ok(None) };
        // Asked before it is opened: opening a pipe waits for whoever writes into it.
        if !full.is_file() {
            return Err("is not a file".into());
        }
        let unreadable = |error: std::io::Error| format!("can't be read: {error}");
        let file = std::fs::File::open(&full).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > bytes_max {
            return Err(format!("is larger than {} KiB", bytes_max >> 10));
        }
        Ok(Some(bytes))
    }

    /// A file's text.
    pub(super) fn text(&self, path: &str, bytes_max: u64) -> Result<Option<String>, String> {
        let Some(bytes) = self.bytes(path, bytes_max)? else { return Ok(None) };
        if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
            return Err("begins with a byte-order mark: save it as UTF-8 without one".into());
        }
        let text = String::from_utf8(bytes);
        text.map(Some).map_err(|error| format!("is not UTF-8, from byte {} on", error.utf8_error().valid_up_to()))
    }

    /// Where `path` is, if it is there: below the folder, by way of no link.
    fn checked(&self, path: &str) -> Result<Option<PathBuf>, String> {
        let mut full = self.dir.clone();
        // Judged as a whole first: what climbs out is refused also where the way there does not exist.
        if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err("is not a path in this folder".into());
        }
        for part in Path::new(path).components() {
            full.push(part);
            match std::fs::symlink_metadata(&full) {
                Ok(found) if found.is_symlink() => {
                    return Err("is a symbolic link, or lies behind one: no link is followed".into());
                }
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(format!("can't be read: {error}")),
            }
        }
        Ok(Some(full))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let inside = dir.path().join("inside");
        std::fs::create_dir(&inside).unwrap();
        std::fs::write(dir.path().join("outside"), "x").unwrap();
        std::fs::write(inside.join("file"), "y").unwrap();
        std::os::unix::fs::symlink("../outside", inside.join("link")).unwrap();
        std::os::unix::fs::symlink("..", inside.join("up")).unwrap();
        let folder = Folder::new(&inside);
        assert_eq!(folder.text("./file", 10), Ok(Some("y".into())));
        assert_eq!(folder.text("none/file", 10), Ok(None));
        for path in ["../outside", "/etc/hostname", "link", "up/outside", "a/../../outside", ""] {
            assert!(folder.text(path, 10).is_err(), "{path}");
        }
        assert!(folder.text("file", 0).unwrap_err().contains("larger"));
    }
}
