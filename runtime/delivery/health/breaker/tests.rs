use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_768_478_400_000 + seconds * 1000)
}

fn opened() -> Breaker {
    let mut breaker = Breaker::closed(at(0));
    (0..10).for_each(|_| breaker.hear(Kind::Attempts, false, at(0)));
    breaker
}

#[test]
fn it_opens_when_half_of_at_least_ten_are_bad_and_no_sooner() {
    let mut breaker = Breaker::closed(at(0));
    for n in 0..9 {
        breaker.hear(Kind::Attempts, false, at(n));
        assert_eq!(breaker.state, State::Closed, "nine prove nothing");
    }
    breaker.hear(Kind::Attempts, false, at(9));
    assert_eq!((breaker.state, breaker.until), (State::Open, at(39)));
    assert_eq!(breaker.why, "10 of 10 failed within 5 minutes");

    let mut mixed = Breaker::closed(at(0));
    for n in 0..30 {
        mixed.hear(Kind::Attempts, n % 5 < 3, at(n));
    }
    assert_eq!(mixed.state, State::Closed, "two of five is less than half");
}

#[test]
fn what_lies_five_minutes_back_is_forgotten() {
    let mut breaker = Breaker::closed(at(0));
    (0..9).for_each(|_| breaker.hear(Kind::Attempts, false, at(0)));
    breaker.hear(Kind::Attempts, false, at(331));
    assert_eq!(breaker.state, State::Closed);
}

#[test]
fn open_goes_to_probation_with_time_and_lets_one_message_through_every_two_seconds() {
    let mut breaker = opened();
    assert!(!breaker.lets_through(at(29)));
    assert_eq!(breaker.state, State::Open);
    assert!(breaker.lets_through(at(30)));
    assert_eq!(breaker.state, State::Probation);
    assert!(!breaker.lets_through(at(31)));
    assert!(breaker.lets_through(at(32)));
}

#[test]
fn three_good_probes_close_it() {
    let mut breaker = opened();
    for n in 0..3 {
        assert_ne!(breaker.state, State::Closed);
        breaker.hear(Kind::Attempts, true, at(30 + n));
    }
    assert_eq!(breaker.state, State::Closed);
}

#[test]
fn a_bad_probe_opens_it_for_twice_as_long_and_never_longer_than_ten_minutes() {
    let mut breaker = opened();
    let mut now = at(0);
    for seconds in [30, 60, 120, 240, 480, 600, 600] {
        assert_eq!(breaker.until, now.plus(Duration::from_secs(seconds)));
        now = breaker.until;
        breaker.hear(Kind::Attempts, false, now);
    }
    assert_eq!(breaker.why, "it failed again on probation; before: 10 of 10 failed within 5 minutes");
}

#[test]
fn it_hears_nothing_while_it_is_open() {
    let mut breaker = opened();
    (0..100).for_each(|_| breaker.hear(Kind::Attempts, true, at(10)));
    assert_eq!((breaker.state, breaker.until), (State::Open, at(30)));
}

#[test]
fn what_opened_it_closes_it() {
    let mut breaker = Breaker::closed(at(0));
    (0..10).for_each(|_| breaker.hear(Kind::Reports, false, at(0)));
    assert_eq!(breaker.why, "10 of 10 were reported as not delivered within 5 minutes");
    (0..10).for_each(|_| breaker.hear(Kind::Attempts, true, at(30)));
    assert_eq!(breaker.state, State::Probation, "accepted is what these were too");
    (0..3).for_each(|_| breaker.hear(Kind::Reports, true, at(31)));
    assert_eq!(breaker.state, State::Closed);
}

#[test]
fn a_late_bad_report_says_nothing_of_what_failed_attempts_opened() {
    let mut breaker = opened();
    breaker.hear(Kind::Reports, false, at(31));
    assert_eq!(breaker.state, State::Probation);
}

#[test]
fn ten_quiet_minutes_on_probation_close_it_and_ten_more_are_a_clean_sheet() {
    let mut breaker = opened();
    breaker.pass_time(at(30));
    breaker.pass_time(at(629));
    assert_eq!(breaker.state, State::Probation);
    breaker.pass_time(at(630));
    assert_eq!(breaker.state, State::Closed);
    (0..10).for_each(|_| breaker.hear(Kind::Attempts, false, at(640)));
    assert_eq!(breaker.until, at(700), "twice as long: it was good for ten seconds");
    breaker.pass_time(at(1300));
    assert_eq!(breaker.state, State::Closed);
    (0..10).for_each(|_| breaker.hear(Kind::Attempts, false, at(1900)));
    assert_eq!(breaker.until, at(1930));
}

