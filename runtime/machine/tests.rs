use super::*;

/// A machine with 8 GiB, and these files.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let meminfo = ("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          100 kB\n");
    for (path, text) in std::iter::once(&meminfo).chain(files) {
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    dir
}

fn read(files: &[(&str, &str)]) -> (u64, Source) {
    let machine = Machine::read_at(tree(files).path(), "self", None);
    (machine.memory_bytes >> 20, machine.source)
}

const UNIFIED: (&str, &str) =
    ("proc/self/mountinfo", "29 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");

#[test]
fn the_smallest_limit_on_the_way_up_counts() {
    let group = ("proc/self/cgroup", "0::/system.slice/countersign.service\n");
    let found = read(&[
        UNIFIED,
        group,
        ("sys/fs/cgroup/system.slice/memory.max", "1073741824\n"),
        ("sys/fs/cgroup/system.slice/countersign.service/memory.max", "max\n"),
    ]);
    assert_eq!(found, (1024, Source::Cgroup));
    let service = "sys/fs/cgroup/system.slice/countersign.service/memory.max";
    let found =
        read(&[UNIFIED, group, (service, "536870912\n"), ("sys/fs/cgroup/system.slice/memory.max", "1073741824\n")]);
    assert_eq!(found, (512, Source::Cgroup));
    let throttled = "sys/fs/cgroup/system.slice/countersign.service/memory.high";
    assert_eq!(read(&[UNIFIED, group, (throttled, "268435456\n")]), (256, Source::Cgroup));
}

#[test]
fn a_container_of_version_1_finds_its_limit_where_it_is_mounted() {
    let mount = (
        "proc/self/mountinfo",
        "35 31 0:32 /pod/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n41 31 0:38 /pod/abc /sys/fs/cgroup/unified ro - cgroup2 cgroup2 rw\n",
    );
    let limit = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
    // The host's path, as a process without a namespace of its own sees it; then a path from elsewhere.
    for group in ["4:memory:/pod/abc\n0::/pod/abc\n", "4:memory:/elsewhere\n0::/\n", "4:memory:/../x\n"] {
        assert_eq!(read(&[mount, ("proc/self/cgroup", group), limit]), (512, Source::Cgroup), "{group}");
    }
}

#[test]
fn without_a_limit_the_whole_machine_counts_and_the_operators_word_wins_over_all() {
    assert_eq!(read(&[]), (8192, Source::Machine));
    let root = ("proc/self/cgroup", "0::/\n");
    assert_eq!(read(&[UNIFIED, root]), (8192, Source::Machine), "the topmost group has no limit");
    let more = ("sys/fs/cgroup/memory.max", "1099511627776\n");
    assert_eq!(read(&[UNIFIED, root, more]), (8192, Source::Machine), "no limit gives more than there is");
    let word = Machine::read_at(tree(&[UNIFIED, root, more]).path(), "self", Some(300));
    assert_eq!((word.memory_bytes >> 20, word.source), (300, Source::Option));
    let nothing = tempfile::tempdir().unwrap();
    assert_eq!(Machine::read_at(nothing.path(), "self", None).source, Source::Assumed);
}

#[test]
fn this_machine_is_read() {
    let machine = Machine::read(None);
    assert!(machine.source != Source::Assumed && machine.memory_bytes > 64 << 20 && machine.threads > 0, "{machine:?}");
}

fn sizes(memory_mib: u64, threads: usize) -> Sizes {
    let machine = Machine { memory_bytes: memory_mib << 20, source: Source::Cgroup, threads };
    Sizes::of(machine, Wanted { upload_mib: 32, ..Wanted::default() })
}

#[test]
fn a_small_machine_gets_small_pools_and_a_large_one_what_there_was_always() {
    let (small, large) = (sizes(512, 1), sizes(16 << 10, 4));
    assert_eq!((small.slots, small.compile_bytes >> 20, small.uploads), (64, 256, 2));
    assert_eq!((small.readers, small.page_cache_kib), (2, 2048));
    assert_eq!((large.slots, large.compile_bytes >> 20, large.uploads), (1000, 2048, 8));
    assert_eq!((large.readers, large.page_cache_kib), (8, 16 << 10));
}

#[test]
fn no_memory_gives_nothing_to_work_with() {
    for memory_mib in [0, 1, 16, u64::MAX >> 20] {
        let sizes = sizes(memory_mib, 0);
        assert!(sizes.slots >= 8 && sizes.uploads >= 1 && sizes.readers >= 2, "{sizes:?}");
        assert!(sizes.compile_bytes >= 256 << 20 && sizes.page_cache_kib >= 512, "{sizes:?}");
    }
}

#[test]
fn caches_uploads_and_half_of_the_calls_stay_within_half_of_the_memory() {
    for memory_mib in [256, 512, 1024, 4096, 65_536] {
        let sizes = sizes(memory_mib, 2);
        let pages = (sizes.readers as u64 + 1) * u64::from(sizes.page_cache_kib) * 1024;
        let uploads = 2 * 32 * sizes.uploads as u64 * MIB;
        let calls = u64::from(sizes.slots) * MIB;
        assert!(pages + uploads + calls <= (memory_mib << 20) / 2, "{memory_mib}: {sizes:?}");
    }
}

const MIB: u64 = 1 << 20;

#[test]
fn what_the_operator_sets_is_taken_and_the_line_says_what_was_made() {
    let machine = Machine { memory_bytes: 512 << 20, source: Source::Cgroup, threads: 1 };
    let wanted = Wanted { slots: Some(3), compile_memory_mib: Some(700), upload_mib: 1 };
    let sizes = Sizes::of(machine, wanted);
    assert_eq!((sizes.slots, sizes.compile_bytes), (3, 700 << 20));
    let line = sizes.to_string();
    assert!(line.starts_with("made for 512 MiB of memory (the cgroup's limit) and 1 processor: 3 calls"), "{line}");
}
