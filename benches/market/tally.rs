//! What became of everybody.

use super::calendar::{Bad, HOUR};

/// How one verification ended.
#[derive(Clone)]
pub(crate) struct Ended {
    /// What struck the provider that is asked first in its country.
    struck: Option<Bad>,
    pub(crate) at: f64,
    pub(crate) messages: u32,
    pub(crate) first_choice: bool,
    pub(crate) sent: u32,
    pub(crate) cost: f64,
    /// Messages that came twice.
    pub(crate) twice: u32,
    /// When the first code came, if that was before its user gave up.
    pub(crate) code_after: Option<f64>,
    pub(crate) used: bool,
    /// Who was asked last, when that was answered, and whether nobody had sent its code before.
    pub(crate) last: Option<(usize, f64, bool)>,
}

impl Ended {
    pub(crate) fn new(struck: Option<Bad>, at: f64) -> Self {
        Self {
            struck,
            at,
            messages: 0,
            first_choice: false,
            sent: 0,
            cost: 0.0,
            twice: 0,
            code_after: None,
            used: false,
            last: None,
        }
    }
}

/// Counts of some of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) all: u64,
    pub(crate) within_10: u64,
    pub(crate) within_60: u64,
    pub(crate) never: u64,
    pub(crate) used: u64,
    pub(crate) messages: u64,
    pub(crate) sent: u64,
    pub(crate) twice: u64,
    pub(crate) cost: f64,
    pub(crate) first_choice: u64,
}

impl Counts {
    fn add(&mut self, ended: &Ended) {
        let within = |seconds: f64| u64::from(ended.code_after.is_some_and(|after| after <= seconds));
        self.all += 1;
        self.within_10 += within(10.0);
        self.within_60 += within(60.0);
        self.never += u64::from(ended.code_after.is_none());
        self.used += u64::from(ended.used);
        self.messages += u64::from(ended.messages);
        self.sent += u64::from(ended.sent);
        self.twice += u64::from(ended.twice);
        self.cost += ended.cost;
        self.first_choice += u64::from(ended.first_choice);
    }

    /// Share of all of them, in percent.
    pub(crate) fn percent(&self, part: u64) -> f64 {
        100.0 * part as f64 / self.all.max(1) as f64
    }

    /// Messages that came twice, of a thousand verifications.
    pub(crate) fn duplicates(&self) -> f64 {
        1000.0 * self.twice as f64 / self.all.max(1) as f64
    }

    /// Cents for each user who got in.
    pub(crate) fn cents(&self) -> f64 {
        self.cost / 1000.0 / self.used.max(1) as f64
    }
}

/// All counts of one policy.
#[derive(Clone, Default)]
pub(crate) struct Tally {
    pub(crate) total: Counts,
    pub(crate) quiet: Counts,
    struck: [Counts; Bad::ALL.len()],
    hours: Vec<(u64, u64)>,
}

impl Tally {
    pub(crate) fn add(&mut self, ended: &Ended) {
        self.total.add(ended);
        match ended.struck.and_then(|bad| Bad::ALL.iter().position(|other| *other == bad)) {
            Some(nth) => self.struck[nth].add(ended),
            None => self.quiet.add(ended),
        }
        let hour = (ended.at / HOUR) as usize;
        if self.hours.len() <= hour {
            self.hours.resize(hour + 1, (0, 0));
        }
        self.hours[hour].0 += 1;
        self.hours[hour].1 += u64::from(ended.code_after.is_some_and(|after| after <= 10.0));
    }

    /// Of those whose first provider was struck by this.
    pub(crate) fn struck_by(&self, bad: Bad) -> &Counts {
        &self.struck[Bad::ALL.iter().position(|other| *other == bad).unwrap_or(0)]
    }

    /// The share within ten seconds of the worst hour, of those that are not nearly empty.
    pub(crate) fn worst_hour(&self) -> f64 {
        let busy = self.total.all / self.hours.len().max(1) as u64 / 4;
        let share = |(all, quick): &(u64, u64)| 100.0 * *quick as f64 / *all as f64;
        self.hours.iter().filter(|(all, _)| *all > busy).map(share).fold(100.0, f64::min)
    }
}