#[test]
fn ten_bad_ones_in_a_row_open_it_however_good_it_was_before() {
    let mut breaker = Breaker::closed(at(0));
    (0..6000).for_each(|n| breaker.hear(Kind::Attempts, true, at(n / 20)));
    (0..9).for_each(|_| breaker.hear(Kind::Attempts, false, at(300)));
    breaker.hear(Kind::Attempts, true, at(300));
    (0..9).for_each(|_| breaker.hear(Kind::Attempts, false, at(300)));
    assert_eq!(breaker.state, State::Closed);
    breaker.hear(Kind::Attempts, false, at(301));
    assert_eq!((breaker.state, breaker.why.as_str()), (State::Open, "10 in a row failed"));
}

#[test]
fn half_of_what_was_sent_within_a_minute_opens_it_however_good_it_was_before() {
    let mut breaker = Breaker::closed(at(0));
    (0..6000).for_each(|n| breaker.hear(Kind::Attempts, true, at(n / 20)));
    let opened = (0..2000).find(|n| {
        breaker.hear(Kind::Attempts, n % 2 == 0, at(300 + n / 20));
        breaker.state == State::Open
    });
    assert!(opened.is_some_and(|n| n / 20 <= 60), "{opened:?}");
    assert!(breaker.why.ends_with("failed within a minute"), "{}", breaker.why);
}

#[test]
fn what_waits_for_long_is_as_good_as_bad() {
    let mut breaker = Breaker::closed(at(0));
    breaker.waits(4, at(0));
    assert_eq!(breaker.state, State::Closed);
    breaker.hear(Kind::Attempts, false, at(1));
    breaker.waits(0, at(1));
    assert_eq!(breaker.state, State::Closed);
    breaker.waits(4, at(1));
    assert_eq!((breaker.state, breaker.until), (State::Open, at(31)));
    breaker.waits(50, at(2));
    assert_eq!(breaker.until, at(31), "open is open");
}

#[test]
fn a_silent_one_is_tried_with_eight_codes_and_opened_again_if_none_is_used_within_a_minute() {
    let mut breaker = Breaker::closed(at(0));
    breaker.open(Kind::Uses, "silence".to_owned(), at(0));
    let tried = (30..120).filter(|second| breaker.lets_through(at(*second))).count();
    assert_eq!((tried, breaker.state), (8, State::Open), "30 to 44 s, and a minute");
    assert_eq!(breaker.until, at(104 + 60));
    assert_eq!(breaker.why, "none of 8 codes was used on probation; before: silence");
    // One that is used makes room for others; three close it.
    assert!((164..178).filter(|second| breaker.lets_through(at(*second))).count() == 7);
    breaker.hear(Kind::Uses, true, at(178));
    assert_eq!((178..300).filter(|second| breaker.lets_through(at(*second))).count(), 8);
    let mut used = Breaker::closed(at(0));
    used.open(Kind::Uses, "silence".to_owned(), at(0));
    assert_eq!((30..40).filter(|second| used.lets_through(at(*second))).count(), 5);
    (0..3).for_each(|_| used.hear(Kind::Uses, true, at(41)));
    assert_eq!(used.state, State::Closed);
}

#[test]
fn what_is_only_ever_refused_at_once_is_tried_again_after_thirty_seconds_each_time() {
    let mut breaker = Breaker::closed(at(0));
    breaker.hear(Kind::Attempts, false, at(0));
    breaker.hear(Kind::Attempts, true, at(0));
    (0..10).for_each(|_| breaker.hear(Kind::Refusals, false, at(0)));
    assert_eq!((breaker.state, breaker.until), (State::Open, at(30)));
    for round in 1..5 {
        breaker.hear(Kind::Refusals, false, at(30 * round));
        assert_eq!((breaker.state, breaker.until), (State::Open, at(30 * round + 30)));
    }
    breaker.hear(Kind::Attempts, false, at(150));
    assert_eq!((breaker.state, breaker.until), (State::Open, at(210)), "one that may have been sent costs more");
}

#[test]
fn one_that_was_refused_at_once_is_closed_by_attempts_that_are_taken() {
    let mut breaker = Breaker::closed(at(0));
    (0..10).for_each(|_| breaker.hear(Kind::Refusals, false, at(0)));
    (0..3).for_each(|n| breaker.hear(Kind::Attempts, true, at(30 + n)));
    assert_eq!(breaker.state, State::Closed);
}
