//! Nodes as real processes over one database, each through a cable of its own and by a clock of its own; one provider that
//! all of them send to.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;

use super::log::Log;
use crate::support::postgres::{self, Alone, Cable};
use crate::support::process::{Running, address, beside};
use crate::support::provider::Provider;
use crate::support::service::{ADMIN_KEY, MASTER_KEY};

/// What a fleet is to be.
pub struct Plan {
    /// Seconds by which each node's clock is wrong.
    pub clocks: Vec<i64>,
    /// Of each node, to the database.
    pub connections: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self { clocks: vec![0; 3], connections: 8 }
    }
}

/// One fleet at a time: what is measured is no other's doing.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

pub struct Fleet {
    pub nodes: Vec<Node>,
    pub log: Arc<Log>,
    _provider: Provider,
    _folder: Option<tempfile::TempDir>,
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Fleet {
    /// Over a database of its own on the server that all tests share; none where there is no PostgreSQL.
    pub async fn start(what: &str, plan: Plan) -> Option<Self> {
        if !postgres::is_here(what) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let url = postgres::own(folder.path());
        Some(Self { _folder: Some(folder), ..Self::over(&url, plan).await })
    }

    /// Over a server that may be crashed.
    pub async fn start_over(server: &Alone, plan: Plan) -> Self {
        Self::over(server.url(), plan).await
    }

    async fn over(url: &str, plan: Plan) -> Self {
        let turn = TURN.lock().await;
        let (provider, log) = (Provider::start().await, Arc::new(Log::default()));
        log.listen(&provider);
        let start = |clock: &i64| Node::start(url.to_owned(), provider.url.clone(), *clock, plan.connections);
        let nodes = join_all(plan.clocks.iter().map(start)).await;
        Self { nodes, log, _provider: provider, _folder: None, _turn: turn }
    }
}

pub struct Node {
    pub cable: Cable,
    running: Mutex<Option<Running>>,
    /// Where it serves, or did last.
    url: Mutex<String>,
    clock: i64,
    connections: u32,
    folder: tempfile::TempDir,
}

impl Node {
    async fn start(database: String, provider: String, clock: i64, connections: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("[egress.overrides]\n\"api.example.com\" = \"{provider}\"\n[log]\nlevel = \"warn\"\n");
        std::fs::write(folder.path().join("countersign.toml"), config).unwrap();
        let (cable, running) = (Cable::to(&database).await, Mutex::default());
        let node = Self { cable, running, url: Mutex::default(), clock, connections, folder };
        node.begin().await;
        node
    }

    /// Where to ask it, alive or not.
    pub fn url(&self) -> String {
        self.url.lock().unwrap().clone()
    }

    /// `kill -9`
    pub fn kill(&self) {
        drop(self.running.lock().unwrap().take());
    }

    /// Start it, again or for the first time, and wait until it serves.
    pub async fn begin(&self) {
        let (folder, store) = (self.folder.path().to_owned(), self.cable.url.clone());
        let (clock, connections) = (self.clock, self.connections);
        let running = tokio::task::spawn_blocking(move || serve(&folder, &store, clock, connections)).await.unwrap();
        *self.url.lock().unwrap() = running.url.clone();
        *self.running.lock().unwrap() = Some(running);
    }

    /// What it said of itself last.
    pub fn said(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

fn serve(folder: &Path, store: &str, clock: i64, connections: u32) -> Running {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = beside(folder, &["serve", "--config", "countersign.toml", "--listen", "127.0.0.1:0"]);
    command
        .env("COUNTERSIGN_ADMIN_KEY", ADMIN_KEY)
        .env("COUNTERSIGN_MASTER_KEY", MASTER_KEY)
        .env("COUNTERSIGN_STORE", store)
        .env("COUNTERSIGN_POSTGRES__CONNECTIONS", connections.to_string())
        .stdout(Stdio::piped())
        .stderr(log);
    if clock != 0 {
        // Not by the program `faketime`: a kill would end that one alone. How long something takes stays as it is.
        command
            .env("LD_PRELOAD", library().expect("asked for before"))
            .env("FAKETIME", format!("{clock:+}"))
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
    let mut child = command.spawn().unwrap();
    let url = address(&mut child);
    Running { child, url, key: None }
}

/// What makes a process believe another time.
pub fn library() -> Option<PathBuf> {
    let of_machine = std::fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let of_machine = of_machine.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    of_machine.chain([PathBuf::from("/usr/lib/faketime/libfaketimeMT.so.1")]).find(|path| path.exists())
}
