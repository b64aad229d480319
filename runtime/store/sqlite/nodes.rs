//! SQLite serves one node: it has every turn, and nobody waits for another.

use std::time::Duration;

use async_trait::async_trait;

use super::Sqlite;
use crate::store::{Change, Held, Hold, LivingNode, NodeRow, NodeStore, Stored};

#[async_trait]
impl NodeStore for Sqlite {
    fn is_shared(&self) -> bool {
        false
    }

    async fn hold(&self, _what: &str, _how: Hold) -> Stored<Held> {
        Ok(Held::alone())
    }

    async fn lease(&self, _work: &str, _node: &str, _span: Duration) -> Stored<bool> {
        Ok(true)
    }

    async fn beat(&self, _node: &NodeRow) -> Stored<()> {
        Ok(())
    }

    async fn leave(&self, _node: &str) -> Stored<()> {
        Ok(())
    }

    async fn nodes(&self) -> Stored<Vec<LivingNode>> {
        Ok(Vec::new())
    }

    async fn changes(&self) -> Stored<Vec<Change>> {
        Ok(Vec::new())
    }

    async fn in_step(&self, _node: &str, _changes: Vec<Change>) -> Stored<()> {
        Ok(())
    }

    async fn news(&self, at_most: Duration) {
        tokio::time::sleep(at_most).await;
    }

    async fn want(&self, _digest: &str) -> Stored<()> {
        Ok(())
    }

    async fn wanted(&self, _node: &str) -> Stored<Vec<String>> {
        Ok(Vec::new())
    }

    async fn ready(&self, _node: &str, _digest: &str, _fault: Option<&str>) -> Stored<()> {
        Ok(())
    }

    async fn not_ready(&self, _digest: &str) -> Stored<Vec<String>> {
        Ok(Vec::new())
    }
}
