//! The judge himself: what he must find, and what he must let pass.

use std::time::Duration;

use super::{Check, Checked, Create, Created, History, Received, Span, Swap, Swapped, Violation, judge};

fn span(began: u64, ended: u64) -> Span {
    Span { began: Duration::from_millis(began), ended: Duration::from_millis(ended) }
}

fn check(is_right: bool, at: (u64, u64), told: Checked) -> Check {
    Check { id: "v".to_owned(), is_right, span: span(at.0, at.1), told }
}

fn right(began: u64, ended: u64, told: Checked) -> Check {
    check(true, (began, ended), told)
}

fn made(to: &str, revision: u64) -> Create {
    let told = Created::Made { id: format!("v{to}"), accepted: true, revision: Some(revision) };
    Create { to: to.to_owned(), span: span(0, 5), told }
}

fn received(to: &str, mark: u32, at: u64) -> Received {
    Received { at: Duration::from_millis(at), to: to.to_owned(), code: "123456".to_owned(), mark }
}

fn swap(mark: u32, ended: u64, told: Swapped) -> Swap {
    Swap { mark, span: span(ended.saturating_sub(10), ended), told }
}

fn of_checks(checks: Vec<Check>) -> Vec<Violation> {
    judge(&History { checks, ..History::default() })
}

fn refused_at(ms: u64) -> Violation {
    Violation::RightRefused { id: "v".to_owned(), at: Duration::from_millis(ms) }
}

#[test]
fn a_code_that_is_accepted_twice_is_found() {
    let twice = vec![right(0, 10, Checked::Approved), right(5, 12, Checked::Approved)];
    assert_eq!(of_checks(twice), [Violation::AcceptedTwice { id: "v".to_owned() }]);
    assert_eq!(of_checks(vec![right(0, 10, Checked::Approved), right(5, 12, Checked::Over)]), []);
}

#[test]
fn a_wrong_code_that_is_accepted_and_one_guess_too_many_are_found() {
    let wrong = |told| check(false, (0, 10), told);
    assert_eq!(of_checks(vec![wrong(Checked::Approved)]), [Violation::WrongAccepted { id: "v".to_owned() }]);
    assert_eq!(of_checks(vec![wrong(Checked::Wrong); 6]), [Violation::GuessedTooOften { id: "v".to_owned() }]);
    assert_eq!(of_checks(vec![wrong(Checked::Wrong); 5]), []);
}

#[test]
fn a_verification_that_is_gone_is_found() {
    let lost = Violation::Lost { id: "v".to_owned(), at: Duration::ZERO };
    assert_eq!(of_checks(vec![right(0, 10, Checked::Gone)]), [lost]);
}

#[test]
fn a_right_code_that_is_refused_is_found_unless_something_explains_it() {
    let over = right(20, 30, Checked::Over);
    assert_eq!(of_checks(vec![over.clone()]), [refused_at(20)]);
    // What nobody answered may have been accepted, also if it was asked at the same time.
    for open in [Checked::Nothing, Checked::Refused(503)] {
        assert_eq!(of_checks(vec![right(0, 10, open), over.clone()]), []);
        assert_eq!(of_checks(vec![over.clone(), right(25, 60, open)]), []);
        // What was asked afterwards explains nothing.
        assert_eq!(of_checks(vec![over.clone(), right(31, 60, open)]), [refused_at(20)]);
    }
    assert_eq!(of_checks(vec![right(0, 10, Checked::Wrong)]), [refused_at(0)], "a right code is never a wrong one");
}

#[test]
fn wrong_codes_explain_a_refusal_once_there_may_have_been_enough_of_them() {
    let wrong = |n: usize, told| vec![check(false, (0, 10), told); n];
    let over = right(20, 30, Checked::Over);
    let before = |mut checks: Vec<Check>| {
        checks.push(over.clone());
        of_checks(checks)
    };
    assert_eq!(before(wrong(5, Checked::Nothing)), []);
    assert_eq!(before([wrong(4, Checked::Wrong), wrong(1, Checked::Refused(503))].concat()), []);
    assert_eq!(before(wrong(4, Checked::Wrong)), [refused_at(20)]);
}

#[test]
fn a_message_that_was_sent_twice_or_never_is_found() {
    let judged = |told: Created, times: usize| {
        let creates = vec![Create { to: "1".to_owned(), span: span(0, 5), told }];
        judge(&History { creates, received: vec![received("1", 1, 3); times], ..History::default() })
    };
    let accepted = || Created::Made { id: "v".to_owned(), accepted: true, revision: Some(1) };
    let unaccepted = Created::Made { id: "v".to_owned(), accepted: false, revision: None };
    assert_eq!(judged(accepted(), 2), [Violation::SentTwice { to: "1".to_owned() }]);
    assert_eq!(judged(Created::Nothing, 2), [Violation::SentTwice { to: "1".to_owned() }]);
    assert_eq!(judged(accepted(), 0), [Violation::NeverSent { to: "1".to_owned() }]);
    assert_eq!(judged(accepted(), 1), []);
    assert_eq!(judged(unaccepted, 0), []);
    // Unknown is unknown: sent or not.
    for times in [0, 1] {
        assert_eq!(judged(Created::Nothing, times), []);
        assert_eq!(judged(Created::Refused(503), times), []);
    }
}

#[test]
fn a_send_by_what_was_switched_off_is_found_once_the_stated_second_is_over() {
    let judged = |told: Swapped, at: u64| {
        let swaps = vec![swap(1, 100, Swapped::Serving(1)), swap(2, 1000, told)];
        // That the second mark is revision 2 may also be known by what it sent.
        let creates = vec![made("1", 1), made("2", 2)];
        judge(&History { creates, swaps, received: vec![received("1", 1, at), received("2", 2, 1500)], checks: vec![] })
    };
    let late = |ms| {
        let (late, after) = (Duration::from_millis(ms), Duration::from_millis(2500 + ms));
        Violation::SwitchedOff { to: "1".to_owned(), mark: 1, late, after }
    };
    assert_eq!(judged(Swapped::Serving(2), 2501), [late(1)]);
    assert_eq!(judged(Swapped::Serving(2), 2500), []);
    assert_eq!(judged(Swapped::Behind, 2800), [late(300)], "saved is switched, whichever node says what");
    assert_eq!(judged(Swapped::Nothing, 5000), [], "nobody was told that it is switched off");
}

#[test]
fn the_newest_revision_sends_whenever_it_likes_also_if_an_older_one_is_told_later() {
    let swaps = vec![swap(2, 100, Swapped::Serving(2)), swap(1, 500, Swapped::Serving(1))];
    let history =
        History { creates: vec![made("1", 2)], swaps, received: vec![received("1", 2, 9000)], checks: vec![] };
    assert_eq!(judge(&history), []);
}

#[test]
fn an_answer_that_has_no_place_is_found() {
    let broken = Violation::Broken { what: "check".to_owned(), status: 500 };
    assert_eq!(of_checks(vec![right(0, 10, Checked::Refused(500))]), [broken]);
    assert_eq!(of_checks(vec![right(0, 10, Checked::Refused(503)), right(0, 10, Checked::Nothing)]), []);
}
