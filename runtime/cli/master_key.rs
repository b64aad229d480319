//! `countersign master-key`: make one, tell which it is, rotate to another.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use super::PlaceArgs;
use crate::app::{master_key, rotate_master_key};
use crate::credentials::MasterKey;
use crate::durable;

/// `countersign master-key …`
#[derive(Debug, Subcommand)]
pub(super) enum MasterKeyCommand {
    /// Print a fresh key.
    New,
    /// Print the check value of the configured key: backups say by it which key they want.
    Check(PlaceArgs),
    /// Seal a data folder under another key; the service must be stopped. The key that opens it now comes from the
    /// configuration, the new one from a file. Secrets, codes and the index of numbers stay as they are. Nodes that share
    /// a database may run: each needs the new key when it starts next.
    Rotate {
        /// File with the new key.
        #[arg(long)]
        to: PathBuf,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// Run the command.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(command: MasterKeyCommand) -> anyhow::Result<ExitCode> {
    match command {
        MasterKeyCommand::New => println!("{}", MasterKey::generate().to_text().expose()),
        MasterKeyCommand::Check(place) => println!("{}", master_key(&place.config()?, false)?.check_value()),
        MasterKeyCommand::Rotate { to, place } => {
            let text = std::fs::read_to_string(&to).with_context(|| format!("can't read `{}`", to.display()))?;
            let key = MasterKey::parse(text.trim()).with_context(|| format!("`{}`", to.display()))?;
            // From here on nothing opens without it, also after a power loss.
            durable::settle(&to).with_context(|| format!("can't keep `{}`", to.display()))?;
            rotate_master_key(&place.config()?, &key).await?;
            println!("rotated; start the service with the new key from now on: {}", to.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}
