//! The command line: one file a command. What a command prints is for people; logs go to standard error.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::connector::compile_child;

mod adapt;
mod backup;
mod bench;
mod catalogue;
mod connector;
mod console;
mod dev;
mod doctor;
mod drill;
mod files;
mod health;
mod index;
mod keys;
mod logging;
mod master_key;
mod migrate_store;
mod replay;
mod restore;
mod serve;
mod upload;

/// A runtime for one-time passwords whose SMS providers are sandboxed WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, long_version = LONG_VERSION, arg_required_else_help = false)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const LONG_VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (wasmtime ", env!("WASMTIME_VERSION"), ")");

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service. This is what happens without a command.
    Serve(ServeArgs),
    /// Ask the service of this machine whether it lives: for health checks of containers. Fails unless it does.
    Health(health::HealthArgs),
    /// Tell which connectors come with this program.
    Catalogue(catalogue::CatalogueArgs),
    /// Make a connector's folder that builds and passes `check` as it is.
    New(connector::NewArgs),
    /// Make a connector of one that was written for something else. Needs Node and npm.
    #[command(subcommand)]
    Adapt(adapt::AdaptCommand),
    /// Build a connector's folder and pack it.
    Build {
        /// Folder with connector.toml.
        dir: PathBuf,
        /// Where to write the packed component; the folder's `NAME.wasm` unless given.
        #[arg(short, long)]
        out: Option<PathBuf>,
    },
    /// Put a folder's connector.toml, schema, README and logo into a component; a core module becomes one first.
    Pack {
        /// Folder with connector.toml.
        dir: PathBuf,
        /// The component or core module that the folder's toolchain made.
        #[arg(long)]
        wasm: PathBuf,
        /// Where to write the packed component.
        #[arg(short, long)]
        out: PathBuf,
    },
    /// Try a connector in the real sandbox: its package, a provider's standard faults, its toolchain's traps, its
    /// transcripts, what it costs. Ends with 0 if it passed, 1 if a fault was found, 2 if it could not be checked.
    Check(connector::CheckArgs),
    /// Develop a connector: build, load, try and check its folder with each save.
    Dev(dev::DevArgs),
    /// Upload a packed component to a running service.
    Upload(upload::UploadArgs),
    /// Fetch a connector that an index names, prove who published it, and upload it to a running service.
    Install(index::InstallArgs),
    /// Check a connector's folder, sign what it makes, and write the release into an index.
    Publish(index::PublishArgs),
    /// The key that signs your releases.
    #[command(subcommand)]
    Publisher(index::PublisherCommand),
    /// Write a running service's set-up as files: connectors, texts, policy, routes; secrets as references.
    Export(files::ExportArgs),
    /// Make a running service's set-up what files say; with --dry-run, only show what would change.
    Apply(files::ApplyArgs),
    /// API keys of an installation; works while the service runs.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Print a link that signs in to the console once, within 15 minutes; works while the service runs.
    Console(console::ConsoleArgs),
    /// The key that seals secrets.
    #[command(subcommand)]
    MasterKey(master_key::MasterKeyCommand),
    /// Write everything but the master key to one file; works while the service runs. For SQLite: PostgreSQL has tools for it.
    Backup(backup::BackupArgs),
    /// Bring a backup back into a data folder; the service must be stopped.
    Restore(restore::RestoreArgs),
    /// Move what is in a data folder to a PostgreSQL database that several nodes can share; the service must be stopped. Run
    /// again after whatever ended it, it goes on; it is done once every table was read back and is the same.
    MigrateStore(migrate_store::MigrateStoreArgs),
    /// Look for what is wrong with this installation, running or not, and say how to mend it. Ends with 0 if nothing
    /// fails, 1 if something does, 2 if there is no configuration to look with.
    Doctor(doctor::DoctorArgs),
    /// Rehearse a provider's bad day on this machine, with a service and providers of its own: where does the traffic go, and
    /// how fast? Ends with 0 if what is promised was met, 1 if not.
    Drill(drill::DrillArgs),
    /// Try other rules of the guard on recorded traffic, without a service: what they refuse, whom, and what that saves. Ends
    /// with 0 if few enough people are refused, 1 if not, 2 if the file could not be replayed.
    Replay(replay::ReplayArgs),
    /// Measure what the sandbox costs on this machine: the same connector as a component and as native code, in turn.
    Bench(bench::BenchArgs),
    /// The provider and the callers of `bench`, which starts this.
    #[command(hide = true)]
    BenchPeer,
    /// Compile one component: standard input to standard output. The service starts this for each upload.
    #[command(hide = true)]
    CompileComponent {
        /// Address space that compiling may take.
        #[arg(long)]
        memory_bytes: u64,
        /// CPU time that it may take.
        #[arg(long)]
        cpu_seconds: u64,
    },
}

