//! Nodes: any number of processes that serve from one database, behind any load balancer. They don't speak with each other;
//! what one has to know of another stands in the database.
//!
//! Promise: a revision that was switched off sends nothing a second after the answer that says so, on whatever node. A node
//! looks several times a second whether anything has changed ([`following`]), hears of it sooner where it can, and takes no
//! new work while its last look is older than [`step::FRESH`]: so one that was cut off catches up before it serves again.
//!
//! Who has one node (SQLite) is always in step, and waits for nobody.

pub mod following;
pub mod leases;
pub mod step;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::store::{Held, Hold, NodeRow, Store, StoreError, Stored};
use step::Step;

/// How often it is looked whether the others are there.
const LOOK: Duration = Duration::from_millis(50);
/// After so long, a node that says nothing counts no more.
const SILENT: Duration = Duration::from_secs(7);
/// How long a switch waits for nodes that compile.
const COMPILES: Duration = Duration::from_secs(30);

/// This node among the others.
pub struct Nodes {
    store: Arc<dyn Store>,
    row: NodeRow,
    step: Step,
}

impl Nodes {
    /// One that is called `id` from this start to its end.
    pub fn new(store: Arc<dyn Store>, id: String) -> Self {
        let name = format!("{}-{}", machine(), std::process::id());
        let row = NodeRow { id, name, version: env!("CARGO_PKG_VERSION").to_owned() };
        let step = if store.is_shared() { Step::behind() } else { Step::alone() };
        Self { store, row, step }
    }

    /// What it is called.
    pub fn row(&self) -> &NodeRow {
        &self.row
    }

    /// Returns once this node knows what was changed until a second ago, as a rule at once; an error where it can't.
    pub async fn in_step(&self) -> Stored<()> {
        self.step.current().await
    }

    /// Whether no other node lives.
    pub async fn is_alone(&self) -> Stored<bool> {
        Ok(self.store.nodes().await?.iter().all(|living| living.node.id == self.row.id))
    }

    /// Whether this node is alone, or is so once those that died without a word count no more.
    pub async fn is_alone_in_the_end(&self) -> bool {
        let until = Instant::now() + SILENT;
        loop {
            let alone = self.is_alone().await.unwrap_or(false);
            if alone || Instant::now() >= until {
                return alone;
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// This node ends: nobody waits for it any more.
    pub async fn leave(&self) -> Stored<()> {
        self.store.leave(&self.row.id).await
    }

    /// Whether others may serve beside this one.
    pub fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// Hold something among all nodes.
    pub async fn hold(&self, what: &str, how: Hold) -> Stored<Held> {
        self.store.hold(what, how).await
    }

    /// Whether some work is this node's for now. While it can't be asked, it is nobody's.
    pub async fn leads(&self, work: leases::Work) -> bool {
        let leads = self.store.lease(work.name(), &self.row.id, leases::SPAN).await;
        leads.unwrap_or_else(|error| {
            tracing::debug!(work = work.name(), %error, "nobody knows whose work this is");
            false
        })
    }

    /// Have every node that lives compile a component before it serves. Goes on without those that don't say in time that
    /// they did: they compile it with their first message.
    pub async fn have_ready(&self, digest: &str) -> Stored<()> {
        if !self.store.is_shared() {
            return Ok(());
        }
        self.store.want(digest).await?;
        self.store.ready(&self.row.id, digest, None).await?;
        let until = Instant::now() + COMPILES;
        loop {
            let missing = self.store.not_ready(digest).await?;
            if missing.is_empty() {
                return Ok(());
            }
            if Instant::now() >= until {
                tracing::warn!(nodes = ?missing, digest, "nodes did not compile a component in time");
                return Ok(());
            }
            sleep(LOOK).await;
        }
    }

    /// Wait until every node that lives serves what was saved until now, at most so long; answers those that don't.
    pub async fn all_in_step(&self, at_most: Duration) -> Result<Vec<String>, StoreError> {
        let until = Instant::now() + at_most;
        loop {
            let nodes = self.store.nodes().await?;
            let behind: Vec<String> =
                nodes.into_iter().filter(|node| !node.behind.is_empty()).map(|node| node.node.name).collect();
            if behind.is_empty() || Instant::now() >= until {
                return Ok(behind);
            }
            sleep(LOOK).await;
        }
    }
}

/// The machine's name, for people.
fn machine() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')).take(64).collect()
}
