//! Connectors: revisions, secrets, who is active, promotion.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    ChannelRow, ConnectorRow, ErasedSecret, NewPromotion, NewRevision, Occasion, RevisionRow, Saved, SecretRow, Stored,
    Switch,
};
use crate::clock::Timestamp;

/// Connectors: revisions, secrets, who is active, promotion.
#[async_trait]
pub trait ConnectorStore: Send + Sync {
    /// Connectors of an environment, by name.
    async fn connectors(&self, environment: &str) -> Stored<Vec<ConnectorRow>>;
    /// One connector.
    async fn connector(&self, environment: &str, name: &str) -> Stored<Option<ConnectorRow>>;
    /// Save a revision, with new secrets sealed by the caller's function once their version is known.
    async fn save_revision(&self, revision: NewRevision) -> Stored<Saved>;
    /// Revisions, newest first.
    async fn revisions(&self, environment: &str, name: &str) -> Stored<Vec<RevisionRow>>;
    /// One revision.
    async fn revision(&self, environment: &str, name: &str, number: u64) -> Stored<Option<RevisionRow>>;
    /// Let a revision serve: roll back or forward.
    async fn serve_revision(
        &self,
        environment: &str,
        name: &str,
        number: u64,
        if_match: Option<u64>,
        by: Occasion,
    ) -> Stored<Saved>;
    /// A revision gave out a secret: it must not serve any more.
    async fn quarantine_revision(
        &self,
        environment: &str,
        name: &str,
        number: u64,
        why: &str,
        now: Timestamp,
    ) -> Stored<()>;
    /// Delete a connector; its numbering goes on if the name comes back.
    async fn delete_connector(&self, environment: &str, name: &str, by: Occasion) -> Stored<bool>;
    /// When the revisions of a connector served or were on trial, newest first.
    async fn switches(&self, environment: &str, connector: &str) -> Stored<Vec<Switch>>;
    /// These versions of a connector's secrets, by field; what is not there is left out.
    async fn secrets(&self, environment: &str, name: &str, versions: &BTreeMap<String, u32>) -> Stored<Vec<SecretRow>>;
    /// Erase versions of a secret, all of them unless one is named; answers those that the serving revision uses, and
    /// then erases nothing of them. None if there is no such secret.
    async fn erase_secret(
        &self,
        environment: &str,
        name: &str,
        field: &str,
        version: Option<u32>,
    ) -> Stored<Option<ErasedSecret>>;
    /// Who is active for a channel.
    async fn channel(&self, environment: &str, channel: &str) -> Stored<ChannelRow>;
    /// Change it.
    async fn put_channel(&self, environment: &str, channel: &str, row: ChannelRow, by: Occasion) -> Stored<()>;
    /// Promote: several revisions, the channel and documents of one environment at once. Nothing of it is there if any of
    /// it fails. Answers the revisions' numbers, in order; none if a document is not as the caller saw it, and then
    /// nothing was written.
    async fn promote(&self, promotion: NewPromotion) -> Stored<Option<Vec<u64>>>;
}
