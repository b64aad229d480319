//! Which store the configuration names, and opening it: for the service, for a command beside it, or for one in its place.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::config::{Config, StoreUrl};
use crate::durable;
use crate::machine::Sizes;
use crate::metrics::StoreFigures;
use crate::store::postgres::{Options, Postgres};
use crate::store::sqlite::{Sqlite, snapshot};
use crate::store::{Held, Hold, Store, StoreError};

/// Connections of a command that is over in a moment.
const OF_A_COMMAND: usize = 4;
/// How often whoever starts asks for its turn; the database lets it wait for a few seconds each time.
const TURNS: u32 = 24;
const PAUSE: Duration = Duration::from_millis(200);

/// A store, open for the service.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    /// What it counts of itself.
    pub(super) figures: StoreFigures,
    /// The data folder, where the store itself does not hold it.
    pub(super) folder: Option<Folder>,
}

/// A data folder that is held for one process, as SQLite's store holds its own: certificates and this start's number lie in
/// it, whatever the store is.
pub(super) struct Folder(File);

impl Folder {
    fn hold(dir: &Path) -> anyhow::Result<Self> {
        durable::folder(dir).with_context(|| unopened(dir))?;
        snapshot::hold(dir).map(Self).with_context(|| unopened(dir))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Not by closing it alone: a child that is between fork and exec has it open too, and would hold it.
        let _ = self.0.unlock();
    }
}

/// Open the store for a service.
pub(super) async fn open(config: &Config, sizes: &Sizes) -> anyhow::Result<Opened> {
    let dir = &config.data.dir;
    let Some(url) = &config.store else {
        let sqlite = Sqlite::open_sized(dir, sizes.readers, sizes.page_cache_kib).with_context(|| unopened(dir))?;
        return Ok(Opened { figures: sqlite.figures().clone(), store: Arc::new(sqlite), folder: None });
    };
    let folder = Folder::hold(dir)?;
    let connections = usize::try_from(config.postgres.connections).unwrap_or(usize::MAX);
    let postgres = database(config, url, connections).await?;
    tracing::info!(database = url.place(), connections, "the store is PostgreSQL");
    Ok(Opened { figures: postgres.figures().clone(), store: Arc::new(postgres), folder: Some(folder) })
}

/// Open it beside whatever serves from it, for a short command.
pub(crate) async fn beside(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let dir = &config.data.dir;
    match &config.store {
        None => Ok(Arc::new(Sqlite::open_beside(dir).with_context(|| unopened(dir))?)),
        Some(url) => Ok(Arc::new(database(config, url, OF_A_COMMAND).await?)),
    }
}

/// Open it in the place of the service that is stopped. Nodes of a database may run: whoever asks for this is to know that.
pub(super) async fn in_place(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    let dir = &config.data.dir;
    match &config.store {
        None => Ok(Arc::new(Sqlite::open(dir).with_context(|| unopened(dir))?)),
        Some(_) => beside(config).await,
    }
}

/// Nodes that start at once over a fresh database come to it one after the other: the next finds what the first has made.
pub(super) async fn turn(store: &dyn Store) -> anyhow::Result<Held> {
    for _ in 1..TURNS {
        match store.hold("start", Hold::Alone).await {
            // It waited as long as it may, and may again.
            Err(StoreError::Overloaded | StoreError::Unreachable(_)) => tokio::time::sleep(PAUSE).await,
            held => return Ok(held?),
        }
    }
    store.hold("start", Hold::Alone).await.context("another node is at its first start, and does not come to its end")
}

/// What the store is in, for people.
pub(crate) fn kind(config: &Config) -> &'static str {
    if config.store.is_some() { "database" } else { "data folder" }
}

/// How the database that the configuration names is reached.
pub(crate) fn options(config: &Config, url: &StoreUrl, connections: usize) -> Options {
    let postgres = &config.postgres;
    Options { url: url.secret().clone(), connections, pooled: postgres.pooler, ca: postgres.ca_file.clone() }
}

async fn database(config: &Config, url: &StoreUrl, connections: usize) -> anyhow::Result<Postgres> {
    let opened = Postgres::open(&options(config, url, connections)).await;
    opened.with_context(|| format!("can't open the database `{}`", url.place()))
}

fn unopened(dir: &Path) -> String {
    format!("can't open the data folder `{}`", dir.display())
}
