//! `countersign publisher`, `publish`, `install`: from an author to an operator, through an index that anybody can keep.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use semver::Version;
use url::Url;

use super::upload;
use crate::egress::TxtNames;
use crate::kit::index::{Install, PublicKey, Publish, SigningKey, install, publish};

/// `countersign publisher …`
#[derive(Debug, Subcommand)]
pub(super) enum PublisherCommand {
    /// Make a key that signs releases, in a new file that only you can read.
    New {
        /// The file.
        file: PathBuf,
    },
    /// Print the public key of a file.
    Show {
        /// The file.
        file: PathBuf,
    },
}

/// `countersign publish`
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// The connector's folder; it is built and checked.
    dir: PathBuf,
    /// Where its component will lie: an https address.
    #[arg(long)]
    at: Url,
    /// Your key's file; `countersign publisher new` makes one.
    #[arg(long)]
    key_file: PathBuf,
    /// The index: a folder, such as a clone of its Git repository.
    #[arg(long)]
    index: PathBuf,
}

/// `countersign install`
#[derive(Debug, Args)]
pub(super) struct InstallArgs {
    /// The connector's name in the index.
    name: String,
    /// This version; the newest release unless given.
    #[arg(long)]
    version: Option<Version>,
    /// The index: a folder, or the address of a Git repository.
    #[arg(long, env = "COUNTERSIGN_INDEX")]
    index: String,
    /// Write the component to this file instead of uploading it.
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Trust this publisher without a proof; may be given several times.
    #[arg(long, value_name = "KEY")]
    trust: Vec<PublicKey>,
    /// Take it from a publisher whom the provider's DNS does not name.
    #[arg(long)]
    unproven: bool,
    /// Ask this resolver about names, instead of the machine's own.
    #[arg(long, value_name = "IP:PORT")]
    resolver: Option<SocketAddr>,
    #[command(flatten)]
    service: ServiceArgs,
}

/// Which service.
#[derive(Debug, Args)]
struct ServiceArgs {
    /// The service.
    #[arg(long, env = "COUNTERSIGN_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// An admin key with the role `upload`.
    #[arg(long, env = "COUNTERSIGN_KEY", hide_env_values = true, required_unless_present = "out")]
    key: Option<String>,
}

/// `publisher`
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn publisher(command: PublisherCommand) -> anyhow::Result<ExitCode> {
    match command {
        PublisherCommand::New { file } => {
            println!("{}", SigningKey::create(&file)?.public());
            eprintln!("the private half is in `{}`: whoever has it publishes in your name", file.display());
        }
        PublisherCommand::Show { file } => println!("{}", SigningKey::read(&file)?.public()),
    }
    Ok(ExitCode::SUCCESS)
}

/// `publish`
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn publish_release(args: PublishArgs) -> anyhow::Result<ExitCode> {
    let key = SigningKey::read(&args.key_file)?;
    let compiler = std::env::current_exe()?;
    let asked = Publish { dir: &args.dir, url: args.at.clone(), key: &key, index: &args.index, compiler: &compiler };
    let published = publish(asked).await?;
    println!("written: {}\n\nnext:", published.entry.display());
    println!("  put {} where it can be fetched: {}", published.component.display(), args.at);
    println!("  commit {} to the index", published.entry.display());
    for (name, text) in published.records {
        println!("  prove your key, once, in the DNS: {name}. TXT \"{text}\"");
    }
    Ok(ExitCode::SUCCESS)
}

/// `install`
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn install_release(args: InstallArgs) -> anyhow::Result<ExitCode> {
    let names = TxtNames::new(args.resolver)?;
    let asked = Install {
        name: &args.name,
        version: args.version.as_ref(),
        index: &args.index,
        trusted: &args.trust,
        unproven: args.unproven,
        names: &names,
    };
    let installed = install(asked).await?;
    let release = &installed.release;
    println!("{}@{} {}", args.name, release.version, release.digest);
    println!("publisher: {} ({})", release.key, installed.publisher);
    if let Some(out) = &args.out {
        std::fs::write(out, &installed.wasm).with_context(|| format!("can't write `{}`", out.display()))?;
        println!("written: {}", out.display());
        return Ok(ExitCode::SUCCESS);
    }
    upload::send(&args.service.url, args.service.key.as_deref().unwrap_or_default(), installed.wasm).await
}
