//! A disk that remembers: every file operation of the databases in one folder, in order, and faults on demand.
//!
//! The real store opens its real files; `vfs` stands between SQLite and the system and tells this recorder what was
//! done. From the log, `image` makes what a power loss may leave. Faults are refused operations: a full disk, a write
//! that ends half way, a sync that fails.

pub mod image;
mod vfs;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// Number of a file, which keeps it apart from a later one of the same name.
pub type FileId = usize;

/// What was done. A sync covers the events before `upto`, the length of the log when it began.
#[derive(Clone, Debug)]
pub enum Event {
    Create {
        name: String,
        file: FileId,
    },
    Delete {
        name: String,
    },
    /// The folder itself: names that were made and deleted.
    FolderSync {
        upto: usize,
    },
    Write {
        file: FileId,
        at: u64,
        bytes: Vec<u8>,
    },
    Truncate {
        file: FileId,
        to: u64,
    },
    Sync {
        file: FileId,
        upto: usize,
    },
    /// The system may drop what it failed to write: a later sync says nothing about it any more.
    SyncFailed {
        file: FileId,
        upto: usize,
    },
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No file grows any more.
    Full,
    /// No sync succeeds.
    Syncs,
    /// The operation of this number from now on fails, once.
    Nth(u64),
}

#[derive(Clone, Copy)]
enum Operation {
    Write { file: FileId, end: u64 },
    Truncate,
    Sync,
}

#[derive(Default)]
struct State {
    log: Vec<Event>,
    names: HashMap<String, FileId>,
    lengths: Vec<u64>,
    fault: Option<Fault>,
    /// Operations since the fault was set, and how many were refused.
    operations: u64,
    refused: u64,
}

struct Recorder {
    folder: PathBuf,
    state: Mutex<State>,
}

/// The recording of a folder, until it is dropped.
pub struct Disk(Arc<Recorder>);

impl Disk {
    /// Record a folder that is yet to be made: what is there already would be unknown.
    pub fn watch(folder: &Path) -> Self {
        assert!(!folder.exists());
        let above = folder.parent().unwrap().canonicalize().unwrap();
        let folder = above.join(folder.file_name().unwrap());
        let recorder = Arc::new(Recorder { folder, state: Mutex::default() });
        vfs::watch(Arc::clone(&recorder));
        Self(recorder)
    }

    /// How much was done until now: a moment to lose power at.
    pub fn now(&self) -> usize {
        self.0.state().log.len()
    }

    pub fn log(&self) -> Vec<Event> {
        self.0.state().log.clone()
    }

    pub fn fail(&self, fault: Fault) {
        let mut state = self.0.state();
        (state.fault, state.operations, state.refused) = (Some(fault), 0, 0);
    }

    /// End the fault; answers how many operations it refused.
    pub fn heal(&self) -> u64 {
        let mut state = self.0.state();
        state.fault = None;
        state.refused
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        vfs::forget(&self.0);
    }
}

impl Recorder {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The file of that name, which a first opening makes.
    fn open(&self, name: &str) -> FileId {
        let mut state = self.state();
        if let Some(file) = state.names.get(name) {
            return *file;
        }
        let file = state.lengths.len();
        state.lengths.push(0);
        state.names.insert(name.to_owned(), file);
        state.log.push(Event::Create { name: name.to_owned(), file });
        file
    }

    fn deleted(&self, name: &str) {
        let mut state = self.state();
        state.names.remove(name);
        state.log.push(Event::Delete { name: name.to_owned() });
    }

    fn wrote(&self, file: FileId, at: u64, bytes: &[u8]) {
        let mut state = self.state();
        state.lengths[file] = state.lengths[file].max(at + bytes.len() as u64);
        state.log.push(Event::Write { file, at, bytes: bytes.to_vec() });
    }

    fn truncated(&self, file: FileId, to: u64) {
        let mut state = self.state();
        state.lengths[file] = to;
        state.log.push(Event::Truncate { file, to });
    }

    fn push(&self, event: Event) {
        self.state().log.push(event);
    }

    fn now(&self) -> usize {
        self.state().log.len()
    }

    /// Whether the fault, if there is one, refuses this operation.
    fn refuses(&self, operation: Operation) -> bool {
        let mut state = self.state();
        state.operations += 1;
        let refuses = match (state.fault, operation) {
            (Some(Fault::Full), Operation::Write { file, end }) => end > state.lengths[file],
            (Some(Fault::Syncs), Operation::Sync) => true,
            (Some(Fault::Nth(n)), _) => state.operations == n + 1,
            _ => false,
        };
        state.refused += u64::from(refuses);
        refuses
    }

    fn is_full(&self) -> bool {
        self.state().fault == Some(Fault::Full)
    }
}
