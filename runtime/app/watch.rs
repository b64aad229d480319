//! `--watch DIR`: a connector author's inner loop. A component that appears or changes in the folder is uploaded as
//! `version+dev.<digest>`, so that a released `id@version` stays immutable, and every development connector of that
//! id gets a new serving revision. A broken file leaves what serves untouched.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::connector::digest::Digest;
use crate::setup::Setup;

/// A build writes a file in many steps; this long after the last of them it is read.
const SETTLE: Duration = Duration::from_millis(150);

/// Keeps watching until dropped.
pub(super) struct Watch {
    _watcher: notify::RecommendedWatcher,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Watch `folders` (none → nothing to watch), and load what they hold now.
pub(super) fn start(folders: &[PathBuf], setup: Arc<Setup>) -> anyhow::Result<Option<Watch>> {
    if folders.is_empty() {
        return Ok(None);
    }
    let (changed, changes) = mpsc::unbounded_channel();
    let now = changed.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        for path in event.into_iter().flat_map(|event| event.paths) {
            // The receiver only goes when the service stops.
            let _ = changed.send(path);
        }
    })?;
    for folder in folders {
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("can't watch `{}`", folder.display()))?;
        for entry in std::fs::read_dir(folder)? {
            let _ = now.send(entry?.path());
        }
    }
    let task = tokio::spawn(follow(changes, setup));
    Ok(Some(Watch { _watcher: watcher, task }))
}

async fn follow(mut changes: mpsc::UnboundedReceiver<PathBuf>, setup: Arc<Setup>) {
    let mut seen: HashMap<PathBuf, Digest> = HashMap::new();
    while let Some(first) = changes.recv().await {
        let mut batch = vec![first];
        while let Ok(Some(next)) = tokio::time::timeout(SETTLE, changes.recv()).await {
            batch.push(next);
        }
        batch.sort();
        batch.dedup();
        for path in batch.iter().filter(|path| path.extension().is_some_and(|ext| ext == "wasm")) {
            load(path, &mut seen, &setup).await;
        }
    }
}

async fn load(path: &Path, seen: &mut HashMap<PathBuf, Digest>, setup: &Setup) {
    // Gone again between the event and now: nothing to load, and what serves goes on serving.
    let Ok(bytes) = tokio::fs::read(path).await else { return };
    let digest = Digest::of(&bytes);
    if seen.get(path) == Some(&digest) {
        return;
    }
    seen.insert(path.to_path_buf(), digest);
    match setup.load_watched(bytes.into()).await {
        Ok(loaded) => {
            tracing::info!(file = %path.display(), component = loaded.component, connectors = ?loaded.connectors, "loaded")
        }
        Err(error) => tracing::error!(file = %path.display(), %error, "not loaded; what serves is untouched"),
    }
}
