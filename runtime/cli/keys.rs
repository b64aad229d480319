//! `countersign keys`: API keys of an installation. Works beside a running service, which looks every key up in the store.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::PlaceArgs;
use crate::app;
use crate::clock::Clock;
use crate::keys::{self, Grant, Role};
use crate::store::Store;

/// `countersign keys …`
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key and print it: the only time that it is shown.
    New(NewArgs),
    /// List the keys: id, name, grant, when made, whether revoked.
    List(PlaceArgs),
    /// Revoke a key.
    Revoke {
        /// Its id.
        id: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// `countersign keys new`
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// What the key is for, for people.
    #[arg(long, default_value = "command line")]
    name: String,
    /// A key of this environment; an admin key unless given.
    #[arg(long)]
    environment: Option<String>,
    /// Roles of an admin key: upload, configure, operate, viewer; the first three unless given.
    #[arg(long, value_delimiter = ',')]
    roles: Vec<Role>,
}

/// Run the command.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(command: KeysCommand) -> anyhow::Result<ExitCode> {
    match command {
        KeysCommand::New(args) => {
            let store = open(&args.place).await?;
            let grant = grant(&*store, &args).await?;
            let made = keys::make(&*store, &args.name, grant, Clock::system().now()).await?;
            println!("{}", made.key.expose());
        }
        KeysCommand::List(place) => {
            for key in open(&place).await?.keys().await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                println!("{}  {:10}  {}  {}  {}", key.id, keys::describe(&key), key.created_at, state, key.name);
            }
        }
        KeysCommand::Revoke { id, place } => {
            if !open(&place).await?.revoke_key(&id, Clock::system().now()).await? {
                bail!("no key has the id `{id}`");
            }
            println!("revoked {id}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(place: &PlaceArgs) -> anyhow::Result<Arc<dyn Store>> {
    app::store_beside(&place.config()?).await
}

async fn grant(store: &dyn Store, args: &NewArgs) -> anyhow::Result<Grant> {
    match &args.environment {
        Some(name) if store.environment(name).await?.is_none() => bail!("no environment is named `{name}`"),
        Some(name) => Ok(Grant::Environment(name.clone())),
        None if args.roles.is_empty() => Ok(Grant::Admin(Role::ALL.to_vec())),
        None => Ok(Grant::Admin(args.roles.clone())),
    }
}
