//! `kill -9`, a hundred times under load. The threat: a process that ends between a write and its answer, or between
//! two writes, leaves something half done, and a code is accepted twice or a count begins anew.
//!
//! The callers keep a ledger of what they were told and of what they asked without an answer. After each kill the
//! service starts again on the same folder, and what it says must fit the ledger.

mod callers;
mod ledger;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::dice::Dice;
use crate::support::guests;
use crate::support::process::{Running, serve, start};
use crate::support::provider::Provider;
use crate::support::service::{TOKEN, answer, client};
use crate::support::within;
use callers::{Door, Load};
use ledger::Entry;

const KILLS: u32 = 100;
const CALLERS: u64 = 6;
/// The most answers that a load gets before its kill: by the clock, a busy machine would kill before there is any.
const ANSWERS_MAX: u64 = 50;
/// About as long as an answer takes, so that a kill meets each part of it.
const ANSWER_MS_MAX: u64 = 10;
/// About as long as a start takes, so that a kill meets each part of it.
const START_MS_MAX: u64 = 60;
const FIRST_START_MS_MAX: u64 = 180;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_answered_is_lost_or_done_twice_over_a_hundred_kills() {
    let (mut dice, begun) = (Dice::thrown(), Instant::now());
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let config = dir.path().join("countersign.toml");
    std::fs::write(&config, format!("[egress.overrides]\n\"api.example.com\" = \"{}\"\n", provider.url)).unwrap();
    let more = ["--config", config.to_str().unwrap()];

    let mut running = serve(dir.path(), &more);
    let key = running.key.clone().unwrap();
    set_up(&Door::of(&running, &key)).await;

    let (mut ended, mut open) = (Vec::new(), Vec::new());
    let mut answers = 0;
    for cycle in 0..KILLS {
        let mut load = Load::start(Door::of(&running, &key), &provider, open, cycle, CALLERS, &mut dice);
        within("the callers' answers", load.heard(dice.below(ANSWERS_MAX) as u32)).await;
        // Not a wait for something to have happened: the kill comes at a random moment, whatever runs then.
        tokio::time::sleep(Duration::from_micros(dice.below(ANSWER_MS_MAX * 1000))).await;
        drop(running);
        let touched = within("the callers to see that the service is gone", load.end()).await;
        if dice.one_in(8) {
            kill_while_it_starts(dir.path(), &more, dice.below(START_MS_MAX * 1000)).await;
        }
        running = serve(dir.path(), &more);
        let door = Arc::new(Door::of(&running, &key));
        let settled = ledger::compare(&door, touched, cycle).await;
        answers += settled.iter().map(|entry| entry.answers).sum::<u32>();
        let (still_open, done): (Vec<_>, Vec<_>) = settled.into_iter().partition(Entry::is_pending);
        open = still_open;
        ended.extend(done);
    }

    let door = Arc::new(Door::of(&running, &key));
    ended.extend(open);
    let all = ledger::finish(&door, ended).await;
    let approved = all.iter().filter(|entry| entry.approved == 1).count();
    let cut = all.iter().filter(|entry| entry.was_cut).count();
    println!(
        "{KILLS} kills, {} verifications, {answers} answers compared, {approved} approved, {cut} with a request that a kill cut off: {:.1} s",
        all.len(),
        begun.elapsed().as_secs_f32()
    );
    // A load that did nothing, or kills that met nothing, would prove nothing.
    assert!(all.len() > KILLS as usize && approved > KILLS as usize / 4 && cut > KILLS as usize / 2);
}

/// A first start makes a key, a database, a root, components and a connector. Whenever it is killed, the next finishes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_is_killed_at_any_moment_is_finished_by_the_next() {
    let mut dice = Dice::thrown();
    let mut without_key = 0;
    for _ in 0..30 {
        let dir = tempfile::tempdir().unwrap();
        kill_while_it_starts(dir.path(), &[], dice.below(FIRST_START_MS_MAX * 1000)).await;
        without_key += u32::from(!dir.path().join("data.master-key").exists());
        let running = serve(dir.path(), &[]);
        let ready = answer(client().get(format!("{}/readyz", running.url))).await;
        assert_eq!(ready.0, 200, "{}", ready.1);
    }
    println!("{without_key} of 30 were killed before there was a master key");
}

async fn kill_while_it_starts(dir: &Path, more: &[&str], after_us: u64) {
    let mut child = start(dir, more);
    tokio::time::sleep(Duration::from_micros(after_us)).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Let a connector send that tells the provider of this test each code: the inbox would go with the process.
async fn set_up(door: &Door) {
    let wasm = guests::marker("marker-a");
    let upload = door.request("/v1/components").header("content-type", "application/wasm").body(wasm);
    assert_eq!(answer(upload).await.0, 201);
    let put = |body: Value| answer(door.put("/v1/environments/development/connectors/main").json(&body));
    let mut body = json!({"component": "marker-a", "config": {"api_token": TOKEN}, "activate": true});
    body["approve"] = put(body.clone()).await.1["approve"].clone();
    let (status, told) = put(body).await;
    assert_eq!(status, 201, "{told}");
}

impl Door {
    fn of(running: &Running, key: &str) -> Self {
        Self::new(&running.url, key)
    }
}
