//! Twenty thousand sends while the connector behind them is swapped two hundred times; then hostile neighbours.
//!
//! ```text
//! cargo run --release --example swap_under_load
//! ```
//!
//! The service runs as a process of its own, the provider and the callers here. Each figure is printed beside its own
//! baseline of the same run; the run fails if a promise is broken: a send that failed, a send that used the old
//! component although the swap had been answered before it began, memory that grows with swaps, a neighbour that is
//! felt, an error that comes late.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a measurement reports by printing, and fails by panicking"
)]

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

mod load;
mod neighbours;
mod service;
mod swaps;

#[path = "../../tests/support/guests.rs"]
#[allow(dead_code, reason = "the tests ask more of it")]
mod guests;
#[path = "../../tests/support/provider.rs"]
#[allow(dead_code, reason = "the tests ask more of it")]
mod provider;

#[derive(Parser)]
struct Options {
    /// Sends during the swaps.
    #[arg(long, default_value_t = 20_000)]
    sends: u32,
    /// Callers at once.
    #[arg(long, default_value_t = 64)]
    concurrency: u32,
    /// Swaps during the sends; memory is measured after these, and after ten times as many.
    #[arg(long, default_value_t = 200)]
    swaps: u32,
}

/// Every wait has a name and a limit.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(std::time::Duration::from_secs(30), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} took longer than 30 s"),
    }
}

fn main() -> ExitCode {
    // This program starts itself as the service, and the service starts itself as its compiler.
    if matches!(std::env::args().nth(1).as_deref(), Some("serve" | "compile-component")) {
        return match countersign::cli::run(countersign::cli::Cli::parse()) {
            Ok(code) => code,
            Err(error) => panic!("{error:#}"),
        };
    }
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&options))
}

async fn measure(options: &Options) -> ExitCode {
    let service = Arc::new(service::Service::start().await);
    let mut kept = swaps::measure(&service, options).await;
    kept &= neighbours::measure(&service).await;
    println!();
    println!("{}", if kept { "every promise was kept" } else { "a promise was broken: see `BROKEN` above" });
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Print a promise and whether it held.
fn promise(text: &str, held: bool) -> bool {
    println!("  {} {text}", if held { "kept  " } else { "BROKEN" });
    held
}
