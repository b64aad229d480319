//! `countersign migrate-store`: from a data folder's SQLite to a PostgreSQL database.

mod bar;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::app;
use crate::config::{Config, StoreUrl};
use crate::store::moving::{self, Moved};
use bar::Bar;

/// Reading and writing take turns, so more would be idle.
const CONNECTIONS: usize = 2;

/// `countersign migrate-store`
#[derive(Debug, Args)]
pub(super) struct MigrateStoreArgs {
    /// The data folder of a service that is stopped: `sqlite:///var/lib/countersign`, or its path.
    from: String,
    /// An empty database: `postgres://user:password@host/database`; the one that the configuration names unless given.
    to: Option<String>,
    /// Configuration file, whose `[postgres]` counts; countersign.toml here, if there is one, unless given.
    #[arg(long, env = "COUNTERSIGN_CONFIG")]
    config: Option<PathBuf>,
}

/// Move, and say how to go on. A signal ends it as it is: what was committed stays, and the next run goes on there.
pub(super) async fn run(args: MigrateStoreArgs) -> anyhow::Result<ExitCode> {
    let dir = folder(&args.from)?;
    let (config, to) = target(args)?;
    let mut bar = Bar::new();
    let options = app::database_options(&config, &to, CONNECTIONS);
    let moved = moving::run(&dir, &options, &mut |progress| bar.show(&progress)).await;
    bar.clear();
    match moved.with_context(|| format!("`{}` was not moved to `{}`", dir.display(), to.place()))? {
        Moved::Before => {
            bar::say(&format!("`{}` was moved to `{}` before: nothing was done", dir.display(), to.place()));
        }
        Moved::Now { rows, tables } => {
            bar::say(&format!("moved: {rows} rows of {tables} tables, the same on both sides"));
            bar::say(&next(&to));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `sqlite:///absolute`, `sqlite://relative` and `sqlite:relative` are all in use.
fn folder(from: &str) -> anyhow::Result<PathBuf> {
    let path = from.strip_prefix("sqlite:").map_or(from, |rest| rest.strip_prefix("//").unwrap_or(rest));
    if path.is_empty() || path.contains("://") || path.starts_with("postgres:") {
        anyhow::bail!("a move is from a data folder, such as sqlite:///var/lib/countersign, to a PostgreSQL database");
    }
    let path = PathBuf::from(path);
    // Whoever names the file means its folder.
    match path.parent() {
        Some(folder) if path.is_file() => Ok(folder.to_owned()),
        _ => Ok(path),
    }
}

fn target(args: MigrateStoreArgs) -> anyhow::Result<(Config, StoreUrl)> {
    let place = super::PlaceArgs { config: args.config, data: None };
    let config = place.config()?;
    let to = match args.to {
        Some(to) => to.parse().map_err(|why: String| anyhow::anyhow!("the database: {why}"))?,
        None => config.store.clone().context("no database is named: postgres://user:password@host:5432/database")?,
    };
    Ok((config, to))
}

fn next(to: &StoreUrl) -> String {
    format!(
        "
Go on with it:

  store = \"postgres://…@{}\"    in the configuration, or COUNTERSIGN_STORE; a password is part of it
  the master key stays the same, for this node and for all that follow
  `data.dir` stays as well: certificates and compiled components are in it

The data folder was not changed and is the way back: a service without `store` starts from it as it was. What is
sent and checked from now on is in the database alone.",
        to.place()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_as_a_url_or_as_a_path() {
        for (from, path) in [
            ("sqlite:///var/lib/countersign", "/var/lib/countersign"),
            ("sqlite://data", "data"),
            ("sqlite:data", "data"),
            ("/var/lib/countersign", "/var/lib/countersign"),
            ("data", "data"),
        ] {
            assert_eq!(folder(from).unwrap(), PathBuf::from(path));
        }
        for from in ["postgres://one/db", "mysql://one/db", "sqlite://", ""] {
            assert!(folder(from).is_err(), "{from}");
        }
    }
}
