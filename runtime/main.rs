//! The binary: parse, build, run.

use std::process::ExitCode;

use clap::Parser as _;
use countersign::cli::{Cli, run};

/// A send of the sandbox allocates some hundred times, mostly to free at once: this allocator does that in less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A mistake on the command line ends as in sysexits.h: clap's own 2 is "something would change" of `apply --dry-run`, and
/// "there is no configuration" of `doctor`; 1 is "something fails" there.
const USAGE: u8 = 64;

/// The runtime is built by hand because the compiler child must not have one: it is a plain, short-lived process.
fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            let _ = told.print();
            return if told.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
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
