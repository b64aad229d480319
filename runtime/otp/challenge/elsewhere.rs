//! The same state machine for a code that a provider made: between the two halves of a check the provider is asked.
//! Pure.
//!
//! | the provider says | the verification | what was counted |
//! |---|---|---|
//! | right | approved | given back; the pair is cleared |
//! | wrong, or something else | pending, exhausted after the last | stays |
//! | over, or unknown to it | expired | given back |
//! | used up | exhausted | stays |
//! | nothing, ten times at most | pending | given back |
//! | nothing, more often | pending, exhausted after the last | stays |

use super::{Presented, left, limits, refused, stay, wrong};
use crate::clock::Timestamp;
use crate::otp::policy::Rules;
use crate::store::{CheckDecision, Failures, Told, Verification, VerificationStatus};

/// Checks of one verification that its provider may leave unanswered and that are not counted: without an end, a
/// provider in trouble would be asked without one.
const UNANSWERED_MAX: u32 = 10;
/// Digits of the codes that providers make.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=10;

/// What was counted before the provider was asked.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    number: (Failures, Failures),
    pair: (Failures, Failures),
}

impl Held {
    /// Of a check that found these wrong codes.
    pub fn of(number: Failures, pair: Failures, rules: &Rules, now: Timestamp) -> Self {
        Self {
            number: (number, limits::wrong_for_number(rules, &number, now)),
            pair: (pair, limits::wrong_for_pair(&pair, now)),
        }
    }
}

/// What a provider's answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The code is right.
    Right,
    /// It is not.
    Wrong,
    /// No code of it will be right any more.
    Over,
    /// The provider takes no more codes for it.
    UsedUp,
    /// Nobody knows.
    Unknown,
}

/// The first half: everything but the code is looked at, and the check is counted as wrong. It is the provider's to
/// judge what is told as [`Told::Held`]; what can't be a code at all is wrong without it.
pub fn hold(
    verification: &Verification,
    number: &Failures,
    pair: &Failures,
    presented: &Presented,
    rules: &Rules,
    now: Timestamp,
) -> CheckDecision {
    if let Some(refused) = refused(verification, number, pair, presented, now) {
        return stay(verification, refused);
    }
    if verification.attempts_left == 0 {
        // A crash fell between the last check and what its provider said of it.
        let status = VerificationStatus::AttemptsExhausted;
        return CheckDecision { status, ..stay(verification, Told::NotPending(status)) };
    }
    let counted = wrong(verification, number, pair, rules, now);
    match presented.code.as_ref().filter(|code| CODE_DIGITS.contains(&code.expose().len())) {
        Some(_) => CheckDecision { status: VerificationStatus::Pending, told: Told::Held, ..counted },
        None => counted,
    }
}

/// The second half: what follows from the provider's answer. What has ended meanwhile stays ended.
pub fn settle(v: &Verification, number: &Failures, pair: &Failures, held: &Held, answered: Answered) -> CheckDecision {
    if v.status != VerificationStatus::Pending {
        return stay(v, Told::NotPending(v.status));
    }
    let counted = CheckDecision { status: left(v.attempts_left), ..stay(v, Told::Wrong) };
    let given_back = |status, told| CheckDecision {
        status,
        attempts_left: v.attempts_left.saturating_add(1),
        number: Some(without(*number, held.number)),
        pair: Some(without(*pair, held.pair)),
        unanswered: v.unanswered,
        told,
    };
    match answered {
        Answered::Right => {
            let pair = Some(Failures::default());
            CheckDecision { pair, ..given_back(VerificationStatus::Approved, Told::Approved) }
        }
        Answered::Wrong => counted,
        Answered::Over => given_back(VerificationStatus::Expired, Told::NotPending(VerificationStatus::Expired)),
        Answered::UsedUp => {
            CheckDecision { status: VerificationStatus::AttemptsExhausted, attempts_left: 0, ..counted }
        }
        Answered::Unknown if v.unanswered < UNANSWERED_MAX => {
            CheckDecision { unanswered: v.unanswered + 1, ..given_back(VerificationStatus::Pending, Told::Unanswered) }
        }
        Answered::Unknown => CheckDecision { told: Told::Unanswered, ..counted },
    }
}

/// Wrong codes without the one that was counted, whatever was counted meanwhile.
fn without(now: Failures, (before, after): (Failures, Failures)) -> Failures {
    if now == after {
        return before;
    }
    Failures { consecutive: now.consecutive.saturating_sub(1), ..now }
}

#[cfg(test)]
mod tests;
