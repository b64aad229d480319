//! One breaker, written as its diagram. Pure: whoever calls it says what time it is.
//!
//! ```text
//!          10 bad ones in a row, or half of at least 10 in 5
//!          minutes, or of at least 20 in the last 30 to 60 s
//!   closed ───────────────────────────────────────────────────▶ open
//!     ▲                                                        │  ▲
//!     │ 3 good ones of the kind that opened it,     30 s, twice │  │ a bad one
//!     │ or 10 minutes without a bad one           as long each  ▼  │
//!     └──────────────────────────────────────────────────── probation
//!                                                  time, ≤ 10 min
//! ```
//!
//! What was only ever refused at once costs nobody anything but the moment until the next connector is asked: then it is
//! tried again after 30 s each time, so that one that comes and goes is used while it is there.
//!
//! In a row, since a provider that did well for long would otherwise be good for minutes yet. An attempt that has waited
//! for 3 s is as good as bad, unless the provider answers later ones. Open, it demotes its connector and hears nothing. In
//! probation it lets one message through every 2 s: real traffic at low weight. What opened since its codes were not used
//! is opened again if nobody uses one of 8 within a minute: silence says nothing bad of itself. Once it has been closed for 10 minutes, the next opening begins with 30 s again.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::window::{Pair, Window};
use crate::clock::Timestamp;

/// Fewer outcomes than this prove nothing.
pub(super) const OUTCOMES_MIN: u64 = 10;
/// So many that wait in vain do: a provider that is well answers one of them meanwhile.
const DUMB_MIN: u64 = 5;
const BUCKET: Duration = Duration::from_secs(30);
const BUCKETS: usize = 10;
const WINDOW: Duration = Duration::from_secs(300);
const OPEN_MIN: Duration = Duration::from_secs(30);
const OPEN_MAX: Duration = Duration::from_secs(600);
const PROBE_EVERY: Duration = Duration::from_secs(2);
const PROBES_GOOD: u32 = 3;
/// Codes of a silent provider that are tried on probation.
const PROBES_UNUSED_MAX: u32 = 8;
const PROBES_UNUSED_FOR: Duration = Duration::from_secs(60);
const OUTCOMES_LATELY_MIN: u64 = 20;
const BUCKETS_LATELY: usize = 2;
const PROBATION_MAX: Duration = Duration::from_secs(600);
const FORGIVEN_AFTER: Duration = Duration::from_secs(600);

/// What a breaker hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What attempts came to.
    Attempts,
    /// Attempts that were certainly refused, and at once.
    Refusals,
    /// What providers reported.
    Reports,
    /// Which codes were used.
    Uses,
}

impl Kind {
    fn is_of_attempts(self) -> bool {
        matches!(self, Self::Attempts | Self::Refusals)
    }

    /// Whether what it tells is of the sort that opened a breaker.
    fn opens_as(self, opened_by: Self) -> bool {
        self == opened_by || (self.is_of_attempts() && opened_by.is_of_attempts())
    }
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
    /// Whether anything bad since it last did well was more than a refusal at once.
    costly: bool,
    good_probes: u32,
    /// Let through on probation since one was good.
    probes: u32,
    next_probe: Timestamp,
    attempts: Heard,
    reports: Heard,
}

/// Good and bad ones of one kind.
#[derive(Debug)]
struct Heard {
    window: Window<BUCKETS>,
    bad_in_a_row: u64,
    last_bad: Option<Timestamp>,
}

impl Heard {
    fn new() -> Self {
        Self { window: Window::new(BUCKET), bad_in_a_row: 0, last_bad: None }
    }

    /// Count one; says why it is too much, if it is.
    fn count(&mut self, good: bool, now: Timestamp, what: &str) -> Option<String> {
        self.window.move_to(now);
        self.window.add(good);
        if good {
            self.bad_in_a_row = 0;
            return None;
        }
        let fresh = self.last_bad.is_some_and(|last| now.since(last) < WINDOW);
        self.bad_in_a_row = if fresh { self.bad_in_a_row + 1 } else { 1 };
        self.last_bad = Some(now);
        let half_bad = |counts: Pair, at_least| {
            let all = counts.first + counts.second;
            (all >= at_least && counts.second * 2 >= all).then_some((counts.second, all))
        };
        if let Some((bad, all)) = half_bad(self.window.sums(0), OUTCOMES_MIN) {
            return Some(format!("{bad} of {all} {what} within {} minutes", WINDOW.as_secs() / 60));
        }
        if let Some((bad, all)) = half_bad(self.window.newest_sums(BUCKETS_LATELY), OUTCOMES_LATELY_MIN) {
            return Some(format!("{bad} of {all} {what} within a minute"));
        }
        let bad = self.bad_in_a_row;
        (bad >= OUTCOMES_MIN).then(|| format!("{bad} in a row {what}"))
    }

