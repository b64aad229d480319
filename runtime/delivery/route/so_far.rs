//! What is known of a message while it goes from one connector to the next. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Next, Situation, after};
use crate::connector::contract::{Certainty, Failure};

/// No attempt starts with less than this of the call's time: it could not end in it.
pub const CALL_LEFT_MIN: Duration = Duration::from_millis(500);

/// A message's attempts until now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoFar {
    /// Whether one of them may have sent it.
    pub maybe_sent: bool,
    /// Whether its verification has gone on after an unknown outcome.
    pub ambiguous_failover_used: bool,
}

/// An attempt that has just failed.
#[derive(Clone, Copy, Debug)]
pub struct Failed<'a> {
    /// Why.
    pub failure: &'a Failure,
    /// Whether the provider that was asked makes the codes.
    pub makes_codes: bool,
    /// What is left of the code's life.
    pub life_left: Duration,
    /// What is left of the whole call's time.
    pub call_left: Duration,
}

impl SoFar {
    /// Whether the first of `left` is asked now. Whoever can't be asked any more is taken off it.
    pub fn goes_on<T>(
        &mut self,
        failed: &Failed<'_>,
        left: &mut VecDeque<T>,
        makes_codes: impl Fn(&T) -> bool,
    ) -> bool {
        let unknown = failed.failure.certainty == Certainty::Unknown;
        self.maybe_sent |= unknown;
        if unknown && failed.makes_codes {
            // Its code may have arrived, and nobody else can send or check that one.
            return false;
        }
        // A code of ours may have arrived: a provider's own would make it wrong.
        while self.maybe_sent && left.front().is_some_and(&makes_codes) {
            left.pop_front();
        }
        let situation = Situation {
            life_left: failed.life_left,
            ambiguous_failover_used: self.ambiguous_failover_used,
            in_time: failed.call_left > CALL_LEFT_MIN,
        };
        match after(failed.failure, situation) {
            Next::Connector { ambiguous } if !left.is_empty() => {
                self.ambiguous_failover_used |= ambiguous;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::contract::FailureKind;

    fn failure(certainty: Certainty) -> Failure {
        let (kind, text) = (FailureKind::Timeout, String::new());
        Failure { kind, certainty, provider_code: None, text, retry_after_seconds: None, extra: vec![] }
    }

    fn failed(failure: &Failure, makes_codes: bool) -> Failed<'_> {
        Failed { failure, makes_codes, life_left: Duration::from_secs(600), call_left: Duration::from_secs(9) }
    }

    #[test]
    fn an_unknown_outcome_goes_on_once_and_past_whoever_makes_codes() {
        let unknown = failure(Certainty::Unknown);
        let mut so_far = SoFar::default();
        let mut left = VecDeque::from(["maker", "sender", "other"]);
        assert!(so_far.goes_on(&failed(&unknown, false), &mut left, |name| *name == "maker"));
        assert_eq!(left, ["sender", "other"]);
        left.pop_front();
        assert!(!so_far.goes_on(&failed(&unknown, false), &mut left, |_| false), "a third SMS is none too many");
    }

    #[test]
    fn what_was_certainly_not_sent_goes_on_to_anybody() {
        let refused = failure(Certainty::NotSent);
        let (mut so_far, mut left) = (SoFar::default(), VecDeque::from(["maker"]));
        assert!(so_far.goes_on(&failed(&refused, true), &mut left, |_| true));
        assert_eq!(so_far, SoFar::default());
        left.clear();
        assert!(!so_far.goes_on(&failed(&refused, true), &mut left, |_| true), "nobody is left");
    }

    #[test]
    fn a_code_that_a_provider_may_have_sent_is_nobody_elses() {
        let unknown = failure(Certainty::Unknown);
        let (mut so_far, mut left) = (SoFar::default(), VecDeque::from(["sender"]));
        assert!(!so_far.goes_on(&failed(&unknown, true), &mut left, |_| false));
        assert!(so_far.maybe_sent);
    }

    #[test]
    fn no_attempt_starts_that_could_not_end() {
        let refused = failure(Certainty::NotSent);
        let late = Failed { call_left: CALL_LEFT_MIN, ..failed(&refused, false) };
        assert!(!SoFar::default().goes_on(&late, &mut VecDeque::from(["sender"]), |_| false));
    }
}
