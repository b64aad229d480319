//! A revision on trial, judged against the serving one, and told to be rolled back if it is worse.
//!
//! Both get messages of the same kind at the same time, by the messages' own chance, so what differs is the revision.
//! What is compared: attempts that failed (of whatever kind), attempts that were slow (more than twice the serving one's
//! mean and 250 ms more), messages that were reported as not delivered, and messages whose code was not used, of those
//! where that is told. Each is a
//! two-proportion z-test with pooled variance: worse means 3.5 standard deviations or more (2 in 10,000 by chance) and
//! five points of a hundred or more. Nothing is judged of fewer than 20 attempts on either side (50 for use), and it is
//! looked at after every ten attempts of the trial, so that looking often does not find by itself what is not there.

mod judgement;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::store::Canary;
use judgement::{ATTEMPTS_MIN, Tally};

/// A revision is looked at after so many more attempts.
const LOOK_EVERY: u64 = 10;
/// Verdicts that wait to be carried out: one for each environment at most, so this is plenty.
const VERDICTS_MAX: usize = 64;

/// One side of a trial.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The environment.
    pub environment: String,
    /// The trial.
    pub canary: Canary,
    /// The revision that serves.
    pub serving: u64,
    /// Why the revision on trial must not serve at all.
    pub quarantined: Option<String>,
    /// Whether this side is the one on trial.
    pub on_trial: bool,
}

/// A trial should end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The environment.
    pub environment: String,
    /// The trial.
    pub canary: Canary,
    /// What it does worse.
    pub reason: String,
}

/// What revisions on trial did, by environment.
pub struct Trials {
    watched: Mutex<HashMap<String, Watched>>,
    verdicts: mpsc::Sender<Verdict>,
    taken: Mutex<Option<mpsc::Receiver<Verdict>>>,
}

struct Watched {
    canary: Canary,
    serving: u64,
    tried: Tally,
    served: Tally,
    told: bool,
}

impl Default for Trials {
    fn default() -> Self {
        let (verdicts, receiver) = mpsc::channel(VERDICTS_MAX);
        Self { watched: Mutex::default(), verdicts, taken: Mutex::new(Some(receiver)) }
    }
}

impl Trials {
    /// Where verdicts arrive; for the one who carries them out.
    pub fn verdicts(&self) -> Option<mpsc::Receiver<Verdict>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A verdict could not be carried out: tell it again.
    pub fn tell_again(&self, environment: &str) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watched) = watched.get_mut(environment) {
            watched.told = false;
        }
    }

    /// An attempt of one side ended.
    pub(super) fn attempted(&self, arm: &Arm, accepted: bool, use_is_told: bool, elapsed_ms: u64) {
        self.watch(arm, |watched| {
            let slow = watched.served.slow_from_ms().map(|from| elapsed_ms > from);
            watched.side(arm).attempted(accepted, use_is_told, elapsed_ms, slow);
            let due =
                arm.on_trial && watched.tried.attempts >= ATTEMPTS_MIN && watched.tried.attempts % LOOK_EVERY == 0;
            if let Some(why) = &arm.quarantined {
                self.tell(arm, watched, format!("it is quarantined: {why}"));
            } else if due && let Some(reason) = judgement::worse(&watched.tried, &watched.served) {
                self.tell(arm, watched, reason);
            }
        });
    }

    /// A message of one side was reported as not delivered.
    pub(super) fn undelivered(&self, arm: &Arm) {
        self.watch(arm, |watched| watched.side(arm).undelivered += 1);
    }

    /// A code of one side was used.
    pub(super) fn converted(&self, arm: &Arm) {
        self.watch(arm, |watched| watched.side(arm).used += 1);
    }

    fn watch(&self, arm: &Arm, look: impl FnOnce(&mut Watched)) {
        let mut all = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = all.entry(arm.environment.clone()).or_insert_with(|| Watched::new(arm));
        // Another trial, or another revision to compare with: begin again.
        if watched.canary != arm.canary || watched.serving != arm.serving {
            *watched = Watched::new(arm);
        }
        look(watched);
    }

    fn tell(&self, arm: &Arm, watched: &mut Watched, reason: String) {
        if watched.told {
            return;
        }
        let verdict = Verdict { environment: arm.environment.clone(), canary: arm.canary.clone(), reason };
        // If nobody takes it now, the next look tells it.
        watched.told = self.verdicts.try_send(verdict).is_ok();
    }
}

impl Watched {
    fn new(arm: &Arm) -> Self {
        Self {
            canary: arm.canary.clone(),
            serving: arm.serving,
            tried: Tally::default(),
            served: Tally::default(),
            told: false,
        }
    }

    fn side(&mut self, arm: &Arm) -> &mut Tally {
        if arm.on_trial { &mut self.tried } else { &mut self.served }
    }
}

#[cfg(test)]
mod tests;