    fn clear(&mut self) {
        self.window.clear();
        self.bad_in_a_row = 0;
    }
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
            costly: false,
            good_probes: 0,
            probes: 0,
            next_probe: now,
            attempts: Heard::new(),
            reports: Heard::new(),
        }
    }

    /// Whether the connector may keep its place for a message that would really go to it.
    pub(super) fn lets_through(&mut self, now: Timestamp) -> bool {
        self.pass_time(now);
        match self.state {
            State::Closed => true,
            State::Open => false,
            State::Probation if now < self.next_probe || self.waits_for_use() => false,
            State::Probation => {
                self.next_probe = now.plus(PROBE_EVERY);
                self.probes += 1;
                true
            }
        }
    }

    /// Something happened.
    pub(super) fn hear(&mut self, kind: Kind, good: bool, now: Timestamp) {
        self.pass_time(now);
        match (good, self.state) {
            (true, State::Closed) => self.costly = false,
            (true, _) => {}
            (false, _) => self.costly |= kind != Kind::Refusals,
        }
        match self.state {
            State::Closed => self.count(kind, good, now),
            State::Open => {}
            State::Probation => self.probe(kind, good, now),
        }
    }

    fn count(&mut self, kind: Kind, good: bool, now: Timestamp) {
        let why = match kind {
            Kind::Attempts | Kind::Refusals => self.attempts.count(good, now, "failed"),
            Kind::Reports => self.reports.count(good, now, "were reported as not delivered"),
            Kind::Uses => None,
        };
        if let Some(why) = why {
            self.open(kind, why, now);
        }
    }

    /// So many attempts wait for long, and no later one was answered.
    pub(super) fn waits(&mut self, long: u64, now: Timestamp) {
        self.pass_time(now);
        let dumb = long > 0 && long + self.attempts.bad_in_a_row >= DUMB_MIN;
        if dumb && self.state == State::Closed {
            self.open(Kind::Attempts, format!("{long} have waited for an answer for 3 s or longer"), now);
        }
    }

    /// Whether enough codes are on probation, of which none was used yet.
    fn waits_for_use(&self) -> bool {
        self.opened_by == Kind::Uses && self.probes >= PROBES_UNUSED_MAX
    }

    /// A late report speaks of messages from before, so only the kind that opened it closes it, or opens it again; but a
    /// failed attempt always does.
    fn probe(&mut self, kind: Kind, good: bool, now: Timestamp) {
        match (good, kind) {
            (true, kind) if kind.opens_as(self.opened_by) => {
                self.good_probes += 1;
                self.probes = 0;
                if self.good_probes >= PROBES_GOOD {
                    self.close(now);
                }
            }
            (false, kind) if kind.opens_as(self.opened_by) || kind.is_of_attempts() => {
                let why = format!("it failed again on probation; before: {}", last(&self.why));
                self.open(kind, why, now);
            }
            _ => {}
        }
    }

    /// Closed or in probation: demote.
    pub(super) fn open(&mut self, kind: Kind, why: String, now: Timestamp) {
        let forgiven = self.state == State::Closed && now.since(self.since) >= FORGIVEN_AFTER;
        self.costly |= kind != Kind::Refusals;
        let again = !forgiven && self.costly;
        self.opened_in_a_row = if again { self.opened_in_a_row.saturating_add(1) } else { 1 };
        let doubled = OPEN_MIN.saturating_mul(1 << self.opened_in_a_row.saturating_sub(1).min(8));
        self.become_state(State::Open, now);
        self.until = now.plus(doubled.min(OPEN_MAX));
        (self.opened_by, self.why) = (kind, why);
        self.attempts.clear();
        self.reports.clear();
    }

    fn close(&mut self, now: Timestamp) {
        self.costly = false;
        self.become_state(State::Closed, now);
    }

    /// What time alone does.
    pub(super) fn pass_time(&mut self, now: Timestamp) {
        if self.state == State::Open && now >= self.until {
            self.become_state(State::Probation, self.until);
            (self.good_probes, self.probes, self.next_probe) = (0, 0, now);
        }
        let last_probe = self.next_probe.minus(PROBE_EVERY);
        if self.state == State::Probation && self.waits_for_use() && now.since(last_probe) >= PROBES_UNUSED_FOR {
            let why = format!("none of {} codes was used on probation; before: {}", self.probes, last(&self.why));
            self.open(Kind::Uses, why, now);
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
        self.attempts.window.move_to(now);
        self.reports.window.move_to(now);
        (self.attempts.window.sums(0), self.reports.window.sums(0))
    }
}

/// The first reason of a chain of them, so that it does not grow.
fn last(why: &str) -> &str {
    why.rsplit("before: ").next().unwrap_or(why)
}

#[cfg(test)]
mod tests;
