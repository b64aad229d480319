//! What follows from a provider's final report. Pure.

use std::time::Duration;

use super::{Next, Situation, after, another_may_do_better};
use crate::connector::contract::{Certainty, Failure, FailureKind};
use crate::store::AttemptStatus;

/// Whether a report speaks for the provider or against it. A bad number or an opt-out is no provider's fault.
pub fn speaks(attempt: AttemptStatus, kind: Option<FailureKind>) -> Option<bool> {
    match attempt {
        AttemptStatus::Delivered => Some(true),
        AttemptStatus::Undelivered => another_may_do_better(kind.unwrap_or(FailureKind::Other)).then_some(false),
        _ => None,
    }
}

/// Whether a message that was reported as not delivered goes on to the next connector: as after a failure that
/// certainly sent nothing.
pub fn goes_on(kind: Option<FailureKind>, life_left: Duration) -> bool {
    let situation = Situation { life_left, ambiguous_failover_used: true, in_time: true };
    after(&undelivered(kind), situation) != Next::Stop
}

/// A final negative report, as a failure: it certainly did not arrive.
pub fn undelivered(kind: Option<FailureKind>) -> Failure {
    Failure {
        kind: kind.unwrap_or(FailureKind::Other),
        certainty: Certainty::NotSent,
        provider_code: None,
        text: "the provider reported that it could not be delivered".to_owned(),
        retry_after_seconds: None,
        extra: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipients_own_fault_speaks_of_no_provider_and_goes_no_further() {
        let minute = Duration::from_secs(60);
        assert_eq!(speaks(AttemptStatus::Delivered, None), Some(true));
        assert_eq!(speaks(AttemptStatus::Accepted, None), None);
        assert_eq!(speaks(AttemptStatus::Undelivered, None), Some(false));
        assert_eq!(speaks(AttemptStatus::Undelivered, Some(FailureKind::RecipientBlocked)), None);
        assert!(goes_on(None, minute));
        assert!(!goes_on(Some(FailureKind::RecipientBlocked), minute));
        assert!(!goes_on(None, Duration::from_secs(29)), "it would arrive too late");
    }
}
