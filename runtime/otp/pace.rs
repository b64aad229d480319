//! How long sends take just now: what is never sent takes as long to answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Otp;
use crate::random;

/// Sends that are remembered of each environment.
const KEPT: usize = 64;
/// Before the first send of all: about what providers take.
const USUAL: Duration = Duration::from_millis(300);

/// The latest sends of each environment.
#[derive(Default)]
pub(super) struct Pace(Mutex<HashMap<String, VecDeque<Duration>>>);

impl Pace {
    /// A send took so long.
    pub(super) fn took(&self, environment: &str, span: Duration) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = all.entry(environment.to_owned()).or_default();
        if latest.len() == KEPT {
            latest.pop_front();
        }
        latest.push_back(span);
    }

    /// Before the first send after a start: what the store has of those before, the newest first.
    fn learn(&self, environment: &str, times: Vec<Duration>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = all.entry(environment.to_owned()).or_default();
        for span in times.into_iter().take(KEPT - latest.len().min(KEPT)) {
            latest.push_front(span);
        }
    }

    /// Whether anything was learned of it, were it that nothing was ever sent.
    fn knows(&self, environment: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(environment)
    }

    /// How long the next one might take: as long as one of the latest did, whichever. A mean would stand out by never
    /// changing.
    fn draw(&self, environment: &str) -> Duration {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(latest) = all.get(environment) else { return USUAL };
        let [byte] = random::bytes::<1>();
        latest.get(usize::from(byte) % latest.len().max(1)).copied().unwrap_or(USUAL)
    }
}

impl Otp {
    /// How long a send would take now.
    pub(super) async fn usual_time(&self, environment: &str) -> Duration {
        if !self.pace.knows(environment) {
            match self.store.send_times(environment, KEPT as u32).await {
                Ok(times) => self.pace.learn(environment, times),
                Err(error) => tracing::warn!(environment, %error, "how long sends took could not be read"),
            }
        }
        self.pace.draw(environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_what_one_of_the_latest_sends_of_the_environment_took() {
        let pace = Pace::default();
        assert_eq!(pace.draw("a"), USUAL);
        (0..200).for_each(|n| pace.took("a", Duration::from_millis(n)));
        pace.took("b", Duration::from_secs(9));
        for _ in 0..500 {
            let drawn = pace.draw("a").as_millis();
            assert!((136..200).contains(&drawn), "{drawn}");
        }
        assert_eq!(pace.draw("b"), Duration::from_secs(9));
    }

    #[test]
    fn what_the_store_has_counts_until_there_are_newer_ones() {
        let pace = Pace::default();
        assert!(!pace.knows("a"));
        pace.learn("a", Vec::new());
        assert!(pace.knows("a") && pace.draw("a") == USUAL, "nothing was ever sent");
        pace.learn("a", vec![Duration::from_secs(2); 100]);
        assert_eq!(pace.draw("a"), Duration::from_secs(2));
        (0..64).for_each(|_| pace.took("a", Duration::from_secs(1)));
        assert_eq!(pace.draw("a"), Duration::from_secs(1));
    }
}
