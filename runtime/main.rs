//! The binary: parse, build, run.

use std::process::ExitCode;

use clap::Parser as _;
use countersign::cli::{Cli, run};

/// A send of the sandbox allocates some hundred times, mostly to free at once: this allocator does that in less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
