use super::*;
use crate::otp::code;
use crate::otp::policy::Policy;

const NOW: Timestamp = Timestamp::from_millis(1000);

fn rules() -> Rules {
    Policy::default().rules("sign-in", false)
}

fn pending(attempts_left: u32) -> Verification {
    Verification { attempts_left, ..super::super::tests::pending(attempts_left) }
}

fn presented(code: &str) -> Presented {
    Presented { code: code::normalise(code), number_index: None, purpose: None, subject: None }
}

fn held(v: &Verification, number: Failures, pair: Failures, code: &str) -> (CheckDecision, Held) {
    (hold(v, &number, &pair, &presented(code), &rules(), NOW), Held::of(number, pair, &rules(), NOW))
}

/// Both halves, with nothing in between.
fn answered(attempts_left: u32, answer: Answered) -> CheckDecision {
    let counts = (Failures { consecutive: 3, blocked_until: None }, Failures { consecutive: 9, blocked_until: None });
    let before = pending(attempts_left);
    let (first, held) = held(&before, counts.0, counts.1, "123456");
    assert_eq!((first.told, first.status, first.attempts_left), (Told::Held, before.status, attempts_left - 1));
    let between = Verification { attempts_left: first.attempts_left, ..before };
    settle(&between, &first.number.unwrap(), &first.pair.unwrap(), &held, answer)
}

#[test]
fn a_check_is_counted_before_anybody_is_asked_and_given_back_where_nothing_was_wrong() {
    use VerificationStatus as S;
    let (number, pair) =
        (Failures { consecutive: 3, blocked_until: None }, Failures { consecutive: 9, blocked_until: None });
    let right = answered(1, Answered::Right);
    assert_eq!((right.status, right.attempts_left, right.told), (S::Approved, 1, Told::Approved));
    assert_eq!((right.number, right.pair), (Some(number), Some(Failures::default())));
    let over = answered(5, Answered::Over);
    assert_eq!((over.status, over.told), (S::Expired, Told::NotPending(S::Expired)));
    assert_eq!((over.number, over.pair), (Some(number), Some(pair)), "no waiting either");
    let unknown = answered(1, Answered::Unknown);
    assert_eq!((unknown.status, unknown.attempts_left, unknown.told), (S::Pending, 1, Told::Unanswered));
    assert_eq!((unknown.number, unknown.pair, unknown.unanswered), (Some(number), Some(pair), 1));
}

#[test]
fn what_is_wrong_stays_counted() {
    use VerificationStatus as S;
    let wrong = answered(2, Answered::Wrong);
    assert_eq!((wrong.status, wrong.attempts_left, wrong.told), (S::Pending, 1, Told::Wrong));
    assert_eq!((wrong.number, wrong.pair), (None, None), "as the first half wrote it");
    let last = answered(1, Answered::Wrong);
    assert_eq!((last.status, last.attempts_left), (S::AttemptsExhausted, 0));
    let used_up = answered(5, Answered::UsedUp);
    assert_eq!((used_up.status, used_up.attempts_left, used_up.told), (S::AttemptsExhausted, 0, Told::Wrong));
}

#[test]
fn a_provider_that_never_answers_costs_checks_in_the_end() {
    let v = Verification { unanswered: UNANSWERED_MAX, attempts_left: 0, ..pending(0) };
    let held = Held::of(Failures::default(), Failures::default(), &rules(), NOW);
    let decision = settle(&v, &Failures::default(), &Failures::default(), &held, Answered::Unknown);
    assert_eq!((decision.status, decision.told), (VerificationStatus::AttemptsExhausted, Told::Unanswered));
}

#[test]
fn what_can_t_be_a_code_is_wrong_without_asking() {
    for code in ["", "abc", "123", "12345678901"] {
        let (decision, _) = held(&pending(5), Failures::default(), Failures::default(), code);
        assert_eq!((decision.told, decision.attempts_left), (Told::Wrong, 4), "{code}");
    }
}

#[test]
fn what_was_counted_meanwhile_is_not_given_back() {
    let before = Failures { consecutive: 4, blocked_until: None };
    let until = Some(Timestamp::from_millis(9000));
    let after = Failures { consecutive: 5, blocked_until: until };
    assert_eq!(without(after, (before, after)), before);
    let more = Failures { consecutive: 6, blocked_until: until };
    assert_eq!(without(more, (before, after)), Failures { consecutive: 5, blocked_until: until });
}

#[test]
fn limits_and_ends_are_told_before_anybody_is_asked() {
    let locked = Failures { consecutive: 0, blocked_until: Some(Timestamp::from_millis(5000)) };
    let (decision, _) = held(&pending(5), locked, Failures::default(), "123456");
    assert!(matches!(decision.told, Told::Limited(limited) if limited.rule == "locked"));
    let (crashed, _) = held(&pending(0), Failures::default(), Failures::default(), "123456");
    assert_eq!(crashed.told, Told::NotPending(VerificationStatus::AttemptsExhausted));
    let ended = Verification { status: VerificationStatus::Canceled, ..pending(4) };
    let held = Held::of(Failures::default(), Failures::default(), &rules(), NOW);
    let decision = settle(&ended, &Failures::default(), &Failures::default(), &held, Answered::Right);
    assert_eq!(decision.told, Told::NotPending(VerificationStatus::Canceled));
}
