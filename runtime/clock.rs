//! Time, injected. Everything that asks "now?" asks a [`Clock`], so that a test can hold it still or move it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in JSON, as an integer in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Never: the last second that RFC 3339 can write.
    pub const NEVER: Self = Self(253_402_300_799_000);

    /// From milliseconds since the epoch.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This moment and `span` more; stays at the end of time rather than wrapping.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }

    /// This moment and `span` less; stays at the epoch rather than wrapping.
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match i64::try_from(self.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
            Some(at) => write!(f, "{at:.3}"),
            None => write!(f, "{} ms", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        u64::try_from(at.as_millisecond()).map(Self).map_err(|_| serde::de::Error::custom("a time before 1970"))
    }
}

/// How often the machine's clock is asked by whoever waits for a moment.
const LOOK: Duration = Duration::from_secs(60);

/// Where the time comes from. Cheap to clone; clones of a manual clock move together.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    /// The machine's clock: production.
    System,
    /// A clock that stands still until it is moved: tests, transcripts.
    Manual(Arc<watch::Sender<u64>>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    pub fn manual(at: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(at.0))))
    }

    /// The time.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
            }
            Source::Manual(at) => Timestamp(*at.borrow()),
        }
    }

    /// Move a manual clock forward; the system's clock can't be moved and ignores it.
    pub fn advance(&self, span: Duration) {
        if let Source::Manual(at) = &self.0 {
            at.send_modify(|now| *now = Timestamp(*now).plus(span).0);
        }
    }

    /// Whether it stands still until it is moved.
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }

    /// How many wait for a moment of a manual clock: when somebody does, a test may move it.
    pub fn waiting(&self) -> usize {
        match &self.0 {
            Source::System => 0,
            Source::Manual(now) => now.receiver_count(),
        }
    }

    /// Wait until it is `at`. The machine's clock may be set meanwhile, so it is asked now and then.
    pub async fn until(&self, at: Timestamp) {
        match &self.0 {
            Source::System => {
                while self.now() < at {
                    tokio::time::sleep(at.since(self.now()).min(LOOK)).await;
                }
            }
            // It can't end while this clock is there.
            Source::Manual(now) => drop(now.subscribe().wait_for(|now| *now >= at.0).await),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_reads_back_as_it_was_written() {
        let at = Timestamp::from_millis(1_768_478_400_123);
        assert_eq!(at.to_string(), "2026-01-15T12:00:00.123Z");
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn a_manual_clock_stands_still_until_moved() {
        let clock = Clock::manual(Timestamp::from_millis(5));
        let same = clock.clone();
        assert_eq!(clock.now(), same.now());
        same.advance(Duration::from_secs(1));
        assert_eq!(clock.now().as_millis(), 1005);
    }

    #[tokio::test]
    async fn whoever_waits_for_a_moment_is_woken_when_it_comes() {
        let clock = Clock::manual(Timestamp::from_millis(0));
        clock.until(Timestamp::from_millis(0)).await;
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.until(Timestamp::from_millis(2000)).await }
        });
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.unwrap();
        let soon = Clock::system().now().plus(Duration::from_millis(20));
        Clock::system().until(soon).await;
        assert!(Clock::system().now() >= soon);
    }
}
