//! Attempts that have no end, because the node that made them ended, or could not note it: their request may have left, so
//! their outcome is unknown. Others serve meanwhile, so nothing is settled as long as it may still be under way.
//!
//! An end that comes later all the same (a machine that stood still, and went on) is written as any other: it is told from
//! an attempt that has ended by `elapsed_ms`, which nothing here sets.

use std::collections::BTreeMap;

use super::super::flight::{Answers, Seat};
use super::super::webhooks::outbox::{self, Move, OfMessage, Wanted};
use super::super::{Flight, Line, Postgres, given, word};
use super::{BATCH, shown};
use crate::clock::Timestamp;
use crate::store::{AttemptStatus, MessageStatus, Stored};

/// No call lasts longer than 15 seconds. What is open longer than that has no end, also where nodes' clocks differ by as much
/// as five minutes.
const OPEN_MAX_MS: i64 = 10 * 60 * 1000;

/// Which those are. Nothing is locked yet: mostly there is none.
const OPEN: &str = "SELECT a.message_id, a.number, m.environment FROM attempts a JOIN messages m ON m.id = a.message_id
    WHERE a.status = 'sending' AND a.started_at < $1 ORDER BY a.message_id, a.number LIMIT $2";

pub(super) async fn settle_old(store: &Postgres, now: i64) -> Stored<()> {
    let begun_before = now.saturating_sub(OPEN_MAX_MS);
    settle(store, begun_before).await?;
    shown::note_ended(store, begun_before).await
}

/// Settle all that began before a time.
pub(super) async fn settle(store: &Postgres, begun_before: i64) -> Stored<()> {
    loop {
        let found = store.lines(OPEN, given![begun_before, BATCH]).await?;
        if !found.is_empty() {
            settle_these(store, begun_before, &found).await?;
        }
        if found.len() < BATCH {
            return Ok(());
        }
    }
}

/// A message that has one, as it was found.
struct Cut {
    id: String,
    environment: String,
    /// The last of its attempts that have no end.
    attempt: u32,
}

impl Cut {
    fn of(line: &Line) -> Stored<Self> {
        Ok(Self { id: line.get(0)?, attempt: line.get(1)?, environment: line.get(2)? })
    }
}

/// What is read of them under the locks of their messages.
struct Asked {
    messages: Seat,
    attempts: Seat,
    wanted: BTreeMap<String, Seat>,
    of: Vec<(Cut, Seat)>,
}

/// One transaction: whoever notes an end of one of them comes before or after it.
async fn settle_these(store: &Postgres, begun_before: i64, found: &[Line]) -> Stored<()> {
    let mut cut = BTreeMap::new();
    for line in found {
        let of = Cut::of(line)?;
        cut.insert(of.id.clone(), of);
    }
    let ids: Vec<String> = cut.keys().cloned().collect();
    let work = store.begin().await?;
    let mut first = Flight::new();
    let asked = ask(&mut first, ids, cut);
    let answers = work.send(first).await?;
    let mut last = Flight::new();
    write(&mut last, begun_before, &answers, asked)?;
    work.commit(last).await.map(|_| ())
}

fn ask(flight: &mut Flight, ids: Vec<String>, cut: BTreeMap<String, Cut>) -> Asked {
    let (first, end) = (ids.first().cloned(), ids.last().cloned());
    let of = |column| format!("{column} = ANY ($1) AND {column} BETWEEN $2 AND $3");
    let given = || given![ids.clone(), first.clone(), end.clone()];
    let sql = format!("SELECT id, status FROM messages WHERE {} ORDER BY id FOR UPDATE", of("id"));
    let messages = flight.ask(sql, given());
    let sql = format!(
        "SELECT message_id, number, status, started_at FROM attempts WHERE {} ORDER BY message_id, number FOR UPDATE",
        of("message_id")
    );
    let attempts = flight.ask(sql, given());
    let mut wanted = BTreeMap::new();
    for cut in cut.values() {
        if !wanted.contains_key(&cut.environment) {
            wanted.insert(cut.environment.clone(), outbox::ask(flight, &cut.environment));
        }
    }
    let of = cut.into_values().map(|cut| {
        let seat = outbox::ask_moved(flight, &cut.id, Some(cut.attempt));
        (cut, seat)
    });
    let of = of.collect();
    Asked { messages, attempts, wanted, of }
}

