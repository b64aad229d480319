//! `countersign adapt`: a connector of another ecosystem's, made one of ours.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::kit::adapt::{self, Request};

/// `countersign adapt`
#[derive(Debug, clap::Subcommand)]
pub(super) enum AdaptCommand {
    /// One of Logto's SMS connectors, from npm as it is.
    Logto(LogtoArgs),
}

/// `countersign adapt logto`
#[derive(Debug, clap::Args)]
pub(super) struct LogtoArgs {
    /// The package, such as `@logto/connector-twilio-sms` or `@logto/connector-twilio-sms@1.4.4`, or a folder with it.
    package: String,
    /// Where to make the connector's folder; one of its id here unless given.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A field that is named like a secret and is none, so that the connector may read it. May be given several times.
    #[arg(long, value_name = "FIELD")]
    public: Vec<String>,
    /// A folder in which the tools are installed already; brought for the occasion unless given.
    #[arg(long)]
    tools: Option<PathBuf>,
}

/// Adapt, and say what came of it.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn run(command: &AdaptCommand) -> anyhow::Result<ExitCode> {
    let AdaptCommand::Logto(args) = command;
    let made = adapt::logto(&Request {
        package: args.package.clone(),
        dir: args.dir.clone(),
        tools: args.tools.clone(),
        public: args.public.clone(),
    })?;
    let (dir, component) = (made.dir.display(), made.component.display());
    println!("{component}\n");
    println!("reaches: {}", made.hosts.join(", "));
    println!(
        "only the host reads: {}\n",
        if made.secrets.is_empty() { "nothing".to_owned() } else { made.secrets.join(", ") }
    );
    println!(
        "next: countersign check {dir}    tries it in the sandbox\n      countersign upload {component}    to a running service"
    );
    Ok(ExitCode::SUCCESS)
}
