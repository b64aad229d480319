//! What this machine gives the service, and how large its parts are made for that.
//!
//! A container's memory is its cgroup's limit, not what `/proc/meminfo` tells: whoever sizes pools and caches by the
//! latter is killed by the kernel on its first busy day. Processors need nothing of ours: the runtime's threads come
//! from [`std::thread::available_parallelism`], which knows the cgroup's quota and the process's affinity.

mod cgroup;
pub mod open_files;
pub mod ports;
mod sizes;

use std::path::Path;

pub use sizes::{Sizes, Wanted};

/// Memory and processors that the service may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Who says so.
    pub source: Source,
    /// Threads that run at once.
    pub threads: usize,
}

/// Who set the memory that the service may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `[machine] memory_mib`: the operator's word.
    Option,
    /// The limit of a control group.
    Cgroup,
    /// All that the machine has.
    Machine,
    /// Nothing could be read: what a small machine has.
    Assumed,
}

/// What is assumed where nothing can be read.
const ASSUMED_BYTES: u64 = 512 << 20;

/// Below that, memory is short.
const SHORT_BYTES: u64 = 2 << 30;

impl Machine {
    /// This one. `memory_mib` is the operator's word, which wins.
    pub fn read(memory_mib: Option<u64>) -> Self {
        Self::read_at(Path::new("/"), "self", memory_mib)
    }

    /// As another process has it, given its number.
    pub fn of_process(process: &str, memory_mib: Option<u64>) -> Self {
        Self::read_at(Path::new("/"), process, memory_mib)
    }

    /// As [`Self::of_process`], with `/proc` and `/sys` below `root`.
    fn read_at(root: &Path, process: &str, memory_mib: Option<u64>) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (memory_bytes, source) = match (memory_mib, cgroup::limit_bytes(root, process), total_bytes(root)) {
            (Some(mib), _, _) => (mib.saturating_mul(1 << 20), Source::Option),
            (None, Some(limit), Some(total)) if limit >= total => (total, Source::Machine),
            (None, Some(limit), _) => (limit, Source::Cgroup),
            (None, None, Some(total)) => (total, Source::Machine),
            (None, None, None) => (ASSUMED_BYTES, Source::Assumed),
        };
        Self { memory_bytes, source, threads }
    }
}

impl Machine {
    /// Where memory is short, have this process use it by the page of 4 KiB from now on.
    ///
    /// The allocator asks for pages of 2 MiB. They make a busy service a little faster, and one that is used little
    /// twice as large as what it uses: 70 MiB resident instead of 48, on a machine of 512.
    pub fn save_pages(&self) -> std::io::Result<()> {
        match self.memory_bytes {
            0..SHORT_BYTES => Ok(rustix::thread::disable_transparent_huge_pages(true)?),
            _ => Ok(()),
        }
    }
}

fn total_bytes(root: &Path) -> Option<u64> {
    meminfo_total(&std::fs::read_to_string(root.join("proc/meminfo")).ok()?)
}

/// `MemTotal:       24683672 kB` (man 5 proc_meminfo), in bytes.
fn meminfo_total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1 << 10)
}

#[cfg(test)]
mod tests;
