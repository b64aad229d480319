//! `cargo bench`: `countersign bench` as a target of cargo's. Options go after `--`, such as `cargo bench -- --json`.
#![allow(clippy::disallowed_methods, reason = "a program reads its own arguments")]

use std::process::ExitCode;

use clap::Parser as _;
use countersign::cli::{Cli, run};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().filter(|argument| argument != "--bench").collect();
    // This program also starts itself, as its compiler and as its peer; then it is told so.
    if !matches!(arguments.get(1).map(String::as_str), Some("compile-component" | "bench-peer")) {
        arguments.insert(1, "bench".to_owned());
    }
    match run(Cli::parse_from(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
