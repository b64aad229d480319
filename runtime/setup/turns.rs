//! One change at a time, and nobody goes on with what it made old.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use crate::nodes::Nodes;
use crate::store::{Held, Hold, Stored};

/// What is held among all nodes.
const TURN: &str = "set-up";

/// Told which environment may say something else now.
pub type Listener = Box<dyn Fn(&str) + Send + Sync>;

/// Whose turn it is. Held from a write to the swap that shows it, so that an older state never replaces a newer one.
pub struct Turns {
    one: Mutex<()>,
    nodes: Arc<Nodes>,
    listener: Listener,
}

/// A turn to change an environment. However it ends, whoever keeps something of that environment hears of it: a write
/// that failed may have been done all the same.
#[must_use]
pub(super) struct Turn<'a> {
    environment: String,
    listener: &'a Listener,
    /// Held, and not looked at.
    among_all: Option<Held>,
    _held: MutexGuard<'a, ()>,
}

impl Turns {
    /// Among these nodes; with who is told after each turn.
    pub fn new(nodes: Arc<Nodes>, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { one: Mutex::default(), nodes, listener: Box::new(listener) }
    }

    /// Wait for the turn to change `environment`, among all nodes.
    pub(super) async fn of(&self, environment: &str) -> Stored<Turn<'_>> {
        // First here: so each node waits with one connection at most.
        let mut turn = self.here(environment).await;
        turn.among_all = Some(self.nodes.hold(TURN, Hold::Alone).await?);
        Ok(turn)
    }

    /// Wait for the turn to bring in what is stored already. Other nodes do that at the same time.
    pub(super) async fn here(&self, environment: &str) -> Turn<'_> {
        let held = self.one.lock().await;
        Turn { among_all: None, _held: held, environment: environment.to_owned(), listener: &self.listener }
    }

    /// Wait until nobody changes anything, and look: all that is read then belongs together.
    pub(super) async fn looking(&self) -> Stored<(Held, MutexGuard<'_, ()>)> {
        let here = self.one.lock().await;
        Ok((self.nodes.hold(TURN, Hold::Beside).await?, here))
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
    use std::sync::Mutex as Heard;

    use super::*;
    use crate::store::sqlite::Sqlite;

    fn turns() -> (tempfile::TempDir, Turns, Arc<Heard<Vec<String>>>) {
        let heard = Arc::new(Heard::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let dir = tempfile::tempdir().unwrap();
        let nodes = Arc::new(Nodes::new(Arc::new(Sqlite::open(dir.path()).unwrap()), "one".into()));
        (dir, Turns::new(nodes, move |environment| ear.lock().unwrap().push(environment.to_owned())), heard)
    }

    #[tokio::test]
    async fn the_listener_hears_of_a_turn_before_the_next_one_begins() {
        let (_dir, turns, heard) = turns();
        let turn = turns.of("production").await.unwrap();
        assert!(heard.lock().unwrap().is_empty(), "what is read before the write may be kept again");
        drop(turn);
        let _next = turns.of("development").await.unwrap();
        assert_eq!(*heard.lock().unwrap(), ["production"]);
    }

    #[tokio::test]
    async fn the_listener_hears_of_a_turn_that_failed() {
        let (_dir, turns, heard) = turns();
        let failed: Result<(), ()> = async {
            let _turn = turns.of("production").await.unwrap();
            Err(())
        }
        .await;
        assert!(failed.is_err());
        assert_eq!(*heard.lock().unwrap(), ["production"]);
    }

    #[tokio::test]
    async fn nobody_hears_of_a_look() {
        let (_dir, turns, heard) = turns();
        drop(turns.looking().await.unwrap());
        assert!(heard.lock().unwrap().is_empty());
    }
}
