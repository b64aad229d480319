//! From memory and processors to sizes. Pure: the same machine always gives the same service.

use std::fmt;

use super::{Machine, Source};

const MIB: u64 = 1 << 20;

/// How large the parts are made. Where the operator has set an option, that is taken instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// What they were made for.
    pub machine: Machine,
    /// Calls of connectors in flight at once. Half of them at most are one component's.
    pub slots: u32,
    /// Memory that compiling a component may take, in bytes.
    pub compile_bytes: u64,
    /// Uploads that are received at once, in memory; more wait.
    pub uploads: usize,
    /// Connections that read the database.
    pub readers: usize,
    /// Pages that each connection to the database keeps, in KiB.
    pub page_cache_kib: u32,
}

/// What the operator has set, of what would be derived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// `sandbox.slots`
    pub slots: Option<u32>,
    /// `sandbox.compile_memory_mib`
    pub compile_memory_mib: Option<u64>,
    /// `sandbox.upload_mib`: an upload is held in memory.
    pub upload_mib: u64,
}

impl Sizes {
    /// For this machine.
    pub fn of(machine: Machine, wanted: Wanted) -> Self {
        let memory = machine.memory_bytes;
        // A send of a connector in Rust touches less than 1 MiB, one of a Python one some 8.
        let slots = narrow(memory / (8 * MIB)).clamp(8, 1000);
        // 256 MiB compile what toolchains for Rust, Go and C make; interpreters in Wasm want more.
        let compile_bytes = (memory / 2).clamp(256 * MIB, 2048 * MIB);
        // One is there twice while it is stored, and all together take a quarter at most.
        let upload_bytes = wanted.upload_mib.saturating_mul(8 * MIB).max(1);
        let uploads = narrow(memory / upload_bytes).clamp(1, 8) as usize;
        Self {
            machine,
            slots: wanted.slots.unwrap_or(slots),
            compile_bytes: wanted.compile_memory_mib.map_or(compile_bytes, |mib| mib.saturating_mul(MIB)),
            uploads,
            readers: machine.threads.saturating_mul(2).clamp(2, 8),
            page_cache_kib: narrow(memory / 256 / 1024).clamp(512, 16 << 10),
        }
    }
}

fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The line that the log has of it.
impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.machine.source {
            Source::Option => "machine.memory_mib",
            Source::Cgroup => "the cgroup's limit",
            Source::Machine => "all of the machine's",
            Source::Assumed => "assumed: neither a cgroup nor /proc/meminfo could be read",
        };
        let (memory, threads) = (self.machine.memory_bytes / MIB, self.machine.threads);
        write!(
            f,
            "made for {memory} MiB of memory ({source}) and {threads} processor{}: {} calls of connectors at once, \
             {} MiB to compile one, {} upload{} at once, {} readers of the database with {} KiB of pages each",
            plural(threads),
            self.slots,
            self.compile_bytes / MIB,
            self.uploads,
            plural(self.uploads),
            self.readers,
            self.page_cache_kib,
        )
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
