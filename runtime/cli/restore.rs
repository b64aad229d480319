//! `countersign restore`: a backup back into a data folder of a service that does not run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::PlaceArgs;
use crate::app::master_key;
use crate::clock::Clock;
use crate::keep::{self, Archive, Key, Restored};
use crate::store::sqlite::renounce::Renounced;

/// `countersign restore`
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    /// Also into a folder that is not empty; its database stays beside the restored one.
    #[arg(long)]
    force: bool,
    /// The master key is lost: restore what does not depend on it, and seal what comes under another key.
    #[arg(long)]
    new_master_key: bool,
}

/// Restore, and say what is there and what is not.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let config = args.place.config()?;
    super::of_a_file(&config, "`pg_restore` or `psql` reads a dump, a base backup goes back to any moment")?;
    let dir = config.data.dir.clone();
    let restored = tokio::task::spawn_blocking(move || -> anyhow::Result<Restored> {
        let archive = Archive::open(&args.file)?;
        let about = archive.manifest();
        println!("backup of {} by version {}, schema {}", about.created_at, about.countersign, about.schema);
        let key = if args.new_master_key {
            Key::New(master_key(&config, true)?)
        } else {
            let wanted = format!("this backup opens only with the master key of check value {}", about.key());
            Key::Opens(master_key(&config, false).context(wanted)?)
        };
        Ok(keep::restore(&archive, &config.data.dir, args.force, &key, Clock::system().now())?)
    });
    let restored = restored.await??;
    println!("restored: {}", dir.display());
    if let Some(before) = &restored.before {
        println!("the database that was there before: {}", before.display());
    }
    if let Some(gone) = &restored.gone {
        tell(gone);
    }
    Ok(ExitCode::SUCCESS)
}

/// What a lost key took along.
#[expect(clippy::print_stdout, reason = "the command's result")]
fn tell(gone: &Renounced) {
    println!("What opened only with the lost master key is gone:");
    match gone.secrets.as_slice() {
        [] => println!("  secrets of connectors: there were none"),
        secrets => {
            println!("  secrets to enter again ({}):", secrets.len());
            for [environment, connector, field] in secrets {
                println!("    {environment}  {connector}  {field}");
            }
        }
    }
    if !gone.doors.is_empty() {
        println!("  keys that others call with; make these again:");
        for [environment, door] in &gone.doors {
            println!("    {environment}: {door}");
        }
    }
    println!("  pending verifications, canceled: {}", gone.verifications);
    println!("  messages that waited to be sent, given up: {}", gone.messages);
    println!("  numbers of verifications, locks of numbers, answers kept for an Idempotency-Key");
    println!("  addresses that providers report to: give them their new ones");
}