/// A message's attempts: number, state, when it began.
type Attempts = Vec<(u32, AttemptStatus, Timestamp)>;

/// What they and their messages come to, and who is told.
fn write(flight: &mut Flight, begun_before: i64, answers: &Answers, asked: Asked) -> Stored<()> {
    let mut attempts: BTreeMap<String, Attempts> = BTreeMap::new();
    for line in answers.lines(asked.attempts) {
        attempts.entry(line.get(0)?).or_default().push((line.get(1)?, line.word(2)?, line.get(3)?));
    }
    let mut were: BTreeMap<String, MessageStatus> = BTreeMap::new();
    for line in answers.lines(asked.messages) {
        were.insert(line.get(0)?, line.word(1)?);
    }
    let wanted = |seat: &Seat| Wanted::read(answers, *seat);
    let wanted =
        asked.wanted.iter().map(|(name, seat)| Ok((name, wanted(seat)?))).collect::<Stored<BTreeMap<_, _>>>()?;
    let (mut ids, mut statuses, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    for (cut, seat) in &asked.of {
        let (Some(from), Some(of)) = (were.get(&cut.id), attempts.get(&cut.id)) else { continue };
        let is_open = |(_, status, began): &&(u32, AttemptStatus, Timestamp)| {
            *status == AttemptStatus::Sending && super::ms(*began) < begun_before
        };
        // If it went out, then about when it began.
        let Some((_, _, at)) = of.iter().rfind(is_open) else { continue };
        let settled = of.iter().map(|a| if is_open(&a) { AttemptStatus::Unknown } else { a.1 });
        let to = MessageStatus::derive(settled);
        ids.push(cut.id.clone());
        statuses.push(word(&to));
        moved.push((cut, *seat, *from, to, *at));
    }
    if ids.is_empty() {
        return Ok(());
    }
    write_states(flight, begun_before, ids, statuses);
    for (cut, seat, from, to, at) in moved {
        let (Some(of), Some(wanted)) = (OfMessage::read(answers, seat)?, wanted.get(&cut.environment)) else {
            continue;
        };
        let (environment, message) = (cut.environment.as_str(), cut.id.as_str());
        outbox::moved(flight, wanted, Move { environment, message, from, to, at }, of)?;
    }
    Ok(())
}

/// What their verifications show is the newest message, also where that is a resend.
fn write_states(flight: &mut Flight, begun_before: i64, ids: Vec<String>, statuses: Vec<String>) {
    let (first, end) = (ids.first().cloned(), ids.last().cloned());
    flight.ask(
        "UPDATE messages m SET status = n.status FROM unnest($1::text[], $4::text[]) AS n (id, status)
         WHERE m.id = n.id AND m.id BETWEEN $2 AND $3 AND m.status <> n.status",
        given![ids.clone(), first.clone(), end.clone(), statuses],
    );
    flight.ask(
        "UPDATE attempts SET status = 'unknown', kind = 'other', certainty = 'unknown',
           text = 'the service ended, or could not note it, while this was being sent'
         WHERE message_id = ANY ($1) AND message_id BETWEEN $2 AND $3 AND status = 'sending' AND started_at < $4",
        given![ids.clone(), first.clone(), end.clone(), begun_before],
    );
    let of = "v.id = ANY (ARRAY(SELECT verification_id FROM messages WHERE id = ANY ($1) AND id BETWEEN $2 AND $3
                   AND verification_id IS NOT NULL))";
    flight.ask(shown::newest(of), given![ids, first, end]);
}
