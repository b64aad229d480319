//! What the machine permits, against what the configuration would use: memory, mappings, open files.

use super::{Finding, size};
use crate::config::Config;
use crate::connector::sandbox::engine;
use crate::machine::{Machine, Sizes, Source, open_files};

/// The service with its pools of warm instances (64 of 528 KiB) and SQLite's pages.
const SERVICE_BYTES: u64 = 128 << 20;
/// What compiling an uploaded component of usual size takes beside it.
const COMPILING_BYTES: u64 = 256 << 20;
/// Files of the store and the logs, and connections to providers.
const OTHER_FILES: u64 = 512;

/// Look at them for the process that serves, or else for one that is started like this one.
pub(super) fn examine(config: &Config, process: &str) -> Vec<Finding> {
    let mappings = std::fs::read_to_string("/proc/sys/vm/max_map_count").ok().and_then(|text| text.trim().parse().ok());
    let machine = Machine::of_process(process, config.machine.memory_mib);
    let wanted = Sizes::of(machine, config.sandbox.wanted()).slots;
    vec![
        judge_memory(machine, config.sandbox.memory_mib),
        judge_mappings(mappings, wanted, engine::slots(Some(wanted))),
        judge_files(open_files::limit(process).or_else(|| open_files::limit("self")), config.server.connections_max),
    ]
}

fn judge_memory(machine: Machine, instance_mib: u64) -> Finding {
    const CHECK: &str = "memory";
    let by = match machine.source {
        Source::Option => "by `machine.memory_mib`",
        Source::Cgroup => "permitted by the control group",
        Source::Machine => "in this machine",
        Source::Assumed => return Finding::warn(CHECK, "the kernel does not tell", "is /proc there?"),
    };
    let seen = format!("{} {by}", size(machine.memory_bytes));
    let fix = format!(
        "give it {} or more (MemoryMax=, --memory, limits.memory)",
        size(SERVICE_BYTES + COMPILING_BYTES + (instance_mib << 20))
    );
    let least = SERVICE_BYTES + (instance_mib << 20);
    match machine.memory_bytes {
        bytes if bytes < least => {
            Finding::fail(CHECK, format!("{seen}: one call of a connector may take all of it"), fix)
        }
        bytes if bytes < least + COMPILING_BYTES => {
            Finding::warn(CHECK, format!("{seen}: compiling an upload may take more"), fix)
        }
        _ => Finding::ok(CHECK, seen),
    }
}

fn judge_mappings(mappings: Option<u64>, wanted: u32, fit: u32) -> Finding {
    const CHECK: &str = "vm.max_map_count";
    let Some(mappings) = mappings else {
        return Finding::warn(CHECK, "the kernel does not tell", "is /proc/sys mounted?");
    };
    let seen = format!("{mappings}: {fit} calls of connectors at once");
    if fit >= wanted {
        return Finding::ok(CHECK, seen);
    }
    let fix = format!("sysctl -w vm.max_map_count={}", (u64::from(wanted) * 6 + 5_000).next_multiple_of(1_000));
    match fit {
        0..16 => Finding::fail(CHECK, seen, fix),
        _ => Finding::warn(CHECK, format!("{seen}, of {wanted} that are wanted"), fix),
    }
}

fn judge_files(limit: Option<u64>, connections: usize) -> Finding {
    const CHECK: &str = "open files";
    let Some(limit) = limit else { return Finding::warn(CHECK, "the kernel does not tell", "is /proc there?") };
    let needed = connections as u64 + OTHER_FILES;
    let seen = if limit == u64::MAX { "no limit".to_owned() } else { format!("at most {limit}") };
    let fix =
        format!("LimitNOFILE={needed} in the unit, ulimit -n {needed} in a shell, or less `server.connections_max`");
    match limit {
        0..256 => Finding::fail(CHECK, format!("{seen}: too few for the store and the connectors"), fix),
        limit if limit < needed => {
            let fewer = limit.saturating_sub(OTHER_FILES);
            Finding::warn(CHECK, format!("{seen}: room for {fewer} of {connections} connections"), fix)
        }
        _ => Finding::ok(CHECK, seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Status;

    #[test]
    fn too_little_memory_fails_and_too_little_to_compile_warns() {
        let judged =
            |mib: u64, source| judge_memory(Machine { memory_bytes: mib << 20, source, threads: 1 }, 64).status;
        let limited = |mib| judged(mib, Source::Cgroup);
        assert_eq!((limited(128), limited(256), limited(512)), (Status::Fail, Status::Warn, Status::Ok));
        assert_eq!(judged(512, Source::Assumed), Status::Warn);
    }

    #[test]
    fn a_kernel_that_permits_fewer_mappings_is_told_which_number_would_do() {
        assert_eq!(judge_mappings(Some(65_530), 1_000, 1_000).status, Status::Ok);
        let few = judge_mappings(Some(8_000), 1_000, 500);
        assert_eq!((few.status, few.fix.as_deref()), (Status::Warn, Some("sysctl -w vm.max_map_count=11000")));
        assert_eq!(judge_mappings(Some(5_000), 1_000, 1).status, Status::Fail);
    }

    #[test]
    fn a_limit_on_files_below_the_connections_warns_and_a_tiny_one_fails() {
        let judged = |limit| judge_files(Some(limit), 4096).status;
        assert_eq!((judged(64), judged(1024), judged(4608)), (Status::Fail, Status::Warn, Status::Ok));
        assert_eq!(judge_files(Some(u64::MAX), 4096).seen, "no limit");
    }
}
