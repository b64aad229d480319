//! Nodes that share this database. Migration 002 says what is counted, and when. All times are the database's.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Postgres;
use super::flight::Flight;
use super::given::given;
use super::locking::{self, Lock};
use crate::store::{Change, Held, Hold, LivingNode, NodeRow, NodeStore, StoreError, Stored};

/// A node that was silent for so long counts no more: it says that it lives every second.
pub(super) const LIVES: &str = "seen_at > clock_timestamp() - interval '5 seconds'";

#[async_trait]
impl NodeStore for Postgres {
    fn is_shared(&self) -> bool {
        true
    }

    async fn hold(&self, what: &str, how: Hold) -> Stored<Held> {
        // Who holds something needs another connection for what he does with it.
        let room = Arc::clone(&self.holds).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let work = self.begin().await?;
        let mut flight = Flight::new();
        // It is held while its holder compiles, or asks a provider; and whoever waits for it, waits for that.
        flight.ask("SELECT set_config('idle_in_transaction_session_timeout', '2min', TRUE)", given![]);
        match how {
            Hold::Alone => locking::take(&mut flight, &[Lock::Service(what)]),
            Hold::Beside => locking::take_beside(&mut flight, Lock::Service(what)),
        }
        work.send(flight).await?;
        Ok(Held::by((work, room)))
    }

    async fn lease(&self, work: &str, node: &str, span: Duration) -> Stored<bool> {
        let sql = "INSERT INTO leases (work, node, until)
            VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
            ON CONFLICT (work) DO UPDATE SET node = excluded.node, until = excluded.until
            WHERE leases.node = excluded.node OR leases.until < clock_timestamp()";
        let span = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Ok(self.write(sql, given![work, node, span]).await? > 0)
    }

    async fn beat(&self, node: &NodeRow) -> Stored<()> {
        let mut flight = Flight::new();
        flight.ask(
            "INSERT INTO nodes (id, name, version) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()",
            given![&node.id, &node.name, &node.version],
        );
        // Those that died without a word.
        flight.ask("DELETE FROM nodes WHERE seen_at < clock_timestamp() - interval '1 hour'", given![]);
        self.begin().await?.commit(flight).await.map(|_| ())
    }

    async fn leave(&self, node: &str) -> Stored<()> {
        let mut flight = Flight::new();
        flight.ask("DELETE FROM leases WHERE node = $1", given![node]);
        flight.ask("DELETE FROM nodes WHERE id = $1", given![node]);
        self.begin().await?.commit(flight).await.map(|_| ())
    }

    async fn nodes(&self) -> Stored<Vec<LivingNode>> {
        let sql = format!(
            "SELECT n.id, n.name, n.version, ARRAY(
               SELECT c.environment FROM changes c
               LEFT JOIN node_steps s ON s.node = n.id AND s.environment = c.environment
               WHERE coalesce(s.number, 0) < c.number ORDER BY c.environment)
             FROM nodes n WHERE {LIVES} ORDER BY n.name, n.id"
        );
        let lines = self.lines(sql, given![]).await?;
        let node = |line: &super::Line| {
            let node = NodeRow { id: line.get(0)?, name: line.get(1)?, version: line.get(2)? };
            Ok(LivingNode { node, behind: line.get(3)? })
        };
        lines.iter().map(node).collect()
    }

    async fn changes(&self) -> Stored<Vec<Change>> {
        let lines = self.lines("SELECT environment, number FROM changes ORDER BY environment", given![]).await?;
        lines.iter().map(|line| Ok(Change { environment: line.get(0)?, number: line.get(1)? })).collect()
    }

    async fn in_step(&self, node: &str, changes: Vec<Change>) -> Stored<()> {
        let (environments, numbers): (Vec<String>, Vec<i64>) = changes
            .into_iter()
            .map(|change| (change.environment, i64::try_from(change.number).unwrap_or(i64::MAX)))
            .unzip();
        let sql = "INSERT INTO node_steps (node, environment, number)
            SELECT $1, e, n FROM unnest($2::text[], $3::bigint[]) AS given (e, n) WHERE EXISTS (
              SELECT 1 FROM nodes WHERE id = $1)
            ON CONFLICT (node, environment) DO UPDATE SET number = excluded.number";
        self.write(sql, given![node, environments, numbers]).await.map(|_| ())
    }

    async fn news(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.listener.heard()).await;
    }

    async fn want(&self, digest: &str) -> Stored<()> {
        let sql = "INSERT INTO wanted_components (digest) SELECT digest FROM components WHERE digest = $1
            ON CONFLICT (digest) DO UPDATE SET at = clock_timestamp()";
        self.write(sql, given![digest]).await.map(|_| ())
    }

    async fn wanted(&self, node: &str) -> Stored<Vec<String>> {
        let sql = "SELECT digest FROM wanted_components w WHERE NOT EXISTS (
            SELECT 1 FROM node_components c WHERE c.node = $1 AND c.digest = w.digest) ORDER BY at";
        self.lines(sql, given![node]).await?.iter().map(|line| line.get(0)).collect()
    }

    async fn ready(&self, node: &str, digest: &str, fault: Option<&str>) -> Stored<()> {
        let sql = "INSERT INTO node_components (node, digest, fault)
            SELECT n.id, c.digest, $3 FROM nodes n, components c WHERE n.id = $1 AND c.digest = $2
            ON CONFLICT (node, digest) DO UPDATE SET fault = excluded.fault";
        self.write(sql, given![node, digest, fault]).await.map(|_| ())
    }

    async fn not_ready(&self, digest: &str) -> Stored<Vec<String>> {
        let sql = format!(
            "SELECT name FROM nodes n WHERE {LIVES} AND NOT EXISTS (
               SELECT 1 FROM node_components c WHERE c.node = n.id AND c.digest = $1) ORDER BY name"
        );
        self.lines(sql, given![digest]).await?.iter().map(|line| line.get(0)).collect()
    }
}
