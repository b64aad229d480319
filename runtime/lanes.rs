//! Calls that tell somebody something: few at once, and fewer for each receiver, so that whoever is slow to listen holds up
//! nobody else.
//!
//! What is to be told is read from the store, in rounds, while calls of the round before are under way. So a call that has
//! ended counts as under way until the next round begins: a list that is older than its end may still have it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::store::StoreError;
use crate::traces::{self, Traces};

/// How often it is looked whether somebody is to be told something.
const EVERY: Duration = Duration::from_millis(500);

/// Somebody who has things to tell, each by a call.
pub trait Tells: Send + Sync + 'static {
    /// What is to be told.
    type Due: Send + 'static;
    /// What it is known by.
    type Key: Clone + Eq + Hash + Send + 'static;

    /// What these are, for the log: `status callbacks`.
    const WHAT: &'static str;

    /// What is to be told now, as the store has it.
    fn due(&self) -> impl Future<Output = Result<Vec<Self::Due>, StoreError>> + Send;
    /// What it is known by, and whose lane it takes. None if it can't be told: then that is written down.
    fn lane(&self, due: &Self::Due) -> impl Future<Output = Option<(Self::Key, String)>> + Send;
    /// Tell it; answers whether what came of it is written down.
    fn tell(&self, due: Self::Due) -> impl Future<Output = bool> + Send;
}

/// Tell what is due, round after round; abort the handle to end it.
pub fn start<T: Tells>(tells: Arc<T>, lanes: Arc<Lanes<T::Key>>, traces: &Traces) -> JoinHandle<()> {
    tokio::spawn(traces.around(async move {
        loop {
            sweep(&tells, &lanes).await;
            lanes.wait(EVERY).await;
        }
    }))
}

async fn sweep<T: Tells>(tells: &Arc<T>, lanes: &Arc<Lanes<T::Key>>) {
    lanes.next_round();
    let due = match tells.due().await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(%error, "{} could not be read; trying again", T::WHAT),
    };
    for due in due {
        let Some((key, lane)) = tells.lane(&due).await else { continue };
        let Some(call) = lanes.begin(&key, &lane) else { continue };
        let tells = Arc::clone(tells);
        tokio::spawn(traces::carried(async move {
            if tells.tell(due).await {
                call.settled();
            }
        }));
    }
}

/// Calls that are under way, by what they tell.
pub struct Lanes<T> {
    at_once_max: usize,
    of_lane_max: usize,
    running: Mutex<Running<T>>,
    ended: Notify,
}

struct Running<T> {
    calls: HashSet<T>,
    lanes: HashMap<String, usize>,
    /// Ended in this round.
    ended: HashSet<T>,
    /// Ended, and nobody could write that down.
    unsettled: HashSet<T>,
}

impl<T: Clone + Eq + Hash> Lanes<T> {
    /// With so many calls at once, and so many to one receiver.
    pub fn new(at_once_max: usize, of_lane_max: usize) -> Arc<Self> {
        let (calls, lanes) = (HashSet::new(), HashMap::new());
        let running = Running { calls, lanes, ended: HashSet::new(), unsettled: HashSet::new() };
        Arc::new(Self { at_once_max, of_lane_max, running: Mutex::new(running), ended: Notify::new() })
    }

    /// Before the store is asked what is to be told.
    pub fn next_round(&self) {
        self.lock().ended.clear();
    }

    /// Begin to tell it; none while it is told already, or its lane is full.
    pub fn begin(self: &Arc<Self>, what: &T, lane: &str) -> Option<Call<T>> {
        let mut running = self.lock();
        let of_lane = running.lanes.get(lane).copied().unwrap_or(0);
        let is_full = running.calls.len() >= self.at_once_max || of_lane >= self.of_lane_max;
        if is_full || running.ended.contains(what) || running.unsettled.contains(what) {
            return None;
        }
        if !running.calls.insert(what.clone()) {
            return None;
        }
        running.lanes.insert(lane.to_owned(), of_lane + 1);
        Some(Call { lanes: Arc::clone(self), what: what.clone(), lane: lane.to_owned(), settled: false })
    }

    /// Wait until a call has ended, but no longer than that.
    pub async fn wait(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.ended.notified()).await;
    }

    fn lock(&self) -> MutexGuard<'_, Running<T>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is under way; it ends with this.
pub struct Call<T: Clone + Eq + Hash> {
    lanes: Arc<Lanes<T>>,
    what: T,
    lane: String,
    settled: bool,
}

impl<T: Clone + Eq + Hash> Call<T> {
    /// What came of it is written down. Without that it is not told again and again: only once something else could be
    /// written down, or after the next start.
    pub fn settled(mut self) {
        self.settled = true;
    }
}

impl<T: Clone + Eq + Hash> Drop for Call<T> {
    fn drop(&mut self) {
        let mut running = self.lanes.lock();
        running.calls.remove(&self.what);
        if self.settled {
            running.ended.insert(self.what.clone());
            running.unsettled.clear();
        } else {
            running.unsettled.insert(self.what.clone());
        }
        if let Some(count) = running.lanes.get_mut(&self.lane) {
            *count -= 1;
            if *count == 0 {
                running.lanes.remove(&self.lane);
            }
        }
        drop(running);
        self.lanes.ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_lane_leaves_room_for_the_others() {
        let lanes = Lanes::new(3, 2);
        let slow = [lanes.begin(&1, "slow").unwrap(), lanes.begin(&2, "slow").unwrap()];
        assert!(lanes.begin(&3, "slow").is_none() && lanes.begin(&1, "other").is_none());
        let _other = lanes.begin(&4, "other").unwrap();
        assert!(lanes.begin(&5, "third").is_none(), "three at once");
        slow.into_iter().for_each(Call::settled);
        assert!(lanes.begin(&3, "slow").is_some());
    }

    #[test]
    fn what_has_ended_is_not_begun_again_by_a_list_that_is_older() {
        let lanes = Lanes::new(3, 2);
        lanes.next_round();
        lanes.begin(&1, "a").unwrap().settled();
        assert!(lanes.begin(&1, "a").is_none());
        lanes.next_round();
        assert!(lanes.begin(&1, "a").is_some(), "its next try");
    }

    #[test]
    fn what_could_not_be_written_down_waits_until_something_can_be() {
        let lanes = Lanes::new(3, 2);
        drop(lanes.begin(&1, "a").unwrap());
        lanes.next_round();
        assert!(lanes.begin(&1, "a").is_none());
        lanes.begin(&2, "a").unwrap().settled();
        assert!(lanes.begin(&1, "a").is_some());
    }
}
