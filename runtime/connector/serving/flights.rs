//! How many sends of a revision are under way, and when the last one ended after another took its place.
//!
//! A send pays one atomic addition and one subtraction; the rest is for whoever looks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;

/// Sends of one revision.
#[derive(Debug, Default)]
pub struct Flights {
    running: AtomicU64,
    left: OnceLock<Left>,
    /// Milliseconds from when it was left to the end of its last send; 0 if none ended since.
    last_end_ms: AtomicU64,
}

/// When another revision took its place.
#[derive(Debug)]
struct Left {
    at: Timestamp,
    since: Instant,
    in_flight: u64,
}

/// One send that is under way; ends when it is dropped, however that comes.
#[derive(Debug)]
pub struct Flight<'a>(&'a Flights);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let was = self.0.running.fetch_sub(1, Ordering::AcqRel);
        if let Some(left) = self.0.left.get().filter(|_| was == 1) {
            let elapsed = u64::try_from(left.since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.0.last_end_ms.store(elapsed.max(1), Ordering::Release);
        }
    }
}

/// How a revision came to its end after another took its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Drain {
    /// When another one took its place.
    #[schema(value_type = String, format = DateTime)]
    pub swapped_at: Timestamp,
    /// Sends that were under way then.
    pub in_flight_at_swap: u64,
    /// Those that still are.
    pub in_flight: u64,
    /// When the last of them ended; none while one is under way.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub drained_at: Option<Timestamp>,
}

impl Flights {
    /// A send begins.
    pub fn begin(&self) -> Flight<'_> {
        self.running.fetch_add(1, Ordering::AcqRel);
        Flight(self)
    }

    /// How many are under way.
    pub fn running(&self) -> u64 {
        self.running.load(Ordering::Acquire)
    }

    /// Another revision takes its place. Once: the first time counts.
    pub fn leave(&self, at: Timestamp) {
        self.left.get_or_init(|| Left { at, since: Instant::now(), in_flight: self.running() });
    }

    /// How it ended, if another took its place. A send that had taken the old pointer and began a moment later is
    /// counted like the others: then it is not drained yet.
    pub fn drain(&self) -> Option<Drain> {
        let left = self.left.get()?;
        let in_flight = self.running();
        let after = std::time::Duration::from_millis(self.last_end_ms.load(Ordering::Acquire));
        let drained_at = (in_flight == 0).then(|| left.at.plus(after));
        Some(Drain { swapped_at: left.at, in_flight_at_swap: left.in_flight, in_flight, drained_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn what_nobody_uses_is_drained_at_the_moment_of_the_swap() {
        let flights = Flights::default();
        drop(flights.begin());
        assert_eq!(flights.drain(), None);
        flights.leave(AT);
        flights.leave(AT.plus(std::time::Duration::from_secs(9)));
        let drain = Drain { swapped_at: AT, in_flight_at_swap: 0, in_flight: 0, drained_at: Some(AT) };
        assert_eq!(flights.drain(), Some(drain));
    }

    #[test]
    fn a_revision_is_drained_when_its_last_send_ended() {
        let flights = Flights::default();
        let (one, two) = (flights.begin(), flights.begin());
        flights.leave(AT);
        drop(one);
        let drain = flights.drain().unwrap();
        assert_eq!((drain.in_flight_at_swap, drain.in_flight, drain.drained_at), (2, 1, None));
        drop(two);
        let drain = flights.drain().unwrap();
        assert_eq!(drain.in_flight, 0);
        assert!(drain.drained_at.unwrap() > AT);
        let late = flights.begin();
        assert_eq!(flights.drain().unwrap().drained_at, None, "one that had the old pointer still");
        drop(late);
        assert!(flights.drain().unwrap().drained_at.is_some());
    }
}
