//! One breaker, written as its diagram. Pure: whoever calls it says what time it is.
//!
//! ```text
//!          at least 10 outcomes in 5 minutes, half of them bad
//!   closed ───────────────────────────────────────────────────▶ open
//!     ▲                                                        │  ▲
//!     │ 3 good ones of the kind that opened it,     30 s, twice │  │ a bad one
//!     │ or 10 minutes without a bad one           as long each  ▼  │
//!     └──────────────────────────────────────────────────── probation
//!                                                  time, ≤ 10 min
//! ```
//!
//! Open, it demotes its connector and hears nothing. In probation it lets one message through every 2 s: real traffic
//! at low weight. Once it has been closed for 10 minutes, the next opening begins with 30 s again.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::window::{Pair, Window};
use crate::clock::Timestamp;

/// Fewer outcomes than this prove nothing.
pub(super) const OUTCOMES_MIN: u64 = 10;
const BUCKET: Duration = Duration::from_secs(30);
const BUCKETS: usize = 10;
const OPEN_MIN: Duration = Duration::from_secs(30);
const OPEN_MAX: Duration = Duration::from_secs(600);
const PROBE_EVERY: Duration = Duration::from_secs(2);
const PROBES_GOOD: u32 = 3;
const PROBATION_MAX: Duration = Duration::from_secs(600);
const FORGIVEN_AFTER: Duration = Duration::from_secs(600);

/// What a breaker hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What attempts came to.
    Attempts,
    /// What providers reported.
    Reports,
    /// Which codes were used.
    Uses,
}

/// Where a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The connector keeps its place.
    Closed,
    /// It comes behind the others.
    Open,
    /// It gets a message now and then.
    Probation,
}

/// A breaker.
#[derive(Debug)]
pub(super) struct Breaker {
    pub(super) state: State,
    /// When it came to this state.
    pub(super) since: Timestamp,
    /// When an open one goes on to probation.
    pub(super) until: Timestamp,
    /// What opened it last.
    pub(super) why: String,
    opened_by: Kind,
    opened_in_a_row: u32,
    good_probes: u32,
    next_probe: Timestamp,
    attempts: Window<BUCKETS>,
    reports: Window<BUCKETS>,
}

impl Breaker {
    pub(super) fn closed(now: Timestamp) -> Self {
        Self {
            state: State::Closed,
            since: now,
            until: now,
            why: String::new(),
            opened_by: Kind::Attempts,
            opened_in_a_row: 0,
            good_probes: 0,
            next_probe: now,
            attempts: Window::new(BUCKET),
            reports: Window::new(BUCKET),
        }
    }

    /// Whether the connector may keep its place for a message that would really go to it.
    pub(super) fn lets_through(&mut self, now: Timestamp) -> bool {
        self.pass_time(now);
        match self.state {
            State::Closed => true,
            State::Open => false,
            State::Probation if now < self.next_probe => false,
            State::Probation => {
                self.next_probe = now.plus(PROBE_EVERY);
                true
            }
        }
    }

    /// Something happened.
    pub(super) fn hear(&mut self, kind: Kind, good: bool, now: Timestamp) {
        self.pass_time(now);
        match self.state {
            State::Closed => self.count(kind, good, now),
            State::Open => {}
            State::Probation => self.probe(kind, good, now),
        }
    }

    fn count(&mut self, kind: Kind, good: bool, now: Timestamp) {
        let (window, what) = match kind {
            Kind::Attempts => (&mut self.attempts, "failed"),
            Kind::Reports => (&mut self.reports, "were reported as not delivered"),
            Kind::Uses => return,
        };
        window.move_to(now);
        window.add(good);
        let Pair { first, second: bad } = window.sums(0);
        let all = first + bad;
        if !good && all >= OUTCOMES_MIN && bad * 2 >= all {
            let minutes = BUCKET.as_secs() * BUCKETS as u64 / 60;
            self.open(kind, format!("{bad} of {all} {what} within {minutes} minutes"), now);
        }
    }

    /// A late report speaks of messages from before, so only the kind that opened it closes it, or opens it again; but a
    /// failed attempt always does.
    fn probe(&mut self, kind: Kind, good: bool, now: Timestamp) {
        match (good, kind) {
            (true, kind) if kind == self.opened_by => {
                self.good_probes += 1;
                if self.good_probes >= PROBES_GOOD {
                    self.close(now);
                }
            }
            (false, kind) if kind == self.opened_by || kind == Kind::Attempts => {
                let why = format!("it failed again on probation; before: {}", last(&self.why));
                self.open(kind, why, now);
            }
            _ => {}
        }
    }

    /// Closed or in probation: demote.
    pub(super) fn open(&mut self, kind: Kind, why: String, now: Timestamp) {
        let forgiven = self.state == State::Closed && now.since(self.since) >= FORGIVEN_AFTER;
        self.opened_in_a_row = if forgiven { 1 } else { self.opened_in_a_row.saturating_add(1) };
        let doubled = OPEN_MIN.saturating_mul(1 << self.opened_in_a_row.saturating_sub(1).min(8));
        self.become_state(State::Open, now);
        self.until = now.plus(doubled.min(OPEN_MAX));
        (self.opened_by, self.why) = (kind, why);
        self.attempts.clear();
        self.reports.clear();
    }

    fn close(&mut self, now: Timestamp) {
        self.become_state(State::Closed, now);
    }

    /// What time alone does.
    pub(super) fn pass_time(&mut self, now: Timestamp) {
        if self.state == State::Open && now >= self.until {
            self.become_state(State::Probation, self.until);
            (self.good_probes, self.next_probe) = (0, now);
        }
        if self.state == State::Probation && now.since(self.since) >= PROBATION_MAX {
            self.close(self.since.plus(PROBATION_MAX));
        }
    }

    fn become_state(&mut self, state: State, since: Timestamp) {
        (self.state, self.since) = (state, since);
    }

    /// Whether it is not closed since codes were not used.
    pub(super) fn ails_by_uses(&self) -> bool {
        self.state != State::Closed && self.opened_by == Kind::Uses
    }

    /// Good and bad attempts, then good and bad reports, of the last minutes.
    pub(super) fn counts(&mut self, now: Timestamp) -> (Pair, Pair) {
        self.attempts.move_to(now);
        self.reports.move_to(now);
        (self.attempts.sums(0), self.reports.sums(0))
    }
}

/// The first reason of a chain of them, so that it does not grow.
fn last(why: &str) -> &str {
    why.rsplit("before: ").next().unwrap_or(why)
}

#[cfg(test)]
mod tests;
