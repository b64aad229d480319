//! The data folder: whose it is, whether it can be written, how much room it has.

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Finding, size};
use crate::instance::Instance;

const CHECK: &str = "data folder";
/// SQLite's log and a compiled component need this much at once.
const FREE_BYTES_MIN: u64 = 64 << 20;
const FREE_BYTES_LOW: u64 = 512 << 20;
/// Magic number of a file system in memory (statfs(2)).
const TMPFS: i64 = 0x0102_1994;

/// Look at it. Where it has no store, nothing is lost by a disk that is full or in memory.
pub(super) fn examine(dir: &Path, has_store: bool) -> Vec<Finding> {
    let shown = dir.display();
    let Ok(meta) = std::fs::metadata(dir) else { return vec![missing(dir)] };
    if !meta.is_dir() {
        return vec![Finding::fail(CHECK, format!("`{shown}` is no folder"), "name another with `data.dir` or --data")];
    }
    let me = rustix::process::geteuid().as_raw();
    let mut findings = vec![match tempfile::NamedTempFile::new_in(dir) {
        Ok(_) => owned(dir, meta.uid(), me, meta.mode()),
        Err(error) => {
            let seen = format!("`{shown}` belongs to uid {}, and uid {me} can't write to it: {error}", meta.uid());
            Finding::fail(CHECK, seen, format!("run this and the service as its owner: sudo -u '#{}' …", meta.uid()))
        }
    }];
    findings.extend(strangers_file(dir, meta.uid()));
    if has_store {
        findings.push(room(dir));
    }
    findings
}

/// A first start makes it, where it can.
fn missing(dir: &Path) -> Finding {
    let above = dir.ancestors().skip(1).map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
    let above = above.into_iter().find(|above| above.exists()).unwrap_or(Path::new("/"));
    match tempfile::NamedTempFile::new_in(above) {
        Ok(_) => Finding::ok(CHECK, format!("`{}` is not there yet; the first start makes it", dir.display())),
        Err(error) => Finding::fail(
            CHECK,
            format!("`{}` is not there and can't be made in `{}`: {error}", dir.display(), above.display()),
            "make it for the service's user, or name another with `data.dir` or --data",
        ),
    }
}

fn owned(dir: &Path, owner: u32, me: u32, mode: u32) -> Finding {
    let seen = format!("`{}`, writable, mode {:04o}, owner uid {owner}", dir.display(), mode & 0o7777);
    if mode & 0o077 != 0 {
        return Finding::warn(CHECK, format!("{seen}: others may look in"), format!("chmod 700 {}", dir.display()));
    }
    if owner != me {
        let fix =
            format!("run the service as its owner, uid {owner}: what another user makes in it locks the owner out");
        return Finding::warn(CHECK, format!("{seen}, looked at by uid {me}"), fix);
    }
    Finding::ok(CHECK, seen)
}

/// A command that ran as another user may have left a file that the service can't open.
fn strangers_file(dir: &Path, owner: u32) -> Option<Finding> {
    let files = std::fs::read_dir(dir).ok()?.flatten();
    let strange = files.filter(|file| file.metadata().is_ok_and(|meta| meta.uid() != owner));
    let file = strange.map(|file| file.path()).min()?;
    let fix = format!("chown -R {owner} {}", dir.display());
    Some(Finding::fail(CHECK, format!("`{}` does not belong to the folder's owner", file.display()), fix))
}

fn room(dir: &Path) -> Finding {
    const CHECK: &str = "disk";
    let (Ok(room), Ok(kind)) = (rustix::fs::statvfs(dir), rustix::fs::statfs(dir)) else {
        return Finding::warn(CHECK, "its free room can't be read", "look at it with df");
    };
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    judge_room(free, kind.f_type == TMPFS)
}

fn judge_room(free: u64, in_memory: bool) -> Finding {
    const CHECK: &str = "disk";
    let seen = format!("{} free", size(free));
    let fix = "free some room, or move the data folder to a larger disk";
    match free {
        0..FREE_BYTES_MIN => Finding::fail(CHECK, format!("{seen}: the next codes can't be stored"), fix),
        _ if in_memory => {
            let fix = "put the data folder on a disk: in a container, mount a volume there";
            Finding::warn(CHECK, format!("{seen}, in memory: everything is gone after a restart of the machine"), fix)
        }
        FREE_BYTES_MIN..FREE_BYTES_LOW => Finding::warn(CHECK, seen, fix),
        _ => Finding::ok(CHECK, seen),
    }
}

/// The service that runs with this folder, if one does: it holds the lock.
pub(super) fn running(dir: &Path) -> Option<Instance> {
    let lock = File::open(dir.join("lock")).ok()?;
    match lock.try_lock_shared() {
        Err(std::fs::TryLockError::WouldBlock) => Instance::read(dir),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::doctor::Status;

    #[test]
    fn a_full_disk_fails_a_low_one_warns_and_memory_is_no_disk() {
        let judged = |free, in_memory| judge_room(free, in_memory).status;
        assert_eq!(judged(1 << 20, false), Status::Fail);
        assert_eq!(judged(FREE_BYTES_MIN, false), Status::Warn);
        assert_eq!(judged(FREE_BYTES_LOW, false), Status::Ok);
        assert_eq!(judged(1 << 40, true), Status::Warn);
        assert_eq!(judged(1, true), Status::Fail);
    }

    #[test]
    fn a_folder_that_others_may_look_into_or_that_is_anothers_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let me = rustix::process::geteuid().as_raw();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(examine(dir.path(), true)[0].fix, Some(format!("chmod 700 {}", dir.path().display())));
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(examine(dir.path(), true)[0].status, Status::Ok);
        assert_eq!(owned(dir.path(), me + 1, me, 0o700).status, Status::Warn);
        std::fs::write(dir.path().join("countersign.db"), "").unwrap();
        assert!(strangers_file(dir.path(), me).is_none());
        assert!(strangers_file(dir.path(), me + 1).unwrap().seen.contains("countersign.db"));
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(examine(&file, true)[0].status, Status::Fail);
        assert_eq!(examine(&dir.path().join("not/yet"), true)[0].status, Status::Ok);
    }
}
