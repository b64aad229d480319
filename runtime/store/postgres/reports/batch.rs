//! Reports that come together, judged one after the other under the locks of what they speak of.

mod asked;
mod kept;

use std::collections::{BTreeMap, HashSet};

use super::super::attempts::{self, Standing};
use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::success;
use super::super::webhooks::outbox::Wanted;
use super::{Counted, moving};
use crate::store::{MessageStatus, Moved, NewReport, StoreError, Stored, Subject};
use kept::Kept;

pub(super) use asked::{Asked, ask};

/// A provider that reports more often than this of one message is not listened to any better.
const KEPT_OF_MESSAGE_MAX: u32 = 50;
/// Reports of a connector that wait for their attempt: they come before its receipt is noted, or belong to nobody.
/// Nodes that count at the same time may keep a few more.
const WAITING_MAX: u32 = 10_000;

/// A message, and the newer ones of its verification.
struct Told {
    standing: Standing,
    newer: Vec<(String, MessageStatus)>,
}

pub(super) struct Batch<'a> {
    told: BTreeMap<String, Told>,
    known: HashSet<[u8; 32]>,
    counted: Counted,
    wanted: BTreeMap<String, Seat>,
    kept: Vec<Kept<'a>>,
    /// Moved something, and are not kept: or were before.
    moved_only: Vec<[u8; 32]>,
    moved: Vec<Moved>,
    successes: success::Noted,
}

impl<'a> Batch<'a> {
    pub(super) fn read(answers: &Answers, asked: Asked) -> Stored<Self> {
        let (mut told, mut counted) = (BTreeMap::new(), Counted::default());
        for (message, standing, newer, kept) in asked.messages {
            let Some(standing) = Standing::read(answers, &standing, &message)? else { continue };
            counted.of_message.insert(message.clone(), count(answers, kept)?);
            told.insert(message, Told { standing, newer: attempts::newer(answers, newer)? });
        }
        for (place, seat) in asked.waiting {
            counted.waiting.insert(place, count(answers, seat)?);
        }
        let known = answers.lines(asked.known).iter().map(|line| line.get(0)).collect::<Stored<_>>()?;
        let (kept, moved_only, moved, wanted) = (Vec::new(), Vec::new(), Vec::new(), asked.wanted);
        let successes = success::Noted::default();
        Ok(Self { told, known, counted, wanted, kept, moved_only, moved, successes })
    }

    /// Keep a report, and let it move what it speaks of.
    pub(super) fn apply(&mut self, report: &'a NewReport, by_id: Option<&(String, u32)>) {
        let found = self.find(report, by_id);
        let Some((is_new, is_kept)) = self.keep(report, found.as_ref()) else { return };
        let moved = found.as_ref().filter(|_| is_new && report.verified).and_then(|found| self.move_one(report, found));
        match (is_kept, &moved) {
            (true, _) => self.kept.push(Kept { report, of: found, moved: moved.is_some() }),
            (false, Some(_)) => self.moved_only.push(report.digest),
            (false, None) => {}
        }
        self.moved.extend(moved);
    }

    /// The attempt that it speaks of.
    fn find(&self, report: &NewReport, by_id: Option<&(String, u32)>) -> Option<(String, u32)> {
        let (message, number) = match &report.subject {
            Subject::Message(id) => (id, None),
            Subject::ProviderIds(_) => by_id.map(|(message, number)| (message, Some(*number)))?,
        };
        let standing = &self.told.get(message)?.standing;
        let number = match number {
            Some(number) => standing.attempt(number).map(|attempt| attempt.number),
            None if standing.environment != report.environment => None,
            None => standing.attempts.iter().rfind(|a| a.connector == report.connector).map(|a| a.number),
        };
        Some((message.clone(), number?))
    }

    /// Whether it says something new, and whether it is to be written down; none if nothing can be said of it any more.
    fn keep(&mut self, report: &NewReport, found: Option<&(String, u32)>) -> Option<(bool, bool)> {
        let (count, most) = match (found, &report.subject) {
            (Some((message, _)), _) => {
                (self.counted.of_message.entry(message.clone()).or_default(), KEPT_OF_MESSAGE_MAX)
            }
            (None, Subject::ProviderIds(ids)) if !ids.is_empty() => {
                let place = (report.environment.clone(), report.connector.clone());
                (self.counted.waiting.entry(place).or_default(), WAITING_MAX)
            }
            // Its message is gone, or it names none.
            (None, _) => return None,
        };
        if *count >= most {
            // What moves something moves it without being kept: a state can't move twice.
            return Some((found.is_some(), false));
        }
        // What a provider repeats counts once.
        let is_new = self.known.insert(report.digest);
        *count += u32::from(is_new);
        Some((is_new, is_new))
    }

    fn move_one(&mut self, report: &NewReport, (message, number): &(String, u32)) -> Option<Moved> {
        let told = self.told.get_mut(message)?;
        let mut moved = moving::move_attempt(&mut told.standing, &mut self.successes, report, *number)?;
        moved.overtaken = self.is_overtaken(message);
        Some(moved)
    }

    /// Whether a newer message of the same verification is on its way, or arrived: what of it came with this one
    /// counts.
    fn is_overtaken(&self, message: &str) -> bool {
        let newer = self.told.get(message).map_or(&[][..], |told| &told.newer);
        newer.iter().any(|(id, status)| {
            let now = self.told.get(id).map_or(*status, |told| told.standing.status);
            attempts::arrives(&(id.clone(), now))
        })
    }

    pub(super) fn write(self, flight: &mut Flight, answers: &Answers) -> Stored<Vec<Moved>> {
        for kept in &self.kept {
            kept.write(flight);
        }
        for digest in self.moved_only {
            flight.ask("UPDATE reports SET moved = TRUE WHERE digest = $1", given![digest]);
        }
        let standings = self.told.into_values().map(|told| told.standing).collect();
        let wanted = self.wanted;
        attempts::write(flight, standings, |environment| {
            let seat = wanted.get(environment).ok_or_else(|| StoreError::Database("an unknown environment".into()))?;
            Wanted::read(answers, *seat)
        })?;
        self.successes.write(flight);
        Ok(self.moved)
    }
}

fn count(answers: &Answers, seat: Seat) -> Stored<u32> {
    answers.line(seat).map_or(Ok(0), |line| line.get(0))
}
