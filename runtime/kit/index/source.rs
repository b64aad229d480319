//! Where an index lies: a folder, or a Git repository, which is fetched anew into a folder that is gone afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use tempfile::TempDir;

/// An index at hand.
pub(super) enum Source {
    Folder(PathBuf),
    Fetched(TempDir),
}

impl Source {
    pub(super) fn open(index: &str) -> anyhow::Result<Self> {
        let folder = Path::new(index);
        if folder.is_dir() {
            return Ok(Self::Folder(folder.to_path_buf()));
        }
        let is_repository = ["https://", "ssh://", "file://", "git@"].iter().any(|start| index.starts_with(start));
        if !is_repository {
            bail!("an index is a folder or the address of a Git repository (https://…, ssh://…): `{index}`");
        }
        let place = tempfile::tempdir().context("no place to fetch the index to")?;
        // Only what it is told: no questions, no hooks, no other protocol than the address names.
        let output = Command::new("git")
            .args(["clone", "--quiet", "--depth", "1", "--no-tags", "--", index])
            .arg(place.path().join("index"))
            .env("GIT_TERMINAL_PROMPT", "0")
            .output()
            .context("can't run git, which fetches the index")?;
        if !output.status.success() {
            bail!("git can't fetch the index `{index}`: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(Self::Fetched(place))
    }

    pub(super) fn folder(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.clone(),
            Self::Fetched(place) => place.path().join("index"),
        }
    }
}
