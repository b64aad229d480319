//! The child's side: closes what it inherited and limits itself before it reads a byte, compiles standard input to standard output.

use std::io::{Read as _, Write as _};

use anyhow::Context as _;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::connector::sandbox::engine;

/// Compile. Memory in bytes, CPU time in seconds.
pub fn run(memory_bytes: u64, cpu_seconds: u64) -> anyhow::Result<()> {
    close_inherited().context("can't close what was inherited")?;
    let limit = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, limit(memory_bytes)).context("can't limit memory")?;
    // The softer limit ends it by a signal of its own, so that its parent can tell time from memory.
    let cpu = Rlimit { current: Some(cpu_seconds), maximum: Some(cpu_seconds.saturating_add(1)) };
    setrlimit(Resource::Cpu, cpu).context("can't limit CPU time")?;
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

/// Close what this process got from whoever started the service: a shell, a supervisor, a test.
#[expect(unsafe_code, reason = "a descriptor is closed by its number: nothing here owns one yet but the three pipes")]
fn close_inherited() -> std::io::Result<()> {
    let open = std::fs::read_dir("/dev/fd")?;
    let numbers: Vec<i32> = open.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    // The listing had a descriptor too, which is closed by now.
    let still_open = |number: &i32| std::path::Path::new("/dev/fd").join(number.to_string()).symlink_metadata().is_ok();
    for number in numbers.into_iter().filter(|number| *number > 2 && still_open(number)) {
        // SAFETY: this is the first thing that the process does, on its only thread: nobody owns or reuses the number.
        unsafe { rustix::io::close(number) };
    }
    Ok(())
}
