//! The interface, delegated to one file an area.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::areas::{areas, delegate};
use crate::store::rows::*;
use crate::store::{
    CallbackStore, ComponentStore, ConnectorStore, EnvironmentStore, ErasureStore, FigureStore, GuardStore, HookStore,
    IdempotencyStore, KeyStore, MessageStore, PeopleStore, PriceStore, ReviewerStore, Store, Stored, TwilioStore,
    VerificationStore, WebhookStore,
};

areas!(Postgres);

#[async_trait]
impl Store for Postgres {
    fn close(&self) {
        self.listener.stop();
        self.pool.close();
    }

    async fn meta(&self, name: &str) -> Stored<Option<Vec<u8>>> {
        keys::meta(self, name).await
    }

    async fn put_meta(&self, name: &str, value: &[u8]) -> Stored<()> {
        keys::put_meta(self, name, value).await
    }

    async fn meta_once(&self, name: &str, value: &[u8]) -> Stored<Vec<u8>> {
        keys::meta_once(self, name, value).await
    }

    async fn ping(&self) -> Stored<()> {
        keys::ping(self).await
    }

    async fn settle(&self, begun_before: Timestamp) -> Stored<()> {
        upkeep::settle_cut_off(self, begun_before).await
    }

    async fn purge(&self, now: Timestamp, keep: Retention) -> Stored<()> {
        upkeep::purge(self, now, keep).await
    }
}
