use super::*;
use crate::clock::Timestamp;

fn arm(on_trial: bool, started: u64) -> Arm {
    let started_at = Timestamp::from_millis(started);
    let canary = Canary { connector: "main".into(), revision: 2, percent: 10, started_at };
    Arm { environment: "production".into(), canary, serving: 1, quarantined: None, on_trial }
}

/// The serving revision does well, the one on trial fails each time.
fn fail(trials: &Trials, started: u64, times: u32) {
    for _ in 0..times {
        trials.attempted(&arm(false, started), true, true, 10);
        trials.attempted(&arm(true, started), false, true, 10);
    }
}

#[test]
fn a_verdict_is_told_once_it_is_certain() {
    let trials = Trials::default();
    let mut verdicts = trials.verdicts().unwrap();
    assert!(trials.verdicts().is_none(), "one carries them out");
    fail(&trials, 0, 19);
    assert!(verdicts.try_recv().is_err());
    fail(&trials, 0, 1);
    let verdict = verdicts.try_recv().unwrap();
    assert_eq!(
        (verdict.canary, verdict.reason.as_str()),
        (arm(true, 0).canary, "20 of 20 attempts failed, against 0 of 20 of the serving revision")
    );
    fail(&trials, 0, 50);
    assert!(verdicts.try_recv().is_err(), "told once");
    trials.tell_again("production");
    fail(&trials, 0, 10);
    assert!(verdicts.try_recv().is_ok(), "it could not be carried out");
}

#[test]
fn another_trial_begins_with_a_clean_sheet_and_so_does_another_serving_revision() {
    let trials = Trials::default();
    let mut verdicts = trials.verdicts().unwrap();
    fail(&trials, 0, 19);
    fail(&trials, 1, 19);
    for _ in 0..19 {
        trials.attempted(&Arm { serving: 3, ..arm(true, 1) }, false, true, 10);
    }
    assert!(verdicts.try_recv().is_err());
}

#[test]
fn a_revision_that_gave_out_a_secret_is_not_tried_any_longer() {
    let trials = Trials::default();
    let mut verdicts = trials.verdicts().unwrap();
    let leaked = Arm { quarantined: Some("it gave out `api_token`".into()), ..arm(true, 0) };
    trials.attempted(&leaked, false, true, 10);
    assert_eq!(verdicts.try_recv().unwrap().reason, "it is quarantined: it gave out `api_token`");
}

#[test]
fn what_is_accepted_and_not_delivered_counts() {
    let trials = Trials::default();
    let mut verdicts = trials.verdicts().unwrap();
    for _ in 0..20 {
        trials.attempted(&arm(false, 0), true, true, 10);
        trials.attempted(&arm(true, 0), true, true, 10);
    }
    (0..20).for_each(|_| trials.undelivered(&arm(true, 0)));
    assert!(verdicts.try_recv().is_err(), "the reports came after the last look");
    (0..10).for_each(|_| trials.attempted(&arm(true, 0), true, true, 10));
    assert!(
        verdicts.try_recv().unwrap().reason.starts_with("20 of 30 accepted messages were reported as not delivered")
    );
}
