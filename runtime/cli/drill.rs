//! `countersign drill`: a provider's bad day, rehearsed on this machine.

use std::process::ExitCode;

use clap::Args;

use crate::clock::Clock;
use crate::drill::{self, Options, Scenario};

/// `countersign drill`
#[derive(Debug, Args)]
pub(super) struct DrillArgs {
    /// What goes wrong: `outage`, the active provider fails hard; `silent`, it takes everything and delivers nothing;
    /// `carrier`, it can't reach one network.
    scenario: Scenario,
    /// For how long it goes wrong, at most; 20 for `outage`, 60 for the others unless given.
    #[arg(long, value_parser = clap::value_parser!(u64).range(6..=3600))]
    seconds: Option<u64>,
    /// Codes that are asked for in a second; of `outage` for each way of failing.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=200))]
    rate: u64,
    /// Decides where chance does: who types a code in, and when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Answer in JSON, once it is over.
    #[arg(long)]
    json: bool,
}

/// Rehearse and print.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: DrillArgs) -> anyhow::Result<ExitCode> {
    let DrillArgs { scenario, seconds, rate, seed, json } = args;
    let seconds = seconds.unwrap_or(if scenario == Scenario::Outage { 20 } else { 60 });
    let (program, clock) = (std::env::current_exe()?, Clock::system());
    let options = Options { scenario, seconds, rate, seed, program, cache: None, clock };
    let verdict = match json {
        true => {
            let verdict = drill::run(&options, |_| ()).await?;
            println!("{}", serde_json::to_string_pretty(&verdict)?);
            verdict
        }
        false => {
            println!("{}", drill::heading(scenario));
            let verdict = drill::run(&options, |line| println!("{line}")).await?;
            println!("\n{verdict}");
            verdict
        }
    };
    Ok(if verdict.met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
