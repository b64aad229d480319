//! `countersign backup`: one file that has everything but the master key. Works beside a running service.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::PlaceArgs;
use crate::clock::Clock;
use crate::keep;

/// `countersign backup`
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The file to write; it must not exist.
    #[arg(short, long)]
    out: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Take it, and say what it is worth.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let config = args.place.config()?;
    super::of_a_file(&config, "`pg_dump` writes a file, a base backup with its archived log loses nothing")?;
    let dir = config.data.dir;
    let out = args.out.clone();
    let taken = tokio::task::spawn_blocking(move || keep::backup(&dir, &out, Clock::system().now()));
    let manifest = taken.await??;
    println!(
        "backup written and read back: {} ({} KiB, schema {}, {})",
        args.out.display(),
        manifest.parts.iter().map(|part| part.bytes).sum::<u64>() >> 10,
        manifest.schema,
        manifest.created_at
    );
    println!(
        "It opens only with the master key of check value {}, which is not in it. Without that key secrets, numbers and \
         codes are lost for good: keep the key elsewhere. `countersign master-key check` says which key you have.",
        manifest.key()
    );
    Ok(ExitCode::SUCCESS)
}
