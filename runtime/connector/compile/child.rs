//! The child's side: limits itself before it reads a byte, compiles standard input to standard output.

use std::io::{Read as _, Write as _};

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::connector::sandbox::engine;

/// Compile. Memory in bytes, CPU time in seconds.
pub fn run(memory_bytes: u64, cpu_seconds: u64) -> anyhow::Result<()> {
    let limit = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, limit(memory_bytes)).context("can't limit memory")?;
    setrlimit(Resource::Cpu, limit(cpu_seconds)).context("can't limit CPU time")?;
    setrlimit(Resource::Core, limit(0)).context("can't switch core dumps off")?;
    // Politeness, not safety: whatever serves comes first.
    let _ = rustix::process::nice(10);
    let mut wasm = Vec::new();
    std::io::stdin().lock().read_to_end(&mut wasm)?;
    let engine = engine::for_compiling().map_err(|error| anyhow::anyhow!("{error}"))?;
    let compiled = engine.precompile_component(&wasm).map_err(|error| anyhow::anyhow!("{error:#}"))?;
    std::io::stdout().lock().write_all(&compiled)?;
    Ok(())
}
