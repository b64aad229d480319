//! What a power loss may leave of a log: all that was synced; of what came after, anything.
//!
//! Each write after a file's last sync may be there or not, whatever its order, and may be torn at sectors of 512
//! bytes; each name that was made or deleted after the folder's last sync may be as before. What lies beyond a lost
//! write in the same file is preceded by zeros.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::{Event, FileId};

const SECTOR: u64 = 512;

/// Syncs that the disk only pretended to do: to prove that their absence is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    None,
    /// Those of files whose name ends so.
    Of(&'static str),
    /// Those of the folder.
    Folder,
}

/// A power loss: the moment, and what was not yet on disk for certain.
pub struct PowerLoss<'a> {
    log: &'a [Event],
    /// Places in the log of what may be lost.
    pub at_risk: Vec<usize>,
}

/// The files of a folder.
pub struct Image(BTreeMap<String, Vec<u8>>);

impl<'a> PowerLoss<'a> {
    pub fn at(log: &'a [Event], moment: usize, lie: Lie) -> Self {
        let log = &log[..moment];
        let mut at_risk: Vec<usize> = Vec::new();
        // Lost for good by a failed sync: no later one covers it.
        let mut dropped: Vec<usize> = Vec::new();
        let names = names_of(log);
        let believed = |file: &FileId| !matches!(lie, Lie::Of(end) if names[file].ends_with(end));
        for (place, event) in log.iter().enumerate() {
            match event {
                Event::Sync { file, upto } if believed(file) => {
                    at_risk.retain(|p| *p >= *upto || file_of(&log[*p]) != Some(*file));
                }
                Event::SyncFailed { file, upto } => {
                    let lost = |p: &usize| *p < *upto && file_of(&log[*p]) == Some(*file);
                    dropped.extend(at_risk.iter().filter(|p| lost(p)));
                    at_risk.retain(|p| !lost(p));
                }
                Event::FolderSync { upto } if lie != Lie::Folder => {
                    at_risk.retain(|p| *p >= *upto || file_of(&log[*p]).is_some());
                }
                Event::Sync { .. } | Event::FolderSync { .. } => {}
                _ => at_risk.push(place),
            }
        }
        at_risk.extend(dropped);
        at_risk.sort_unstable();
        Self { log, at_risk }
    }

    /// What is left, where `survives` says for each sector of each event at risk whether it is.
    pub fn image(&self, mut survives: impl FnMut(usize, u64) -> bool) -> Image {
        let mut files: HashMap<FileId, Vec<u8>> = HashMap::new();
        let mut names: BTreeMap<String, FileId> = BTreeMap::new();
        for (place, event) in self.log.iter().enumerate() {
            let certain = self.at_risk.binary_search(&place).is_err();
            match event {
                Event::Write { file, at, bytes } => {
                    let content = files.entry(*file).or_default();
                    if certain {
                        put(content, *at, bytes);
                        continue;
                    }
                    for (at, part) in sectors(*at, bytes) {
                        if survives(place, at / SECTOR) {
                            put(content, at, part);
                        }
                    }
                }
                Event::Truncate { file, to } if certain || survives(place, 0) => {
                    files.entry(*file).or_default().resize(*to as usize, 0);
                }
                Event::Create { name, file } if certain || survives(place, 0) => {
                    names.insert(name.clone(), *file);
                }
                Event::Delete { name } if certain || survives(place, 0) => {
                    names.remove(name);
                }
                _ => {}
            }
        }
        Image(names.into_iter().map(|(name, file)| (name, files.get(&file).cloned().unwrap_or_default())).collect())
    }
}

impl Image {
    pub fn write_to(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (name, content) in &self.0 {
            std::fs::write(folder.join(name), content).unwrap();
        }
        // Shared memory is no data: what a power loss leaves there, or garbage, must not matter.
        std::fs::write(folder.join("countersign.db-shm"), [0xA5; 32 * 1024]).unwrap();
    }
}

fn names_of(log: &[Event]) -> HashMap<FileId, &str> {
    let named = |event| match event {
        &Event::Create { ref name, file } => Some((file, name.as_str())),
        _ => None,
    };
    log.iter().filter_map(named).collect()
}

/// The file whose content an event changes; none for a name.
fn file_of(event: &Event) -> Option<FileId> {
    match event {
        Event::Write { file, .. } | Event::Truncate { file, .. } => Some(*file),
        _ => None,
    }
}

fn put(content: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let (start, end) = (at as usize, at as usize + bytes.len());
    if content.len() < end {
        content.resize(end, 0);
    }
    content[start..end].copy_from_slice(bytes);
}

/// A write in pieces that end where sectors do.
fn sectors(at: u64, mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let (mut at, mut pieces) = (at, Vec::new());
    while !bytes.is_empty() {
        let room = (SECTOR - at % SECTOR) as usize;
        let (piece, rest) = bytes.split_at(room.min(bytes.len()));
        pieces.push((at, piece));
        at += piece.len() as u64;
        bytes = rest;
    }
    pieces
}
