//! `countersign console`: a link that signs in to the console. Works beside a running service, as `keys` does: whoever may
//! read the data folder, or get into the database, may do anything with it anyway.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;

use super::PlaceArgs;
use crate::app;
use crate::clock::Clock;
use crate::people::{LINK_LIFE, People, link_path};
use crate::store::Store;

/// `countersign console`
#[derive(Debug, Args)]
pub(super) struct ConsoleArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Where the service listens, if its command line said so.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Sign in as this user; with all roles, as this machine, unless given.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
}

/// Run the command.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: ConsoleArgs) -> anyhow::Result<ExitCode> {
    let config = args.place.config()?;
    let store = app::store_beside(&config).await?;
    let user = match &args.user {
        Some(email) => Some(user(&*store, email).await?),
        None => None,
    };
    let token = People::new(store, Clock::system()).link(user.as_deref(), LINK_LIFE).await?;
    let listen = super::health::reachable(args.listen.unwrap_or(config.server.listen));
    println!("{}{}", config.server.reached_at(listen), link_path(&token));
    Ok(ExitCode::SUCCESS)
}

async fn user(store: &dyn Store, email: &str) -> anyhow::Result<String> {
    match store.user_by_email(&email.trim().to_lowercase()).await? {
        None => bail!("no user has the address `{email}`"),
        Some(user) if user.disabled_at.is_some() => bail!("the user `{email}` is disabled"),
        Some(user) => Ok(user.id),
    }
}
