//! `countersign export` and `countersign apply`: an environment's set-up as files that people review.
//!
//! Promise: what is applied is what was reviewed, or nothing is. Everything is read and judged before anything is
//! written, no file holds a secret, and applying the same files twice changes nothing. Both are clients of a running
//! service's API, with a key like any other client's.

mod apply;
mod export;
mod folder;
mod layout;
mod plan;
mod read;
mod secrets;
mod service;
mod show;
mod steps;
mod told;
mod written;

use std::path::PathBuf;

use clap::Args;
use url::Url;

pub(super) use apply::run as apply;
pub(super) use export::run as export;

/// The running service.
#[derive(Debug, Args)]
struct ServiceArgs {
    /// The service.
    #[arg(long, env = "COUNTERSIGN_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// An admin key: with the role `viewer` to export, with `configure` to plan and apply.
    #[arg(long, env = "COUNTERSIGN_KEY", hide_env_values = true)]
    key: String,
}

/// `countersign export`
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Where to write: the folder's `environments` becomes what the service has.
    dir: PathBuf,
    /// Replace what is there although it differs. References to secrets stay as they are.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    service: ServiceArgs,
}

/// `countersign apply`
#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// The folder.
    dir: PathBuf,
    /// Only show what would change; stores nothing. Ends with 0 if nothing would, 2 if something would, 1 on errors.
    #[arg(long)]
    dry_run: bool,
    /// Delete connectors that the folder does not have, in the environments that it has; and webhooks that a `webhooks.json`
    /// does not have.
    #[arg(long)]
    prune: bool,
    /// Approve what a component asks for, by the digest that the plan shows.
    #[arg(long, value_name = "DIGEST")]
    approve: Vec<String>,
    /// Only these environments of the folder.
    #[arg(long, value_name = "NAME")]
    environment: Vec<String>,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    service: ServiceArgs,
}
