//! One change at a time, and nobody goes on with what it made old.

use tokio::sync::{Mutex, MutexGuard};

/// Told which environment may say something else now.
pub type Listener = Box<dyn Fn(&str) + Send + Sync>;

/// Whose turn it is. Held from a write to the swap that shows it, so that an older state never replaces a newer one.
pub struct Turns {
    one: Mutex<()>,
    listener: Listener,
}

/// A turn to change an environment. However it ends, whoever keeps something of that environment hears of it: a write
/// that failed may have been done all the same.
#[must_use]
pub(super) struct Turn<'a> {
    _held: MutexGuard<'a, ()>,
    environment: String,
    listener: &'a Listener,
}

impl Turns {
    /// With who is told after each turn.
    pub fn new(listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { one: Mutex::default(), listener: Box::new(listener) }
    }

    /// Wait for the turn to change `environment`.
    pub(super) async fn of(&self, environment: &str) -> Turn<'_> {
        Turn { _held: self.one.lock().await, environment: environment.to_owned(), listener: &self.listener }
    }

    /// Wait until nobody changes anything, and look: all that is read then belongs together.
    pub(super) async fn looking(&self) -> MutexGuard<'_, ()> {
        self.one.lock().await
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Still held: whoever has the next turn finds everybody told.
        (self.listener)(&self.environment);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex as Heard;

    use super::*;

    fn turns() -> (Turns, Arc<Heard<Vec<String>>>) {
        let heard = Arc::new(Heard::new(Vec::new()));
        let ear = Arc::clone(&heard);
        (Turns::new(move |environment| ear.lock().unwrap().push(environment.to_owned())), heard)
    }

    #[tokio::test]
    async fn the_listener_hears_of_a_turn_before_the_next_one_begins() {
        let (turns, heard) = turns();
        let turn = turns.of("production").await;
        assert!(heard.lock().unwrap().is_empty(), "what is read before the write may be kept again");
        drop(turn);
        let _next = turns.of("development").await;
        assert_eq!(*heard.lock().unwrap(), ["production"]);
    }

    #[tokio::test]
    async fn the_listener_hears_of_a_turn_that_failed() {
        let (turns, heard) = turns();
        let failed: Result<(), ()> = async {
            let _turn = turns.of("production").await;
            Err(())
        }
        .await;
        assert!(failed.is_err());
        assert_eq!(*heard.lock().unwrap(), ["production"]);
    }

    #[tokio::test]
    async fn nobody_hears_of_a_look() {
        let (turns, heard) = turns();
        drop(turns.looking().await);
        assert!(heard.lock().unwrap().is_empty());
    }
}
