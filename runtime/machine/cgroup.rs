//! The memory limit of the control group that a process is in, of either version (man 7 cgroups).
//!
//! A limit binds everybody below it, so the smallest on the way up is the one that counts. Inside a container only a part
//! of that way can be seen: what is mounted says where it begins.

use std::path::{Path, PathBuf};

/// Where a hierarchy with a memory controller is mounted.
#[derive(Debug, PartialEq, Eq)]
struct Mount {
    /// The group that the mount point shows; `/` unless a container sees a part only.
    root: String,
    /// Where.
    point: String,
    /// Version 2, where all controllers share one hierarchy.
    unified: bool,
}

/// The smallest limit of a process (its number, or `self`), in bytes; none where nothing limits.
pub(super) fn limit_bytes(root: &Path, process: &str) -> Option<u64> {
    let mounts = std::fs::read_to_string(root.join("proc").join(process).join("mountinfo")).ok()?;
    let groups = std::fs::read_to_string(root.join("proc").join(process).join("cgroup")).ok()?;
    let of = |mount: &Mount| {
        let group = group_of(&groups, mount.unified)?;
        limits_on_the_way(root, mount, group).into_iter().min()
    };
    mounts.lines().filter_map(mount).filter_map(|mount| of(&mount)).min()
}

/// A line of `mountinfo`: `31 23 0:28 ROOT POINT options… - TYPE source superoptions`.
fn mount(line: &str) -> Option<Mount> {
    let (place, kind) = line.split_once(" - ")?;
    let (mut place, mut kind) = (place.split(' ').skip(3), kind.split(' '));
    let (root, point) = (place.next()?.to_owned(), place.next()?.to_owned());
    let unified = match kind.next()? {
        "cgroup2" => true,
        "cgroup" if kind.nth(1)?.split(',').any(|controller| controller == "memory") => false,
        _ => return None,
    };
    Some(Mount { root, point, unified })
}

/// The process's group, of lines such as `0::/a/b` (version 2) and `4:memory:/a/b`.
fn group_of(text: &str, unified: bool) -> Option<&str> {
    text.lines().find_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, path) = rest.split_once(':')?;
        let ours = if unified {
            controllers.is_empty()
        } else {
            controllers.split(',').any(|controller| controller == "memory")
        };
        ours.then_some(path)
    })
}

/// The limits of the group and of those above it, as far as the mount shows them.
fn limits_on_the_way(root: &Path, mount: &Mount, group: &str) -> Vec<u64> {
    // A group outside of what is mounted (`/../x`, or another's) can't be found there: then the mount's top is ours.
    let below = match group.strip_prefix(mount.root.trim_end_matches('/')) {
        Some(below) if !below.split('/').any(|part| part == "..") => below,
        _ => "",
    };
    let top = root.join(mount.point.trim_start_matches('/'));
    let mut folders: Vec<PathBuf> = vec![top.clone()];
    for part in below.split('/').filter(|part| !part.is_empty()) {
        let next = folders.last().unwrap_or(&top).join(part);
        folders.push(next);
    }
    // `memory.high` does not kill, but slows whoever is above it to a crawl.
    let files: &[&str] = if mount.unified { &["memory.max", "memory.high"] } else { &["memory.limit_in_bytes"] };
    let read = |folder: &PathBuf| -> Vec<u64> {
        files.iter().filter_map(|file| bytes(&std::fs::read_to_string(folder.join(file)).ok()?)).collect()
    };
    folders.iter().flat_map(read).collect()
}

/// A limit: `max` and, in version 1, a number near 2⁶³ mean none.
fn bytes(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|bytes| (1..1 << 60).contains(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mounted_is_read_from_its_line() {
        let v1 = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro,relatime master:9 - cgroup cgroup rw,memory";
        let unified = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";
        assert_eq!(
            mount(v1),
            Some(Mount { root: "/docker/abc".into(), point: "/sys/fs/cgroup/memory".into(), unified: false })
        );
        assert!(mount(unified).is_some_and(|mount| mount.unified && mount.root == "/"));
        for other in
            ["32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", "1 2 0:3 / /tmp rw - tmpfs tmpfs rw", "", "-"]
        {
            assert_eq!(mount(other), None, "{other}");
        }
    }

    #[test]
    fn a_group_is_found_by_its_controller() {
        let hybrid = "5:memory,hugetlb:/a/b\n1:cpu:/c\n0::/d\n";
        assert_eq!(group_of(hybrid, false), Some("/a/b"));
        assert_eq!(group_of(hybrid, true), Some("/d"));
        assert_eq!(group_of("garbage\n", true), None);
    }

    #[test]
    fn no_limit_is_none_in_both_versions() {
        assert_eq!(bytes("536870912\n"), Some(512 << 20));
        for none in ["max\n", "9223372036854771712\n", "0", "", "-1", "12 MB"] {
            assert_eq!(bytes(none), None, "{none}");
        }
    }
}
