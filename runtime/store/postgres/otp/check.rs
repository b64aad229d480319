//! A presented code: the row, its state, its life, the number's lock, the decision and its writing are one transaction.
//! It has the lock of the number's codes, so checks that race are as if one came after the other, and a right code is
//! accepted once.

use super::super::Postgres;
use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::guard::{self, Kept};
use super::super::locking;
use super::super::messages::messages_since;
use super::super::webhooks::outbox::{self, AboutTo, Wanted};
use super::{failures, row};
use crate::clock::Timestamp;
use crate::store::words::word;
use crate::store::{CheckDecision, CheckJudge, CheckOutcome, Failures, Stored, Told, Verification};

/// Where the answers are.
struct Asked {
    verification: Seat,
    failures: Seat,
    about: Seat,
    arrived: Seat,
    receipts: Seat,
    wanted: Seat,
}

fn ask(flight: &mut Flight, environment: &str, id: &str) -> Asked {
    locking::take_codes(flight, environment, id);
    // Whoever has the code had a message: the newest that may have arrived.
    let arrived = "SELECT id FROM messages WHERE verification_id = $1 AND id >= $2
                   AND status NOT IN ('refused', 'undelivered', 'queued', 'not-sent') ORDER BY id DESC LIMIT 1";
    Asked {
        verification: row::ask(flight, environment, id),
        failures: failures::ask_of(flight, environment, id),
        about: outbox::ask_about(flight, id),
        arrived: flight.ask(arrived, given![id, messages_since(id, 0)]),
        receipts: guard::ask_receipts_of(flight, id),
        wanted: outbox::ask(flight, environment),
    }
}

/// What was found beside the verification.
struct Found {
    number: Failures,
    pair: Failures,
    to: AboutTo,
    arrived: Option<String>,
    receipts: Vec<(String, Kept)>,
    wanted: Wanted,
}

impl Asked {
    fn read(&self, answers: &Answers) -> Stored<Found> {
        let (number, pair) = failures::of(answers, self.failures)?;
        Ok(Found {
            number,
            pair,
            to: AboutTo::read(answers, self.about)?,
            arrived: answers.line(self.arrived).map(|line| line.get(0)).transpose()?,
            receipts: guard::kept_of(answers, self.receipts)?,
            wanted: Wanted::read(answers, self.wanted)?,
        })
    }
}

pub(in crate::store::postgres) async fn check(
    store: &Postgres,
    environment: &str,
    id: &str,
    now: Timestamp,
    judge: CheckJudge,
) -> Stored<Option<CheckOutcome>> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    let asked = ask(&mut flight, environment, id);
    let answers = work.send(flight).await?;
    let Some(kept) = row::found(&answers, asked.verification)? else { return Ok(None) };
    let (was, found) = (kept.status, asked.read(&answers)?);
    let mut v = row::as_of(kept, now);
    let decision = judge(&v, &found.number, &found.pair);
    // What was looked at and left as it was has not changed.
    let is_left = decision.status == v.status && decision.attempts_left == v.attempts_left;
    if !is_left {
        v.updated_at = now;
    }
    let is_idle = is_left
        && was == v.status
        && decision.unanswered == v.unanswered
        && matches!(decision.told, Told::NotPending(_) | Told::Limited(_) | Told::Mismatch(_))
        && (decision.number, decision.pair) == (None, None);
    if !is_idle {
        let mut flight = Flight::new();
        write(&mut flight, &v, &found, &decision, now)?;
        if was != v.status {
            outbox::expired(&mut flight, &found.wanted, &v, &found.to)?;
        }
        work.commit(flight).await?;
    }
    v.status = decision.status;
    v.attempts_left = decision.attempts_left;
    v.unanswered = decision.unanswered;
    let (number_before, pair_before) = (found.number, found.pair);
    Ok(Some(CheckOutcome { verification: v, told: decision.told, number_before, pair_before }))
}

/// Rows in the order in which everybody locks them.
fn write(flight: &mut Flight, v: &Verification, found: &Found, decision: &CheckDecision, now: Timestamp) -> Stored<()> {
    let is_used = decision.told == Told::Approved;
    if is_used {
        if let Some(arrived) = &found.arrived {
            flight.ask("UPDATE messages SET used = TRUE WHERE id = $1", given![arrived]);
        }
        guard::note_used(flight, found.receipts.iter().map(|(message, _)| message.clone()).collect());
    }
    let sql =
        "UPDATE verifications SET status = $2, attempts_left = $3, updated_at = $4, unanswered = $5 WHERE id = $1";
    let (left, unanswered) = (decision.attempts_left, decision.unanswered);
    flight.ask(sql, given![&v.id, word(&decision.status), left, v.updated_at, unanswered]);
    for (pair, state) in [(&[][..], decision.number), (&v.pair_index[..], decision.pair)] {
        if let Some(state) = state {
            failures::write(flight, &v.environment, &v.number_index, pair, state);
        }
    }
    if is_used {
        let receipts = found.receipts.iter().map(|(_, kept)| &kept.receipt);
        guard::count_used(flight, &v.environment, receipts, now);
    }
    let number = decision.number.unwrap_or(found.number);
    outbox::checked(flight, &found.wanted, v, &found.to, &decision.told, number, now)
}
