//! The state machine of a verification. Pure.
//!
//! ```text
//!              right code            ┌──────────┐
//!         ┌──────────────────────────► approved │
//!         │                          └──────────┘
//!    ┌────┴────┐  last wrong code    ┌────────────────────┐
//!  ──► pending ├─────────────────────► attempts_exhausted │
//!    └─┬───┬───┘                     └────────────────────┘
//!      │   │      life over          ┌─────────┐
//!      │   └─────────────────────────► expired │
//!      │          canceled           ├─────────┴┐
//!      └─────────────────────────────► canceled │
//!                                    └──────────┘
//! ```
//! Only `pending` takes checks and resends; nothing leads back to it.

use super::{code, limits, policy::Rules};
use crate::clock::Timestamp;
use crate::secret::Secret;
use crate::store::{CheckDecision, Failures, Told, Verification, VerificationStatus};

/// What a check brings.
pub struct Presented {
    /// The code, as plain digits; none if it can't be one.
    pub code: Option<Secret<String>>,
    /// Index of the number, where the caller gave one.
    pub number_index: Option<[u8; 32]>,
    /// The purpose, where the caller gave one.
    pub purpose: Option<String>,
    /// The subject, where the caller gave one.
    pub subject: Option<String>,
}

/// Judge a presented code against the right one.
pub fn check(
    verification: &Verification,
    number: &Failures,
    pair: &Failures,
    presented: &Presented,
    right: &Secret<String>,
    rules: &Rules,
    now: Timestamp,
) -> CheckDecision {
    if let Some(refused) = refused(verification, number, pair, presented, now) {
        return stay(verification, refused);
    }
    // Compared in any case: how long it takes tells nothing.
    let is_right = presented.code.as_ref().is_some_and(|code| code::equal(code, right));
    if is_right && !verification.suppressed {
        // The pair is cleared; the number's count is not: a right code of one flow excuses no guessing in another.
        let pair = Some(Failures::default());
        return CheckDecision { status: VerificationStatus::Approved, pair, ..stay(verification, Told::Approved) };
    }
    wrong(verification, number, pair, rules, now)
}

fn stay(v: &Verification, told: Told) -> CheckDecision {
    let (status, attempts_left, unanswered) = (v.status, v.attempts_left, v.unanswered);
    CheckDecision { status, attempts_left, number: None, pair: None, unanswered, told }
}

/// Why a code is not even looked at.
fn refused(
    verification: &Verification,
    number: &Failures,
    pair: &Failures,
    presented: &Presented,
    now: Timestamp,
) -> Option<Told> {
    if verification.status != VerificationStatus::Pending {
        return Some(Told::NotPending(verification.status));
    }
    let limited = || limits::check(number, pair, now).err().map(Told::Limited);
    mismatch(verification, presented).map(Told::Mismatch).or_else(limited)
}

fn wrong(v: &Verification, number: &Failures, pair: &Failures, rules: &Rules, now: Timestamp) -> CheckDecision {
    let attempts_left = v.attempts_left.saturating_sub(1);
    CheckDecision {
        status: left(attempts_left),
        attempts_left,
        number: Some(limits::wrong_for_number(rules, number, now)),
        pair: Some(limits::wrong_for_pair(pair, now)),
        unanswered: v.unanswered,
        told: Told::Wrong,
    }
}

/// Where a pending one stands with so many checks left.
fn left(attempts: u32) -> VerificationStatus {
    if attempts == 0 { VerificationStatus::AttemptsExhausted } else { VerificationStatus::Pending }
}

mod elsewhere;

pub use elsewhere::{Answered, Held, hold, settle};

