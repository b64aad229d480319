//! The binary: parse, build, run.

use std::process::ExitCode;

use clap::Parser as _;
use countersign::cli::{Cli, run};

/// The runtime is built by hand because the compiler child must not have one: it is a plain, short-lived process.
fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
