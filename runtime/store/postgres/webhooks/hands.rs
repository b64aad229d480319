//! What this node has in hand of what waits to be done: claimed in the database for a while, so that no other node is
//! answered it meanwhile. Whoever asks here is answered it again, as long as it waits: it may have had no room for it
//! before. What is had for long is claimed anew, so that the claim of a node that lives never ends by itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::super::Postgres;
use super::super::link::Shared;

/// What a claim is set to.
pub(in crate::store::postgres) const CLAIM: &str = "clock_timestamp() + interval '90 seconds'";
/// How long it counts here: less than there, so that no two nodes have the same, however slow the way is.
const HELD: Duration = Duration::from_secs(75);
/// From then on it is claimed anew.
const RENEWED: Duration = Duration::from_secs(30);

/// What a node has in hand, of each kind.
#[derive(Default)]
pub(in crate::store::postgres) struct Hands {
    pub(in crate::store::postgres) events: Hand<String>,
    pub(in crate::store::postgres) callbacks: Hand<i64>,
    pub(in crate::store::postgres) messages: Hand<String>,
}

/// The stores of this process: more than one in tests alone.
static ALL: Mutex<Vec<(Weak<Shared>, Arc<Hands>)>> = Mutex::new(Vec::new());

/// A store's.
pub(in crate::store::postgres) fn of(store: &Postgres) -> Arc<Hands> {
    let mut all = lock(&ALL);
    all.retain(|(shared, _)| shared.strong_count() > 0);
    let shared = Arc::downgrade(&store.shared);
    if let Some((_, hands)) = all.iter().find(|(known, _)| known.ptr_eq(&shared)) {
        return Arc::clone(hands);
    }
    let hands = Arc::<Hands>::default();
    all.push((shared, Arc::clone(&hands)));
    hands
}

/// What is in hand, each since when.
pub(in crate::store::postgres) struct Hand<T>(Mutex<HashMap<T, Instant>>);

impl<T> Default for Hand<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone + Eq + Hash> Hand<T> {
    /// What is in it.
    pub(in crate::store::postgres) fn held(&self) -> Vec<T> {
        let mut held = lock(&self.0);
        held.retain(|_, since| since.elapsed() < HELD);
        held.keys().cloned().collect()
    }

    /// Whether it needs no claim, or no other one yet.
    pub(in crate::store::postgres) fn has(&self, what: &T) -> bool {
        lock(&self.0).get(what).is_some_and(|since| since.elapsed() < RENEWED)
    }

    /// These are claimed: with a statement that was sent then, or later.
    pub(in crate::store::postgres) fn take(&self, what: impl IntoIterator<Item = T>, then: Instant) {
        lock(&self.0).extend(what.into_iter().map(|what| (what, then)));
    }

    /// It is done.
    pub(in crate::store::postgres) fn let_go(&self, what: &T) {
        lock(&self.0).remove(what);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
