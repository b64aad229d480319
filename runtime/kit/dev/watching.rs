//! What an author saves: every file of the folder but those that tools make.
//!
//! A file counts when its content has changed, so that reading, touching and building in place start nothing. Folders are
//! watched one by one, since a watch on everything would be one on `target` and `node_modules` as well.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::connector::digest::Digest;

/// An editor writes a file in several steps, and several files at once; this long after the last of them it is built.
const SETTLE: Duration = Duration::from_millis(60);
const TOOLS_OWN: [&str; 6] = ["target", "node_modules", "__pycache__", "venv", "build", "dist"];
/// vim probes a folder by this name.
const PROBE: &str = "4913";

/// A folder that is watched until this is dropped.
pub(super) struct Watch {
    root: PathBuf,
    watcher: notify::RecommendedWatcher,
    events: mpsc::UnboundedReceiver<PathBuf>,
    seen: HashMap<PathBuf, Digest>,
    folders: HashSet<PathBuf>,
}

/// What was saved together.
pub(super) struct Saved {
    /// Relative to the folder.
    pub(super) paths: Vec<PathBuf>,
    pub(super) at: Instant,
}

impl Watch {
    pub(super) fn start(root: &Path) -> anyhow::Result<Self> {
        let (sender, events) = mpsc::unbounded_channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // Reading a file is an event as well, and looking at what has changed reads it.
            let events = event.into_iter().filter(|event| !event.kind.is_access());
            for path in events.flat_map(|event| event.paths) {
                // The receiver only goes when the command ends.
                let _ = sender.send(path);
            }
        })?;
        let mut watch =
            Self { root: root.to_path_buf(), watcher, events, seen: HashMap::new(), folders: HashSet::new() };
        watch.look(&watch.root.clone()).with_context(|| format!("can't watch `{}`", root.display()))?;
        Ok(watch)
    }

    /// The next save.
    pub(super) async fn next(&mut self) -> Option<Saved> {
        loop {
            let first = self.events.recv().await?;
            let at = Instant::now();
            let mut touched = vec![first];
            while let Ok(Some(next)) = tokio::time::timeout(SETTLE, self.events.recv()).await {
                touched.push(next);
            }
            touched.sort();
            touched.dedup();
            let mut paths: Vec<PathBuf> = touched.iter().filter(|path| self.has_changed(path)).cloned().collect();
            paths = paths.iter().map(|path| path.strip_prefix(&self.root).unwrap_or(path).to_path_buf()).collect();
            if !paths.is_empty() {
                return Some(Saved { paths, at });
            }
        }
    }

    /// A file that was not there before a build is the build's, such as a lock file: it starts no other one.
    pub(super) fn adopt_new(&mut self) {
        let mut found = Vec::new();
        files(&self.root, &mut found);
        for path in found {
            if !self.seen.contains_key(&path)
                && let Some(digest) = digest(&path)
            {
                self.seen.insert(path, digest);
            }
        }
    }

    fn has_changed(&mut self, path: &Path) -> bool {
        if is_tools_own(path.strip_prefix(&self.root).unwrap_or(path)) {
            return false;
        }
        if path.is_dir() {
            // A new folder comes with files whose own events nobody was there to hear.
            let before = self.seen.len();
            return !self.folders.contains(path) && self.look(path).is_ok() && self.seen.len() > before;
        }
        // It may come back as a new one.
        self.folders.remove(path);
        match digest(path) {
            Some(digest) => self.seen.insert(path.to_path_buf(), digest) != Some(digest),
            None => self.seen.remove(path).is_some(),
        }
    }

    /// Watch a folder and those in it, and remember what they hold.
    fn look(&mut self, folder: &Path) -> notify::Result<()> {
        self.watcher.watch(folder, RecursiveMode::NonRecursive)?;
        self.folders.insert(folder.to_path_buf());
        for path in entries(folder) {
            if path.is_dir() {
                self.look(&path)?;
            } else if let Some(digest) = digest(&path) {
                self.seen.insert(path, digest);
            }
        }
        Ok(())
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// What lies in a folder, but for what tools make and for links, which may lead in circles.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let own = entries.filter(|entry| !is_tools_own(Path::new(&entry.file_name())));
    own.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink())).map(|entry| entry.path()).collect()
}

fn digest(path: &Path) -> Option<Digest> {
    // Reading a pipe would wait for whoever writes to it.
    path.is_file().then(|| std::fs::read(path).ok()).flatten().map(|bytes| Digest::of(&bytes))
}

/// Whether a tool makes it: what is built, an editor's copies, and everything hidden.
fn is_tools_own(path: &Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        let is_copy = name.ends_with('~') || name.starts_with('#') || name == PROBE;
        let is_made = [".wasm", ".swp", ".swx", ".tmp", ".pyc"].iter().any(|end| name.ends_with(end));
        name.starts_with('.') || is_copy || is_made || TOOLS_OWN.contains(&&*name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_make_is_not_saved_by_an_author() {
        for made in
            ["target/debug/x", "node_modules/a/b.js", ".git/index", "src/.lib.rs.swp", "acme.wasm", "a~", "4913"]
        {
            assert!(is_tools_own(Path::new(made)), "{made}");
        }
        for own in ["src/lib.rs", "connector.toml", "transcripts/sent.json", "dev.json", "wit/connector.wit"] {
            assert!(!is_tools_own(Path::new(own)), "{own}");
        }
    }

    #[tokio::test]
    async fn a_file_counts_when_its_content_has_changed_and_in_a_new_folder_too() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().canonicalize().unwrap();
        std::fs::write(root.join("a.rs"), "1").unwrap();
        let mut watch = Watch::start(&root).unwrap();
        std::fs::write(root.join("a.rs"), "1").unwrap();
        std::fs::create_dir(root.join("target")).unwrap();
        std::fs::write(root.join("target/x"), "made").unwrap();
        std::fs::create_dir(root.join("new")).unwrap();
        std::fs::write(root.join("new/b.rs"), "2").unwrap();
        let saved = tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap().unwrap();
        assert!(saved.paths.iter().all(|path| path.starts_with("new")), "{:?}", saved.paths);
        std::fs::write(root.join("new/b.rs"), "3").unwrap();
        std::fs::remove_file(root.join("a.rs")).unwrap();
        let saved = tokio::time::timeout(Duration::from_secs(20), watch.next()).await.unwrap().unwrap();
        assert!(!saved.paths.is_empty() && saved.paths.iter().all(|p| !p.starts_with("target")), "{:?}", saved.paths);
    }
}
