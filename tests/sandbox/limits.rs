//! Guests that take what they can, and give nothing back: memory, tables, handles, time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use wasm_encoder::{InstanceSection, MemorySection, MemoryType, Module, ModuleSection};

use super::{Ring, SEND_MS, kind, text_of};
use crate::support::guests::{self, Pack, pack_bytes};
use crate::support::handmade::{self, with_more};
use crate::support::within;

/// Each guest, and words of what its caller is told.
const STOPPED: [(&str, &str); 14] = [
    ("table-balloon", "30000 table elements"),
    ("realloc-loop", "50 ms of CPU"),
    ("realloc-outside", "beyond end of memory"),
    ("realloc-calls-out", "cannot leave component instance"),
    ("post-return-calls-out", "cannot leave component instance"),
    ("post-return-loop", "50 ms of CPU"),
    ("bulk-fill", "50 ms of CPU"),
    ("trap-with-handle", "unreachable"),
    ("handle-hoard", "no free keys"),
    ("own-handle-hoard", "handle limit"),
    ("output-flood", "50 ms of CPU"),
    ("output-zeroes", "more zeroes"),
    ("random-flood", "exceeds limit"),
    ("exit", "exit status 0"),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_guest_takes_ends_in_a_failure_in_time_and_leaves_its_place_to_others() {
    let ring = Ring::start().await;
    for (case, words) in STOPPED {
        // More often than there are places: one that is not given back would be missed.
        for round in 0..6 {
            let tested = if round == 0 { ring.fight(case).await } else { ring.again(case).await };
            assert_eq!(kind(&tested), ("refused", "other", "not-sent"), "{case}: {tested}");
            assert!(text_of(&tested).contains(words), "{case}: {tested}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_sleeps_for_ever_ends_at_its_deadline() {
    let ring = Ring::start().await;
    let tested = ring.fight("sleeper").await;
    assert_eq!(kind(&tested), ("refused", "timeout", "not-sent"), "{tested}");
    assert!(text_of(&tested).contains(&format!("within {SEND_MS} ms")), "{tested}");
    let flood = ring.fight("poll-flood").await;
    assert_eq!(kind(&flood), ("refused", "other", "not-sent"), "{flood}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sleeps_after_long_work_holds_up_no_other_long_work() {
    let ring = Arc::new(Ring::start().await);
    ring.fight("worker").await;
    assert_eq!(kind(&ring.fight("sleeper-after-work").await), ("refused", "timeout", "not-sent"));
    let asleep = {
        let ring = Arc::clone(&ring);
        tokio::spawn(async move { ring.again("sleeper-after-work").await })
    };
    // Among the rounds some fall into the other's sleep; each would wait for its end if it had kept its turn.
    while !asleep.is_finished() {
        let worked = ring.again("worker").await;
        assert_eq!(kind(&worked), ("refused", "fraud-blocked", "not-sent"), "{worked}");
        assert!(worked["elapsed_ms"].as_u64().unwrap() < SEND_MS / 2, "{worked}");
    }
    within("the sleeper's end", asleep).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_sleepers_leaves_places_to_the_others() {
    let ring = Arc::new(Ring::start().await);
    ring.fight("sleeper").await;
    // More than there are places in all.
    let asleep: Vec<_> = (0..8)
        .map(|_| {
            let ring = Arc::clone(&ring);
            tokio::spawn(async move { ring.alone("sleeper").await })
        })
        .collect();
    let mut took = Vec::new();
    while asleep.iter().any(|sleeper| !sleeper.is_finished()) {
        let begun = Instant::now();
        ring.neighbour().await;
        took.push(begun.elapsed());
    }
    // Whoever found no place would wait for a sleeper's end; one that a busy machine held up proves nothing.
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_millis(SEND_MS / 2), "{took:?}");
    for sleeper in asleep {
        let tested = within("a sleeper's end", sleeper).await.unwrap();
        assert_eq!(kind(&tested), ("refused", "timeout", "not-sent"), "{tested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_instruction_that_runs_for_long_is_charged_for_all_of_it() {
    let ring = Ring::start().await;
    let tested = ring.fight("bulk-fill").await;
    let cpu_ms = tested["cpu_ms"].as_u64().unwrap();
    // The last instruction runs to its end: some tens of milliseconds over 64 MiB, in a loop of two.
    assert!((50..200).contains(&cpu_ms), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_asks_for_folders_variables_sockets_and_names_gets_nothing() {
    let ring = Ring::start().await;
    let tested = ring.fight("asks-for-everything").await;
    // No folder, no variable, no argument; then an error each for TCP, UDP, and a name.
    assert_eq!(text_of(&tested), "000111", "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_comes_to_life_is_not_taken() {
    let ring = Ring::start().await;
    for (case, words) in [("start-loop", "50 ms of CPU"), ("start-trap", "unreachable")] {
        let wasm = pack_bytes(&handmade::named(case), case, &Pack::default());
        let (status, refused) = ring.service.upload(wasm).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("does-not-instantiate")), "{refused}");
        assert!(refused.to_string().contains(words), "{refused}");
        ring.neighbour().await;
    }
    assert_eq!(ring.service.get("/v1/components/start-loop").await.0, 404);
}

/// A component with `count` more instances of a module that has a memory of so many pages.
fn with_memories(component: &[u8], count: u32, pages: u64) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None });
    let mut module = Module::new();
    module.section(&memories);
    with_more(component, |counted, more| {
        let mut instances = InstanceSection::new();
        for _ in 0..count {
            instances.instantiate(counted.modules, std::iter::empty::<(&str, wasm_encoder::ModuleArg)>());
        }
        more.section(&ModuleSection(&module)).section(&instances);
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn many_memories_share_one_limit_and_have_one_of_their_own() {
    let ring = Ring::start().await;
    let trap = guests::unpacked("trap");
    for (id, count, pages, words) in [
        ("crowd", 70, 1, "maximum of 64"),
        ("herd", 5, 1, "maximum of 4"),
        ("giants", 3, 400, "67108864 bytes of memory"),
    ] {
        let (status, refused) =
            ring.service.upload(pack_bytes(&with_memories(&trap, count, pages), id, &Pack::default())).await;
        assert_eq!(status, 422, "{id}: {refused}");
        assert!(refused.to_string().contains(words), "{id}: {refused}");
    }
    // What is permitted takes nothing from the others, however many there are at once.
    ring.fight_with("few", &with_memories(&trap, 3, 1), &Pack::default(), json!({})).await;
    let ring = Arc::new(ring);
    let crowd: Vec<_> = (0..20)
        .map(|_| {
            let ring = Arc::clone(&ring);
            tokio::spawn(async move { ring.again("few").await })
        })
        .collect();
    for one in crowd {
        let tested = within("one of the crowd", one).await.unwrap();
        assert!(text_of(&tested).contains("unreachable"), "{tested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_call_leaves_no_task_behind() {
    let ring = Ring::start().await;
    for case in ["sleeper", "trap-with-handle", "bulk-fill", "exit"] {
        ring.fight(case).await;
    }
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    for _ in 0..3 {
        for case in ["sleeper", "trap-with-handle", "bulk-fill", "exit"] {
            ring.again(case).await;
        }
    }
    within("the end of all that was begun", async {
        while tasks() > before {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
