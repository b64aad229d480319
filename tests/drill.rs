//! `countersign drill`: what is promised of a provider's bad day, measured with the real service.

use std::process::Command;

use countersign::clock::{Clock, Timestamp};
use countersign::drill::{Options, Scenario, Verdict, run};
use serde_json::Value;

use crate::support::service::{cache_dir, compiler};

/// A drill by a clock that is moved whenever nothing is under way: minutes are seconds.
async fn rehearsed(scenario: Scenario, seed: u64) -> Verdict {
    let options = Options {
        scenario,
        seconds: 60,
        rate: 8,
        seed,
        program: compiler(),
        cache: Some(cache_dir()),
        clock: Clock::manual(Timestamp::from_millis(1_768_478_400_000)),
    };
    let mut seconds = 0;
    let drill = run(&options, |line| {
        assert_eq!(line.second, seconds, "one line a second");
        seconds += 1;
    });
    tokio::time::timeout(std::time::Duration::from_secs(300), drill).await.expect("it ends").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_goes_silent_is_left_within_a_minute_or_fifty_codes_in_each_country() {
    let verdict = rehearsed(Scenario::Silent, 7).await;
    assert!(verdict.met, "{verdict}");
    assert_eq!(verdict.lanes.len(), 2);
    for lane in &verdict.lanes {
        assert!(lane.moved_after_ms.is_some_and(|ms| ms <= 60_000) || lane.lost <= 50, "{verdict}");
        assert!(lane.lost > 0, "a silent provider loses codes before anybody can know: {verdict}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_carrier_that_gets_nothing_is_moved_and_the_others_stay() {
    let verdict = rehearsed(Scenario::Carrier, 7).await;
    assert!(verdict.met, "{verdict}");
    let failed: Vec<_> = verdict.lanes.iter().filter(|lane| lane.failed).map(|lane| lane.lane).collect();
    assert_eq!(failed, ["US Red"]);
    for lane in verdict.lanes.iter().filter(|lane| !lane.failed) {
        assert!(lane.moved_after_ms.is_none() && lane.in_place == lane.asked, "{verdict}");
    }
}

/// By the machine's clock, and as an operator calls it: what hangs does so in real time.
#[test]
fn a_provider_that_fails_hard_is_left_within_five_seconds() {
    let output = Command::new(compiler())
        .args(["drill", "outage", "--json", "--seconds", "12", "--rate", "10"])
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!((output.status.code(), &verdict["met"]), (Some(0), &Value::Bool(true)), "{verdict:#}");
    assert_eq!(verdict["lanes"].as_array().unwrap().len(), 4);
}
