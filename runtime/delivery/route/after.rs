//! Whether another connector is asked after a failure. Pure: a table, written down once and tested row by row.
//!
//! | outcome | next |
//! |---|---|
//! | accepted | done |
//! | not sent, and another provider might do better | the next connector |
//! | not sent, and another would repeat the harm: bad number, opt-out, fraud, refused content | done |
//! | unknown | the next connector, once for a verification: a second SMS with the same code beats none |
//! | less than 30 s of the code's life left, or of the call's deadline used up | done |

use std::time::Duration;

use crate::connector::contract::{Certainty, Failure, FailureKind};

/// No attempt starts when less than this is left of the code's life: the SMS would arrive too late.
pub const LIFE_LEFT_MIN: Duration = Duration::from_secs(30);

/// What is known when an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// What is left of the code's life.
    pub life_left: Duration,
    /// Whether this verification has already gone on after an unknown outcome.
    pub ambiguous_failover_used: bool,
    /// Whether the whole call has time for another attempt.
    pub in_time: bool,
}

/// What follows from a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask the next connector; `ambiguous` if the last one may have sent it.
    Connector {
        /// Counts against the one ambiguous failover of a verification.
        ambiguous: bool,
    },
    /// Leave it.
    Stop,
}

/// What follows from `failure`.
pub fn after(failure: &Failure, situation: Situation) -> Next {
    if situation.life_left < LIFE_LEFT_MIN || !situation.in_time || !another_may_do_better(failure.kind) {
        return Next::Stop;
    }
    match failure.certainty {
        Certainty::NotSent => Next::Connector { ambiguous: false },
        Certainty::Unknown if !situation.ambiguous_failover_used => Next::Connector { ambiguous: true },
        Certainty::Unknown => Next::Stop,
    }
}

/// Another carrier would repeat the harm or the cost of a bad number, an opt-out, a fraud block or refused content.
pub(in crate::delivery) fn another_may_do_better(kind: FailureKind) -> bool {
    use FailureKind as K;
    !matches!(kind, K::InvalidRecipient | K::RecipientBlocked | K::FraudBlocked | K::ContentRejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: FailureKind, certainty: Certainty) -> Failure {
        Failure { kind, certainty, provider_code: None, text: String::new(), retry_after_seconds: None, extra: vec![] }
    }

    const FRESH: Situation =
        Situation { life_left: Duration::from_secs(600), ambiguous_failover_used: false, in_time: true };

    #[test]
    fn each_kind_goes_on_or_stops_as_the_table_says() {
        use FailureKind as K;
        let on = [
            K::InvalidConfig,
            K::AuthenticationFailed,
            K::InsufficientFunds,
            K::UnsupportedDestination,
            K::RateLimited,
            K::QuotaExceeded,
            K::ProviderUnavailable,
            K::Timeout,
            K::InvalidResponse,
            K::Other,
        ];
        for kind in on {
            assert_eq!(
                after(&failure(kind, Certainty::NotSent), FRESH),
                Next::Connector { ambiguous: false },
                "{kind:?}"
            );
        }
        for kind in [K::InvalidRecipient, K::RecipientBlocked, K::FraudBlocked, K::ContentRejected] {
            assert_eq!(after(&failure(kind, Certainty::NotSent), FRESH), Next::Stop, "{kind:?}");
            assert_eq!(after(&failure(kind, Certainty::Unknown), FRESH), Next::Stop, "{kind:?}");
        }
    }

    #[test]
    fn an_unknown_outcome_goes_on_once_for_a_verification() {
        let unknown = failure(FailureKind::Timeout, Certainty::Unknown);
        assert_eq!(after(&unknown, FRESH), Next::Connector { ambiguous: true });
        assert_eq!(after(&unknown, Situation { ambiguous_failover_used: true, ..FRESH }), Next::Stop);
    }

    #[test]
    fn nothing_is_sent_that_would_arrive_too_late() {
        let down = failure(FailureKind::ProviderUnavailable, Certainty::NotSent);
        assert_eq!(after(&down, Situation { life_left: Duration::from_secs(29), ..FRESH }), Next::Stop);
        assert_eq!(after(&down, Situation { life_left: LIFE_LEFT_MIN, ..FRESH }), Next::Connector { ambiguous: false });
        assert_eq!(after(&down, Situation { in_time: false, ..FRESH }), Next::Stop);
    }
}