/// `countersign serve`
#[derive(Debug, Args, Default)]
pub struct ServeArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Address and port to listen on.
    #[arg(long)]
    listen: Option<std::net::SocketAddr>,
    /// Load components from this folder, now and whenever they change (development only).
    #[arg(long)]
    watch: Vec<PathBuf>,
}

/// Where configuration and data are.
#[derive(Debug, Args, Default)]
pub struct PlaceArgs {
    /// Configuration file; countersign.toml here, if there is one, unless given.
    #[arg(long, env = "COUNTERSIGN_CONFIG")]
    config: Option<PathBuf>,
    /// Data folder.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl PlaceArgs {
    /// The configuration, with the command line's folder over it.
    pub fn config(&self) -> anyhow::Result<crate::config::Config> {
        let here = PathBuf::from("countersign.toml");
        let file = self.config.clone().or_else(|| here.is_file().then_some(here));
        let mut config = crate::config::Config::load(file.as_deref())?;
        if let Some(dir) = &self.data {
            config.data.dir.clone_from(dir);
        }
        Ok(config)
    }
}

/// A command that is about SQLite's file. Of a database elsewhere it would keep nothing, so it does nothing and says so.
fn of_a_file(config: &crate::config::Config, instead: &str) -> anyhow::Result<()> {
    let Some(url) = &config.store else { return Ok(()) };
    anyhow::bail!(
        "this is for SQLite's file, and `store` names a PostgreSQL database, `{}`: nothing was done\n\
         hint: the database's own tools do it: {instead}. The master key is not in the database: keep it elsewhere",
        url.place()
    )
}

/// Run a command.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.unwrap_or_else(|| Command::Serve(ServeArgs::default()));
    // Neither a runtime nor logging for the compiler: it may hold nothing but its input.
    if let Command::CompileComponent { memory_bytes, cpu_seconds } = command {
        return compile_child::run(memory_bytes, cpu_seconds).map(|()| ExitCode::SUCCESS);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("can't start the runtime")?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve::run(args).await,
            Command::Health(args) => health::run(args).await,
            Command::Catalogue(args) => catalogue::run(&args),
            Command::New(args) => connector::new(&args),
            Command::Adapt(command) => adapt::run(&command),
            Command::Build { dir, out } => connector::build(&dir, out),
            Command::Pack { dir, wasm, out } => connector::pack(&dir, &wasm, &out),
            Command::Check(args) => connector::check(&args).await,
            Command::Dev(args) => dev::run(args).await,
            Command::Upload(args) => upload::run(args).await,
            Command::Install(args) => index::install_release(args).await,
            Command::Publish(args) => index::publish_release(args).await,
            Command::Publisher(command) => index::publisher(command),
            Command::Export(args) => files::export(args).await,
            Command::Apply(args) => files::apply(args).await,
            Command::Keys(command) => keys::run(command).await,
            Command::Console(args) => console::run(args).await,
            Command::MasterKey(command) => master_key::run(command).await,
            Command::Backup(args) => backup::run(args).await,
            Command::Restore(args) => restore::run(args).await,
            Command::MigrateStore(args) => migrate_store::run(args).await,
            Command::Doctor(args) => doctor::run(args).await,
            Command::Drill(args) => drill::run(args).await,
            Command::Replay(args) => Ok(replay::run(&args)),
            Command::Bench(args) => bench::run(args).await,
            Command::BenchPeer => crate::bench::run_peer().await.map(|()| ExitCode::SUCCESS),
            Command::CompileComponent { .. } => Ok(ExitCode::SUCCESS),
        }
    })
}
