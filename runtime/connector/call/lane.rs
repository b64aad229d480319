//! The slow lane: guests that compute for long take turns there, so that quick ones do not wait behind them.
//!
//! The threat: a few components that spin hold every thread of the runtime, a millisecond each time, and whoever has an
//! answer to read stands behind all of them. A send of a connector computes for less than a millisecond, so whoever has
//! used more takes a turn for each further one, and there are turns for half of the threads only.

use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// CPU time of a call, in milliseconds, before it takes turns.
const QUICK_MS: u64 = 2;

/// The turns, shared by all calls.
#[derive(Clone)]
pub struct Lane {
    turns: Arc<Semaphore>,
}

/// The turn that a call has, if it has one.
#[derive(Clone, Default)]
pub(super) struct Turn {
    held: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl Lane {
    /// For a runtime with this many threads.
    pub fn new(threads: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new((threads / 2).max(1))) }
    }

    /// Between two milliseconds of a guest's work: let others go first.
    pub(super) async fn pause(self, turn: Turn, used_ms: u64) {
        turn.end();
        // Not a plain wake: a spinning guest is queued behind whoever has I/O to do.
        tokio::task::yield_now().await;
        if used_ms > QUICK_MS {
            // Turns are given in the order of asking, so that one spinning guest does not outrun another.
            let given = self.turns.acquire_owned().await.ok();
            turn.begin(given);
        }
    }
}

impl Turn {
    fn begin(&self, given: Option<OwnedSemaphorePermit>) {
        if let Ok(mut held) = self.held.lock() {
            *held = given;
        }
    }

    /// Give it back: the call waits for its provider, or has ended.
    pub(super) fn end(&self) {
        self.begin(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn quick_calls_need_no_turn_and_long_ones_wait_for_theirs() {
        let lane = Lane::new(2);
        let (first, second) = (Turn::default(), Turn::default());
        lane.clone().pause(first.clone(), QUICK_MS + 1).await;
        lane.clone().pause(Turn::default(), QUICK_MS).await;
        let mut waiting = Box::pin(lane.clone().pause(second, QUICK_MS + 1));
        let now = std::time::Duration::ZERO;
        assert!(tokio::time::timeout(now, &mut waiting).await.is_err(), "there is one turn, and it is taken");
        first.end();
        waiting.await;
    }

    #[tokio::test]
    async fn a_call_that_ends_gives_its_turn_back() {
        let lane = Lane::new(1);
        let turn = Turn::default();
        lane.clone().pause(turn.clone(), QUICK_MS + 1).await;
        drop(turn);
        lane.pause(Turn::default(), QUICK_MS + 1).await;
    }
}
