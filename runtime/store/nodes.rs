//! Nodes that share a store: who lives, what has changed, who is in step, whose work something is.

use std::time::Duration;

use async_trait::async_trait;

use super::{Change, Held, Hold, LivingNode, NodeRow, Stored};

/// Nodes that share a store. Where a store has one node, all of it is true at once and costs nothing.
#[async_trait]
pub trait NodeStore: Send + Sync {
    /// Whether other nodes may share it.
    fn is_shared(&self) -> bool;
    /// Hold something among all nodes, such as the turn to change something. Waits for it.
    async fn hold(&self, what: &str, how: Hold) -> Stored<Held>;
    /// Have a kind of work for a while from now, or longer; false while another node has it.
    async fn lease(&self, work: &str, node: &str, span: Duration) -> Stored<bool>;
    /// This node lives.
    async fn beat(&self, node: &NodeRow) -> Stored<()>;
    /// This node ends.
    async fn leave(&self, node: &str) -> Stored<()>;
    /// The nodes that live, by name.
    async fn nodes(&self) -> Stored<Vec<LivingNode>>;
    /// How often what serves has changed, by environment.
    async fn changes(&self) -> Stored<Vec<Change>>;
    /// This node is in step up to these changes.
    async fn in_step(&self, node: &str, changes: Vec<Change>) -> Stored<()>;
    /// Returns when something may have changed, at the latest after `at_most`.
    async fn news(&self, at_most: Duration);
    /// A component is about to serve: every node is to have it ready.
    async fn want(&self, digest: &str) -> Stored<()>;
    /// What this node is to have ready and has not said that it has.
    async fn wanted(&self, node: &str) -> Stored<Vec<String>>;
    /// This node has it ready, or can't: then why.
    async fn ready(&self, node: &str, digest: &str, fault: Option<&str>) -> Stored<()>;
    /// The nodes that live and have not said so, by name.
    async fn not_ready(&self, digest: &str) -> Stored<Vec<String>>;
}
