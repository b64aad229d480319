//! What is counted of messages that were sent.

use async_trait::async_trait;

use super::{Conversion, ConversionQuery, RevisionFigures, SentOf, Statistics, StatisticsQuery, Stored};
use crate::clock::Timestamp;

/// What is counted of messages that were sent.
#[async_trait]
pub trait FigureStore: Send + Sync {
    /// What became of messages, by group, the largest first.
    async fn conversion(&self, query: ConversionQuery) -> Stored<Vec<Conversion>>;
    /// How connectors' calls for messages of a span ended and how long they took, by time and in all.
    async fn statistics(&self, query: StatisticsQuery) -> Stored<Statistics>;
    /// The same by revision of a connector, for messages made at `since` or later, the newest revision first.
    async fn revision_figures(
        &self,
        environment: &str,
        connector: &str,
        since: Timestamp,
    ) -> Stored<Vec<RevisionFigures>>;
    /// How many messages made at `since` or later a connector sent, by purpose, the largest first.
    async fn sent_since(&self, environment: &str, connector: &str, since: Timestamp) -> Stored<Vec<SentOf>>;
    /// How many messages a span has, counted up to `most`: that takes no longer where there are a million.
    async fn messages_up_to(&self, environment: &str, from: Timestamp, to: Timestamp, most: u32) -> Stored<u32>;
    /// Of the newest `newest` messages made at `since` or later, those that a connector sent.
    async fn sent_of_newest(&self, environment: &str, connector: &str, since: Timestamp, newest: u32) -> Stored<u64>;
}
