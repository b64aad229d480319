//! A node follows what others change: it looks, brings in what is new, and says how far it is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::Nodes;
use crate::connector::digest::Digest;
use crate::setup::Setup;
use crate::store::{Change, Stored};

/// How often it is looked, if nothing is heard.
const EVERY: Duration = Duration::from_millis(200);
/// How often a node says that it lives.
const BEAT: Duration = Duration::from_secs(1);

/// The tasks of a node that follows; they end with this.
#[derive(Debug, Default)]
pub struct Following(Vec<JoinHandle<()>>);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// What a node that follows knows.
struct Follower {
    nodes: Arc<Nodes>,
    setup: Arc<Setup>,
    /// Up to which change each environment serves here.
    done: HashMap<String, u64>,
}

/// Begin to follow. The node is in step when this returns.
pub async fn start(nodes: &Arc<Nodes>, setup: &Arc<Setup>) -> Stored<Following> {
    if !nodes.store.is_shared() {
        return Ok(Following::default());
    }
    nodes.store.beat(&nodes.row).await?;
    let mut follower = Follower { nodes: Arc::clone(nodes), setup: Arc::clone(setup), done: HashMap::new() };
    follower.look().await?;
    let compiling = compile(Arc::clone(nodes), Arc::clone(setup));
    let tasks = [tokio::spawn(beat(Arc::clone(nodes))), tokio::spawn(follow(follower)), tokio::spawn(compiling)];
    Ok(Following(tasks.into()))
}

async fn beat(nodes: Arc<Nodes>) {
    loop {
        if let Err(error) = nodes.store.beat(&nodes.row).await {
            tracing::warn!(%error, "this node can't say that it lives");
        }
        sleep(BEAT).await;
    }
}

async fn follow(mut follower: Follower) {
    let mut was_well = true;
    loop {
        follower.nodes.store.news(EVERY).await;
        let looked = follower.look().await;
        if let Err(error) = &looked
            && was_well
        {
            tracing::warn!(%error, "this node can't see what others change, and sends nothing until it can");
        }
        if looked.is_err() {
            sleep(EVERY).await;
        }
        if looked.is_ok() && !was_well {
            tracing::info!("this node is in step again");
        }
        was_well = looked.is_ok();
    }
}

impl Follower {
    /// Look, and bring in what is new.
    async fn look(&mut self) -> Stored<()> {
        let began = Instant::now();
        let changes = self.nodes.store.changes().await?;
        let is_new = |change: &&Change| self.done.get(&change.environment) != Some(&change.number);
        let new: Vec<Change> = changes.iter().filter(is_new).cloned().collect();
        let mut brought_in = Vec::new();
        for change in new {
            if let Err(error) = self.setup.follow(&change.environment).await {
                // It is tried again with the next look; until then this node is behind, there and altogether.
                tracing::error!(environment = change.environment, %error, "what was changed can't be brought in");
                continue;
            }
            self.done.insert(change.environment.clone(), change.number);
            brought_in.push(change);
        }
        let is_done = changes.iter().all(|change| self.done.get(&change.environment) == Some(&change.number));
        if is_done {
            self.nodes.step.looked(began);
        }
        if !brought_in.is_empty() {
            self.nodes.store.in_step(&self.nodes.row.id, brought_in).await?;
        }
        Ok(())
    }
}

/// Compile what is about to serve, beside everything else: a look is not held up by it.
async fn compile(nodes: Arc<Nodes>, setup: Arc<Setup>) {
    loop {
        match nodes.store.wanted(&nodes.row.id).await {
            Ok(wanted) => {
                for digest in wanted {
                    let fault = fault(&setup, &digest).await;
                    if let Err(error) = nodes.store.ready(&nodes.row.id, &digest, fault.as_deref()).await {
                        tracing::warn!(digest, %error, "this node can't say that it has a component ready");
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "this node can't see what it is to compile"),
        }
        sleep(EVERY).await;
    }
}

/// Why a component can't be had here, if it can't.
async fn fault(setup: &Setup, digest: &str) -> Option<String> {
    let Some(parsed) = Digest::parse(digest) else { return Some("it has no digest".to_owned()) };
    match setup.loader.load(&parsed).await {
        Ok(_) => None,
        Err(error) => {
            tracing::error!(digest, %error, "a component that is about to serve can't be loaded on this node");
            Some(error.to_string())
        }
    }
}
