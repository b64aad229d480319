//! How many messages a sender sends in a minute: carriers let a long number send about one a second, and delay or drop what
//! is more (Twilio: US long codes 1 part a second; Telnyx: 6 messages a minute). So what would come too fast waits here, for
//! as long as its code is of use, and another connector is asked where that takes long.
//!
//! A token bucket that holds the tokens of one second, as its equivalent in time (GCRA, ITU-T I.371): one number for each
//! sender says from when the next one may go. A place is taken at once, so nobody overtakes and nobody is woken in vain.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, FailureKind};
use crate::connector::serving::Serving;
use crate::texts::sender;

use super::Letter;

/// How long a message waits for a sender while another connector could be asked.
pub(super) const WITH_ANOTHER: Duration = Duration::from_secs(5);
/// Senders that are remembered before those that rest are forgotten.
const SENDERS_MAX: usize = 1_024;
const MICROS_OF_A_MINUTE: u64 = 60_000_000;

/// Whose throughput it is. A provider counts by sender, whatever the revision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    environment: String,
    connector: String,
    sender: Option<String>,
}

/// When each sender may send the next message, in microseconds.
#[derive(Default)]
pub(super) struct Throughput(Mutex<HashMap<Key, u64>>);

/// A limited sender of a message.
pub(super) struct Limit {
    key: Key,
    per_minute: u32,
}

impl Limit {
    /// Of a message and the connector that would send it; none where its sender has no limit.
    pub(super) fn of(serving: &Serving, letter: &Letter) -> Option<Self> {
        let by_country = || sender::choose(&serving.senders, letter.to.country());
        let named = |name: &String| serving.senders.iter().find(|one| one.sender.as_ref() == Some(name));
        let chosen = letter.sender.as_ref().map_or_else(by_country, named)?;
        let key = Key {
            environment: serving.environment.clone(),
            connector: serving.name.clone(),
            sender: chosen.sender.clone(),
        };
        Some(Self { key, per_minute: chosen.per_minute?.max(1) })
    }

    /// What became of a message whose turn would come too late.
    pub(super) fn failure(&self, turn: Timestamp, now: Timestamp) -> Failure {
        let seconds = turn.since(now).as_millis().div_ceil(1000);
        Failure {
            kind: FailureKind::RateLimited,
            certainty: Certainty::NotSent,
            provider_code: None,
            text: format!("its sender sends {} messages a minute, and its turn would come too late", self.per_minute),
            retry_after_seconds: u32::try_from(seconds).ok(),
            extra: Vec::new(),
        }
    }
}

impl Throughput {
    /// Take the next place of a sender, if it comes by `latest`; else say when it would come.
    pub(super) fn take(&self, limit: &Limit, now: Timestamp, latest: Timestamp) -> Result<Timestamp, Timestamp> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now_us = now.as_millis().saturating_mul(1_000);
        if all.len() >= SENDERS_MAX {
            all.retain(|_, free| *free > now_us);
        }
        let interval = MICROS_OF_A_MINUTE.div_ceil(limit.per_minute.into());
        let in_a_second = u64::from(limit.per_minute / 60).max(1);
        let free = all.get(&limit.key).copied().unwrap_or(0).max(now_us);
        let turn_us = free.saturating_sub(interval.saturating_mul(in_a_second - 1)).max(now_us);
        let turn = Timestamp::from_millis(turn_us.div_ceil(1_000));
        if turn > latest {
            return Err(turn);
        }
        all.insert(limit.key.clone(), free.saturating_add(interval));
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(sender: &str, per_minute: u32) -> Limit {
        let key = Key { environment: "e".into(), connector: "c".into(), sender: Some(sender.into()) };
        Limit { key, per_minute }
    }

    fn turns(throughput: &Throughput, limit: &Limit, at: u64, count: usize) -> Vec<u64> {
        let take = |_| throughput.take(limit, Timestamp::from_millis(at), Timestamp::NEVER).unwrap().as_millis() - at;
        (0..count).map(take).collect()
    }

    #[test]
    fn a_long_number_sends_one_a_second_and_rest_saves_nothing_up() {
        let throughput = Throughput::default();
        let long = limit("+14155550100", 60);
        assert_eq!(turns(&throughput, &long, 5_000, 4), [0, 1_000, 2_000, 3_000]);
        assert_eq!(turns(&throughput, &long, 8_500, 2), [500, 1_500]);
        assert_eq!(turns(&throughput, &long, 3_600_000, 3), [0, 1_000, 2_000]);
        assert_eq!(turns(&throughput, &limit("other", 60), 3_600_000, 1), [0], "each sender has its own");
    }

    #[test]
    fn a_short_code_sends_what_a_second_holds_at_once() {
        let throughput = Throughput::default();
        let short = limit("12345", 180);
        assert_eq!(turns(&throughput, &short, 1_000, 6), [0, 0, 0, 334, 667, 1_001]);
        let slow = limit("slow", 6);
        assert_eq!(turns(&throughput, &slow, 1_000, 3), [0, 10_000, 20_000]);
    }

    #[test]
    fn a_turn_that_comes_too_late_is_not_taken() {
        let throughput = Throughput::default();
        let long = limit("long", 60);
        let (now, latest) = (Timestamp::from_millis(0), Timestamp::from_millis(2_000));
        let taken: Vec<_> = (0..5).map(|_| throughput.take(&long, now, latest).map_err(|at| at.as_millis())).collect();
        assert_eq!(taken[3..], [Err(3_000), Err(3_000)]);
        assert!(taken[..3].iter().all(Result::is_ok));
    }

    #[test]
    fn senders_that_rest_are_forgotten() {
        let throughput = Throughput::default();
        for n in 0..5_000_u64 {
            let at = Timestamp::from_millis(n * 10_000);
            assert!(throughput.take(&limit(&n.to_string(), 60), at, Timestamp::NEVER).is_ok());
        }
        assert!(throughput.0.lock().unwrap().len() <= SENDERS_MAX);
    }
}
