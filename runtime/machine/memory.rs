//! How much memory a process may take: what its control group permits, or what the machine has.

use std::path::{Path, PathBuf};

/// Bytes, and who set the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The least of all limits that apply.
    pub bytes: u64,
    /// Whether a control group set it, rather than the machine's size.
    pub control_group: bool,
}

/// For a process of this machine, given its number or `self`. None where the kernel does not tell.
pub fn of(process: &str) -> Option<Memory> {
    let machine = total(&std::fs::read_to_string("/proc/meminfo").ok()?)?;
    let groups = std::fs::read_to_string(format!("/proc/{process}/cgroup")).unwrap_or_default();
    let limit = group_limit(&groups, Path::new("/sys/fs/cgroup"));
    Some(match limit.filter(|limit| *limit < machine) {
        Some(bytes) => Memory { bytes, control_group: true },
        None => Memory { bytes: machine, control_group: false },
    })
}

/// `MemTotal:  16384 kB`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib << 10)
}

/// The least limit of the process's group and those above it. Version 2: `0::/path`; version 1: `4:memory:/path`.
fn group_limit(groups: &str, root: &Path) -> Option<u64> {
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        match controllers {
            "" => least(root.to_path_buf(), path, "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                least(root.join("memory"), path, "memory.limit_in_bytes")
            }
            _ => None,
        }
    });
    limits.min()
}

/// The path may be one of the host's, which a container does not see: then the root is what applies.
fn least(root: PathBuf, path: &str, file: &str) -> Option<u64> {
    let relative = Path::new(path.trim_start_matches('/'));
    let dirs = relative.ancestors().map(|above| root.join(above));
    dirs.filter_map(|dir| std::fs::read_to_string(dir.join(file)).ok()?.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_of_all_groups_above_counts() {
        let dir = tempfile::tempdir().unwrap();
        let group = |path: &str, file: &str, text: &str| {
            std::fs::create_dir_all(dir.path().join(path)).unwrap();
            std::fs::write(dir.path().join(path).join(file), text).unwrap();
        };
        group("system.slice/cs.service", "memory.max", "max\n");
        group("system.slice", "memory.max", "268435456\n");
        assert_eq!(group_limit("0::/system.slice/cs.service\n", dir.path()), Some(256 << 20));
        assert_eq!(group_limit("0::/elsewhere\n", dir.path()), None);
        group("memory/docker/x", "memory.limit_in_bytes", "134217728\n");
        let both = "12:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n0::/\n";
        assert_eq!(group_limit(both, dir.path()), Some(128 << 20));
        assert_eq!(group_limit("nonsense", dir.path()), None);
    }

    #[test]
    fn this_machine_has_some() {
        assert!(of("self").unwrap().bytes > 1 << 20);
        assert_eq!(total("MemFree: 5 kB\nMemTotal:       16384 kB\n"), Some(16 << 20));
    }
}
