//! Whether this node knows what the others have changed.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::store::{StoreError, Stored};

/// How old a node's last look may be while it takes new work. Together with the time that a send takes to be planned, this
/// stays within the second that is promised.
pub const FRESH: Duration = Duration::from_millis(700);
/// How long whoever wants to send waits for a node that catches up.
const PATIENCE: Duration = Duration::from_secs(5);

/// When a node was last in step: it had looked then, and had brought in what it found.
pub struct Step {
    /// None for one that is alone.
    looked: Option<watch::Sender<Option<Instant>>>,
}

impl Step {
    /// Of a node that is alone: always in step.
    pub(super) fn alone() -> Self {
        Self { looked: None }
    }

    /// Of a node that has not looked yet.
    pub(super) fn behind() -> Self {
        Self { looked: Some(watch::Sender::new(None)) }
    }

    /// A look that began then has found nothing that is not served now.
    pub(super) fn looked(&self, began: Instant) {
        if let Some(looked) = &self.looked {
            looked.send_replace(Some(began));
        }
    }

    /// Returns once it is in step.
    pub(super) async fn current(&self) -> Stored<()> {
        self.current_within(PATIENCE).await
    }

    async fn current_within(&self, patience: Duration) -> Stored<()> {
        let Some(looked) = &self.looked else { return Ok(()) };
        let fresh = |looked: &Option<Instant>| looked.is_some_and(|at| at.elapsed() <= FRESH);
        if fresh(&looked.borrow()) {
            return Ok(());
        }
        let mut looks = looked.subscribe();
        match timeout(patience, looks.wait_for(fresh)).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(StoreError::Unreachable(
                "this node does not know what was changed lately, and sends nothing".into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_not_looked_lately_waits_for_the_next_look() {
        let step = Step::behind();
        let (current, ()) = tokio::join!(step.current(), async {
            tokio::task::yield_now().await;
            step.looked(Instant::now());
        });
        assert!(current.is_ok());
        assert!(step.current_within(Duration::ZERO).await.is_ok(), "at once");
    }

    #[tokio::test]
    async fn a_look_that_began_too_long_ago_is_none() {
        let step = Step::behind();
        step.looked(Instant::now().checked_sub(FRESH + Duration::from_millis(1)).unwrap());
        let refused = step.current_within(Duration::from_millis(1)).await;
        assert!(matches!(refused, Err(StoreError::Unreachable(_))), "after its patience");
    }

    #[tokio::test]
    async fn who_is_alone_is_in_step() {
        assert!(Step::alone().current().await.is_ok());
    }
}
