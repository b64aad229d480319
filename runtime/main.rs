//! The binary: parse, build, run.

use std::process::ExitCode;

use clap::Parser as _;
use countersign::cli::{Cli, run};

/// A send of the sandbox allocates some hundred times, mostly to free at once: this allocator does that in less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The runtime is built by hand because the compiler child must not have one: it is a plain, short-lived process.
fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // 1 and not clap's 2, which `apply --dry-run` has for "something would change".
        Err(told) => {
            let _ = told.print();
            return if told.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
