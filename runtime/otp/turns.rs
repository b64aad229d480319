//! Checks of one verification that a provider answers, one after the other.
//!
//! A provider takes a right code once: of two that race, the second would hear that there is no such verification any
//! more, and could end it before the first has said that it is approved. Those of other nodes are kept from it by the store
//! (`NodeStore::hold`), one of each node at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// Who is being checked now.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Wait for one's turn; it ends with the guard.
    pub(super) async fn take(&self, id: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|_, turn| turn.strong_count() > 0);
            let found = all.get(id).and_then(Weak::upgrade);
            found.unwrap_or_else(|| {
                let turn = Arc::default();
                all.insert(id.to_owned(), Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_waits_for_the_other_of_the_same_and_nothing_is_kept_of_those_that_are_over() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        let _other = turns.take("b").await;
        assert!(at_once(turns.take("a")).await.is_none(), "it waits");
        drop(first);
        drop(turns.take("a").await);
        drop(turns.take("c").await);
        assert_eq!(turns.0.lock().unwrap().len(), 2, "b, and c whose guard has just gone");
    }

    /// Whether it is ready at once.
    async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
        tokio::select! { biased; done = future => Some(done), () = std::future::ready(()) => None }
    }
}
