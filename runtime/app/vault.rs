//! Which master key opens this store, and refusing every other.
//!
//! A key is made only by a plain first start outside a container, and lies beside the data folder, not in it: a copy
//! of the folder alone must not open its secrets.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::storage;
use crate::config::{self, Config};
use crate::credentials::{MasterKey, Vault};
use crate::durable;
use crate::secret::Secret;
use crate::store::Store;
use crate::store::sqlite::{META_KEY_CHECK, META_ROOT};

/// Open the vault of this store.
pub(super) async fn open(config: &Config, store: &dyn Store) -> anyhow::Result<Vault> {
    let root = store.meta(META_ROOT).await?;
    let key = &master_key(config, root.is_none())?;
    let opened = |root: &[u8]| {
        Vault::from_sealed_root(key, root).with_context(|| format!("{}; nothing was changed", another(config)))
    };
    let vault = match root {
        Some(root) => opened(&root)?,
        None => {
            let (vault, made) = Vault::with_new_root(key);
            // Another node may have made one meanwhile. What is sealed under a root that is not kept opens to nobody.
            let kept = store.meta_once(META_ROOT, &made).await?;
            if kept == made { vault } else { opened(&kept)? }
        }
    };
    // A backup says by it which key it wants. Only a hint: what decides is whether the root opens.
    let check = key.check_value();
    if store.meta(META_KEY_CHECK).await?.as_deref() != Some(check.as_bytes()) {
        store.put_meta(META_KEY_CHECK, check.as_bytes()).await?;
    }
    Ok(vault)
}

/// The key of the variable, of the file, or (at a first start) a new one.
pub fn master_key(config: &Config, first_start: bool) -> anyhow::Result<MasterKey> {
    if let Some(key) = &config.master_key.key {
        return MasterKey::parse(key.expose()).context("COUNTERSIGN_MASTER_KEY");
    }
    let default = default_file(&config.data.dir);
    let file = config.master_key.file.as_deref().unwrap_or(&default);
    if file.exists() {
        if first_start {
            // Whoever put it there, a start that was killed or an operator a moment ago: a root that outlives its key
            // opens nothing.
            durable::settle(file).with_context(|| format!("can't keep the master key `{}`", file.display()))?;
        }
        let text = Secret::new(
            std::fs::read_to_string(file).with_context(|| format!("can't read the master key `{}`", file.display()))?,
        );
        return MasterKey::parse(text.expose().trim()).with_context(|| format!("master key `{}`", file.display()));
    }
    let how = "set COUNTERSIGN_MASTER_KEY, or put a key there; `countersign master-key new` prints one";
    if config.master_key.file.is_some() {
        bail!("there is no master key at `{}`\nhint: {how}", file.display());
    }
    if !first_start {
        let hint = match &config.store {
            None => "restore it",
            Some(_) => "all nodes of a database have the same: put the key of the others there",
        };
        let kind = storage::kind(config);
        bail!(
            "the master key of this {kind} is missing: `{}`\nhint: {hint}, or set COUNTERSIGN_MASTER_KEY",
            file.display()
        );
    }
    if config::in_container() {
        // No shell is there: the image's program itself makes one, in a container that is gone again.
        bail!(
            "a master key is not made in a container, where it would be lost\n\
             hint: make one and keep it: docker run --rm IMAGE master-key new (or podman run), then start with \
             -e COUNTERSIGN_MASTER_KEY=… or with a mounted file and -e COUNTERSIGN_MASTER_KEY__FILE=/its/path"
        );
    }
    make(file)
}

/// Whether the key that a start would use opens this store; false if there is nothing to open yet. Writes nothing.
pub(crate) async fn look(config: &Config, store: &dyn Store) -> anyhow::Result<bool> {
    let Some(root) = store.meta(META_ROOT).await? else { return Ok(false) };
    let opened = Vault::from_sealed_root(&master_key(config, false)?, &root);
    opened.map(|_| true).with_context(|| another(config))
}

fn another(config: &Config) -> String {
    format!("this master key is not the one that the {} was made with", storage::kind(config))
}

/// The file that the key comes from, unless it comes from the variable.
pub(crate) fn key_file(config: &Config) -> Option<PathBuf> {
    let file = || config.master_key.file.clone().unwrap_or_else(|| default_file(&config.data.dir));
    config.master_key.key.is_none().then(file)
}

fn default_file(data: &Path) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".master-key");
    PathBuf::from(name)
}

fn make(file: &Path) -> anyhow::Result<MasterKey> {
    let key = MasterKey::generate();
    let line = Secret::new(format!("{}\n", key.to_text().expose()));
    durable::new_file(file, line.expose().as_bytes())
        .with_context(|| format!("can't write the master key `{}`", file.display()))?;
    tracing::info!(
        "made a master key: {} (keep a copy elsewhere: without it the secrets can't be read)",
        file.display()
    );
    Ok(key)
}

/// Seal the root of a stopped service under another key. The root is one write: there is no state in between; the next
/// start would mend the check value. Nodes of a database that run have it open, and need the other key when they start next.
pub async fn rotate(config: &Config, to: &MasterKey) -> anyhow::Result<()> {
    let store = storage::in_place(config).await?;
    let root = store.meta(META_ROOT).await?;
    let root = root.with_context(|| format!("no service has been started with this {}", storage::kind(config)))?;
    let vault = Vault::from_sealed_root(&master_key(config, false)?, &root).context("the present master key")?;
    store.put_meta(META_ROOT, &vault.reseal_root(to)).await?;
    store.put_meta(META_KEY_CHECK, to.check_value().as_bytes()).await?;
    Ok(())
}
