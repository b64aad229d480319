use super::*;

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(1_768_478_400_000 + ms)
}

/// One code each `every_ms` from `from` to `to`; of ten, `used` are used after 8 s. What becomes of it at each send.
fn run(silence: &mut Silence, every_ms: u64, from: u64, to: u64, used: u64) -> Option<(u64, String)> {
    let mut later: VecDeque<u64> = VecDeque::new();
    for (n, ms) in (from..to).step_by(usize::try_from(every_ms).unwrap()).enumerate() {
        while later.front().is_some_and(|sent| sent + 8000 <= ms) {
            let sent = later.pop_front().unwrap();
            silence.used(at(sent), at(sent + 8000));
        }
        silence.sent(at(ms));
        if (n as u64 * 7) % 10 < used {
            later.push_back(ms);
        }
        if let Heard::Silent { why, .. } = silence.judge(None, at(ms)) {
            return Some((ms, why));
        }
    }
    None
}

#[test]
fn a_provider_that_goes_silent_is_noticed_within_a_minute_or_fifty_codes() {
    // From a hundred a second to one a minute; where from three to nine of ten codes are used.
    for every_ms in [10, 100, 500, 1000, 2000, 10_000, 60_000] {
        for used in [4, 6, 9] {
            let mut silence = Silence::default();
            let failed = (every_ms * 200).max(60_000);
            assert_eq!(run(&mut silence, every_ms, 0, failed, used), None, "{every_ms} {used}");
            let (noticed, why) = run(&mut silence, every_ms, failed, failed + every_ms * 10_000, 0).unwrap();
            let (ms, lost) = (noticed - failed, (noticed - failed) / every_ms);
            assert!(ms <= 60_000 || lost <= 50, "{every_ms} ms, {used} of 10: after {ms} ms and {lost} codes: {why}");
        }
    }
}

#[test]
fn what_goes_on_as_ever_is_not_silent_even_if_many_codes_stay_unused() {
    for (every_ms, used) in [(20, 1), (500, 3), (500, 6), (30_000, 3)] {
        assert_eq!(run(&mut Silence::default(), every_ms, 0, every_ms * 5000, used), None, "{every_ms} {used}");
    }
}

#[test]
fn half_of_the_codes_lost_is_no_silence() {
    let mut silence = Silence::default();
    assert_eq!(run(&mut silence, 500, 0, 300_000, 6), None);
    assert_eq!(run(&mut silence, 500, 300_000, 900_000, 3), None);
}

/// Each code is used, but no sooner than 70 s after it was sent.
#[test]
fn a_slow_day_is_noticed_though_all_codes_are_used_at_last() {
    let mut silence = Silence::default();
    assert_eq!(run(&mut silence, 1000, 0, 300_000, 7), None);
    assert_eq!(silence.in_time(at(300_000)), Duration::from_secs(15));
    let noticed = (300..420).find(|second| {
        silence.sent(at(second * 1000));
        if *second >= 370 {
            silence.used(at((second - 70) * 1000), at(second * 1000));
        }
        matches!(silence.judge(None, at(second * 1000)), Heard::Silent { .. })
    });
    assert!(noticed.is_some_and(|second| second < 360), "{noticed:?}");
}

#[test]
fn one_without_a_past_is_judged_by_what_the_others_do() {
    let (mut good, mut new) = (Silence::default(), Silence::default());
    run(&mut good, 500, 0, 120_000, 6);
    assert_eq!(run(&mut new, 500, 60_000, 120_000, 0), None, "it has no past of its own");
    assert_eq!(new.judge(None, at(120_000)), Heard::Untaught);
    let told = new.judge(Some(&good.pace(at(120_000))), at(120_000));
    assert!(matches!(&told, Heard::Silent { why, .. } if why.starts_with("0 of the last ")), "{told:?}");
    let nothing = Pace::default();
    assert_eq!(new.judge(Some(&nothing), at(120_000)), Heard::Nothing);
}

#[test]
fn it_begins_again_with_what_it_knew_of_good_days() {
    let mut silence = Silence::default();
    run(&mut silence, 500, 0, 100_000, 6);
    run(&mut silence, 500, 100_000, 200_000, 0).unwrap();
    let Heard::Silent { batches, .. } = silence.judge(None, at(200_000)) else { panic!("it is silent") };
    silence.clear(batches, at(200_000));
    assert!(silence.batches.is_empty());
    assert!(silence.past.expected()[0].unwrap() > 0.5);
    assert_eq!(run(&mut silence, 500, 200_000, 210_000, 0), None, "too few");
    assert!(run(&mut silence, 500, 210_000, 260_000, 0).is_some());
}

#[test]
fn what_is_kept_is_bounded_and_a_clock_that_goes_back_breaks_nothing() {
    let mut silence = Silence::default();
    run(&mut silence, 1000, 0, 10_000_000, 6);
    assert!(silence.batches.len() <= BATCHES_MAX);
    assert!(silence.past.reached.iter().all(|reached| *reached <= PAST_MAX + 64));
    silence.sent(at(0));
    silence.used(at(0), at(5));
    silence.used(at(10), at(5));
    assert_eq!(silence.judge(None, at(0)), Heard::Nothing);
}
