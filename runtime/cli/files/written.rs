//! Writing an export: beside what is there, then in its place. A failure before that leaves everything as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::layout::{ENVIRONMENTS, README};

const SHOWN_MAX: usize = 10;

/// What writing came to.
pub(super) enum Written {
    /// The files are new.
    New,
    /// They were there already.
    Same,
}

/// Make the folder's `environments` these files. What differs is replaced only by `force`; READMEs and hidden files are
/// the reviewer's own, and stay.
pub(super) fn write(dir: &Path, files: &BTreeMap<String, String>, force: bool) -> anyhow::Result<Written> {
    let place = dir.join(ENVIRONMENTS);
    let there = existing(dir, &place)?;
    let differing = differing(dir, files, &there);
    if place.is_dir() && differing.is_empty() {
        return Ok(Written::Same);
    }
    if !there.is_empty() && !force {
        let more = differing.len().saturating_sub(SHOWN_MAX);
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        let shown = differing.iter().take(SHOWN_MAX).map(|line| format!("\n  {line}")).collect::<String>();
        bail!(
            "`{}` differs from the service, and nothing was written:{shown}{more}\n\
             hint: apply what is there, or --force replaces it (git diff shows by what)",
            dir.display()
        );
    }
    let unwritable = || format!("can't write into `{}`", dir.display());
    std::fs::create_dir_all(dir).with_context(unwritable)?;
    let beside = tempfile::Builder::new().prefix(".export-").tempdir_in(dir).with_context(unwritable)?;
    for (path, text) in files {
        put(&beside.path().join(path), text).with_context(unwritable)?;
    }
    std::fs::create_dir_all(beside.path().join(ENVIRONMENTS)).with_context(unwritable)?;
    keep_own(&place, &beside.path().join(ENVIRONMENTS)).with_context(unwritable)?;
    swap(&place, &beside.path().join(ENVIRONMENTS), &beside.path().join("before")).with_context(unwritable)?;
    for (name, text) in [("README.md", README), (".gitignore", "/secrets/\n")] {
        if !dir.join(name).exists() {
            put(&dir.join(name), text).with_context(unwritable)?;
        }
    }
    Ok(Written::New)
}

fn put(path: &Path, text: &str) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(path, text)
}

/// The new folder in the old one's place; if that fails, the old one again.
fn swap(place: &Path, new: &Path, aside: &Path) -> std::io::Result<()> {
    let was_there = place.exists();
    if was_there {
        std::fs::rename(place, aside)?;
    }
    std::fs::rename(new, place).inspect_err(|_| {
        if was_there {
            let _ = std::fs::rename(aside, place);
        }
    })
}

/// Paths of the files that are there, from the folder. A link is nothing to write through.
fn existing(dir: &Path, place: &Path) -> anyhow::Result<BTreeSet<String>> {
    for path in [dir, place] {
        if path.exists() && !path.is_dir() {
            bail!("`{}` is not a folder", path.display());
        }
    }
    if place.is_symlink() {
        bail!("`{}` is a symbolic link: no link is written through", place.display());
    }
    let mut found = BTreeSet::new();
    walk(place, &mut |path| {
        if !is_own(path)
            && let Ok(path) = path.strip_prefix(dir)
        {
            found.insert(path.to_string_lossy().into_owned());
        }
    })
    .with_context(|| format!("can't read `{}`", place.display()))?;
    Ok(found)
}

fn walk(dir: &Path, see: &mut impl FnMut(&Path)) -> std::io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(dir)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() && !path.is_symlink() {
            walk(&path, see)?;
        } else {
            see(&path);
        }
    }
    Ok(())
}

fn is_own(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "README.md" || name.starts_with('.')
}

/// The reviewer's own files, for folders that there still are.
fn keep_own(old: &Path, new: &Path) -> std::io::Result<()> {
    let mut kept = Ok(());
    walk(old, &mut |path| {
        if let (true, Ok(relative)) = (is_own(path) && path.is_file(), path.strip_prefix(old)) {
            let to = new.join(relative);
            if kept.is_ok() && to.parent().is_some_and(Path::is_dir) {
                kept = std::fs::copy(path, &to).map(|_| ());
            }
        }
    })?;
    kept
}

/// What an export would change, a line each.
fn differing(dir: &Path, files: &BTreeMap<String, String>, there: &BTreeSet<String>) -> Vec<String> {
    let gone = there.iter().filter(|path| !files.contains_key(*path)).map(|path| format!("- {path}"));
    let other = files.iter().filter_map(|(path, text)| match std::fs::read(dir.join(path)) {
        Ok(bytes) if bytes == text.as_bytes() => None,
        Ok(_) => Some(format!("~ {path}")),
        Err(_) => Some(format!("+ {path}")),
    });
    other.chain(gone).collect()
}