fn mismatch(verification: &Verification, presented: &Presented) -> Option<&'static str> {
    if presented.number_index.is_some_and(|index| index != verification.number_index) {
        return Some("to");
    }
    if presented.purpose.as_ref().is_some_and(|purpose| *purpose != verification.purpose) {
        return Some("purpose");
    }
    (presented.subject.is_some() && presented.subject != verification.subject).then_some("subject")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::policy::Policy;

    const NOW: Timestamp = Timestamp::from_millis(1000);

    pub(super) fn pending(attempts_left: u32) -> Verification {
        Verification {
            id: "v".into(),
            environment: "e".into(),
            purpose: "sign-in".into(),
            channel: "sms".into(),
            locale: "en".into(),
            to: vec![],
            number_index: [1; 32],
            pair_index: [2; 32],
            subject: Some("user-1".into()),
            client_ip: None,
            metadata: None,
            app_hash: None,
            service: None,
            fixed_code: None,
            suppressed: false,
            unanswered: 0,
            status: VerificationStatus::Pending,
            code_key: 0,
            code_length: 6,
            attempts_left,
            created_at: NOW,
            updated_at: NOW,
            expires_at: NOW,
            resend_after: NOW,
            ambiguous_failover_used: false,
            delivery: None,
        }
    }

    fn presented(code: &str) -> Presented {
        Presented { code: code::normalise(code), number_index: None, purpose: None, subject: None }
    }

    fn judged(verification: &Verification, number: Failures, presented: &Presented) -> CheckDecision {
        let rules = Policy::default().rules("sign-in", false);
        check(verification, &number, &Failures::default(), presented, &"123456".into(), &rules, NOW)
    }

    #[test]
    fn a_right_code_approves_and_clears_the_pair_but_not_the_number() {
        let decision = judged(&pending(5), Failures { consecutive: 7, blocked_until: None }, &presented("123 456"));
        assert_eq!((decision.status, decision.told), (VerificationStatus::Approved, Told::Approved));
        assert_eq!((decision.number, decision.pair), (None, Some(Failures::default())));
    }

    #[test]
    fn a_wrong_code_costs_a_check_and_the_last_one_ends_it() {
        let first = judged(&pending(2), Failures::default(), &presented("000000"));
        assert_eq!((first.status, first.attempts_left), (VerificationStatus::Pending, 1));
        assert_eq!(first.number.unwrap().consecutive, 1);
        let last = judged(&pending(1), Failures::default(), &presented("not a code"));
        assert_eq!((last.status, last.attempts_left), (VerificationStatus::AttemptsExhausted, 0));
    }

    #[test]
    fn no_code_is_right_for_one_that_was_never_sent() {
        let suppressed = Verification { suppressed: true, ..pending(5) };
        let decision = judged(&suppressed, Failures::default(), &presented("123456"));
        assert_eq!((decision.status, decision.told), (VerificationStatus::Pending, Told::Wrong));
        assert_eq!((decision.attempts_left, decision.number.unwrap().consecutive), (4, 1));
    }

    #[test]
    fn only_pending_takes_checks() {
        use VerificationStatus as S;
        for status in [S::Approved, S::Expired, S::Canceled, S::AttemptsExhausted] {
            let ended = Verification { status, ..pending(5) };
            let decision = judged(&ended, Failures::default(), &presented("123456"));
            assert_eq!((decision.status, decision.told), (status, Told::NotPending(status)));
            assert_eq!((decision.number, decision.pair), (None, None));
        }
    }

    #[test]
    fn what_is_given_must_match_and_a_mismatch_is_not_counted() {
        let with = |change: fn(&mut Presented)| {
            let mut presented = presented("123456");
            change(&mut presented);
            judged(&pending(5), Failures::default(), &presented)
        };
        assert_eq!(with(|p| p.number_index = Some([9; 32])).told, Told::Mismatch("to"));
        assert_eq!(with(|p| p.purpose = Some("register".into())).told, Told::Mismatch("purpose"));
        let subject = with(|p| p.subject = Some("user-2".into()));
        assert_eq!((subject.told, subject.attempts_left, subject.number), (Told::Mismatch("subject"), 5, None));
        assert_eq!(with(|p| p.subject = Some("user-1".into())).told, Told::Approved);
    }

    #[test]
    fn a_locked_number_is_told_before_its_code_is_looked_at() {
        let locked = Failures { consecutive: 0, blocked_until: Some(Timestamp::from_millis(5000)) };
        let decision = judged(&pending(5), locked, &presented("123456"));
        assert!(matches!(decision.told, Told::Limited(limited) if limited.rule == "locked"));
        assert_eq!((decision.status, decision.attempts_left), (VerificationStatus::Pending, 5));
    }
}
