//! `countersign bench`: what the sandbox costs on this machine.

use std::process::ExitCode;

use clap::Args;

use crate::bench::{self, Options};

/// `countersign bench`
#[derive(Debug, Args)]
pub(super) struct BenchArgs {
    /// Pairs of rounds: with the native connector and with the component.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Sends of a round; of the whole service a fifth of them.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    sends: u32,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Measure and print.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: BenchArgs) -> anyhow::Result<ExitCode> {
    let BenchArgs { rounds, sends, json } = args;
    let figures = bench::run(&Options { rounds, sends, program: std::env::current_exe()? }).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        println!("{figures}");
    }
    Ok(ExitCode::SUCCESS)
}
