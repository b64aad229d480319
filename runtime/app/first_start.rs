//! What a fresh data folder gets: a first admin key, and an `inbox` connector in the
//! development environment, so that a newcomer needs no account anywhere.

use std::sync::Arc;

use serde_json::json;

use crate::actor::Actor;
use crate::audit::{self, Entry, action};
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::{self, Grant, Role};
use crate::setup::{PutConnector, Setup};
use crate::store::Store;

const META_STARTED: &str = "first_start";

/// How the first admin key came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstKey {
    /// Made at this start, and shown this once.
    Made(String),
    /// `COUNTERSIGN_ADMIN_KEY`, stored hashed.
    FromEnvironment,
    /// There was one already.
    Exists,
}

/// Bring a data folder to where it can serve.
pub(super) async fn prepare(
    config: &Config,
    store: &Arc<dyn Store>,
    setup: &Setup,
    clock: &Clock,
) -> anyhow::Result<FirstKey> {
    let fresh = store.meta(META_STARTED).await?.is_none();
    let first_key = first_key(config, &**store, clock).await?;
    if fresh {
        let inbox = PutConnector {
            component: "inbox".into(),
            config: json!({}),
            activate: true,
            by: Some(Actor::host("first-start")),
            ..PutConnector::default()
        };
        let saved = setup.put_connector("development", "inbox", inbox).await?;
        let entry = Entry::of(action::CONNECTOR_SAVE).within("development").to("inbox").with(saved.told());
        audit::note(&**store, clock.now(), &Actor::host("first-start"), entry).await;
        store.put_meta(META_STARTED, clock.now().to_string().as_bytes()).await?;
    }
    Ok(first_key)
}

async fn first_key(config: &Config, store: &dyn Store, clock: &Clock) -> anyhow::Result<FirstKey> {
    if store.admin_key_exists().await? {
        return Ok(FirstKey::Exists);
    }
    let all = Grant::Admin(Role::ALL.to_vec());
    match &config.admin_key {
        Some(key) => {
            keys::adopt(store, "COUNTERSIGN_ADMIN_KEY", key, all, clock.now()).await?;
            Ok(FirstKey::FromEnvironment)
        }
        None => {
            let made = keys::make(store, "first start", all, clock.now()).await?;
            Ok(FirstKey::Made(made.key.expose().clone()))
        }
    }
}
