//! What was judged: a code, and a message by the guard.

use serde_json::Value;

use super::super::super::flight::{Answers, Seat};
use super::super::super::messages::messages_since;
use super::super::super::*;
use super::{News, Unless, Wanted, note, note_unless};
use crate::clock::Timestamp;
use crate::store::{Failures, NewDecision, NewMessage, Told, Verification};
use crate::webhooks::event::{About, EventType, FraudData, LockData, VerificationData};

/// Whom a verification's newest message was for, as the log has it.
#[derive(Default)]
pub(in crate::store::postgres) struct AboutTo {
    /// The number, masked.
    pub(in crate::store::postgres) to: Option<String>,
    /// Its country.
    pub(in crate::store::postgres) country: Option<String>,
}

/// What [`AboutTo::read`] reads.
pub(in crate::store::postgres) fn ask_about(flight: &mut Flight, verification_id: &str) -> Seat {
    let sql = "SELECT to_masked, country FROM messages WHERE verification_id = $1 AND id >= $2
               ORDER BY id DESC LIMIT 1";
    flight.ask(sql, given![verification_id, messages_since(verification_id, 0)])
}

impl AboutTo {
    /// Nothing, where the log has no message of it any more.
    pub(in crate::store::postgres) fn read(answers: &Answers, seat: Seat) -> Stored<Self> {
        let Some(line) = answers.line(seat) else { return Ok(Self::default()) };
        Ok(Self { to: line.get(0)?, country: line.get(1)? })
    }
}

fn about(v: &Verification, to: &AboutTo) -> About {
    About {
        environment: v.environment.clone(),
        purpose: v.purpose.clone(),
        to: to.to.clone(),
        country: to.country.clone(),
        verification: Some(v.id.clone()),
        subject: v.subject.clone(),
        metadata: v.metadata.clone(),
    }
}

/// A code was judged: it may have been right, and it may have been one too many. A check that its provider has still to
/// judge says neither. Whoever calls this has the lock of the number's codes.
pub(in crate::store::postgres) fn checked(
    flight: &mut Flight,
    wanted: &Wanted,
    v: &Verification,
    to: &AboutTo,
    told: &Told,
    number: Failures,
    now: Timestamp,
) -> Stored<()> {
    let until = number.blocked_until.filter(|until| *until > now);
    match (told, until) {
        (Told::Approved, _) => ended(flight, wanted, v, to, (EventType::VerificationApproved, "approved"), now),
        (Told::Wrong | Told::Unanswered, Some(until)) => locked(flight, wanted, v, to, until, now),
        _ => Ok(()),
    }
}

/// It was noticed that its life is over. What is told is when it was.
pub(in crate::store::postgres) fn expired(
    flight: &mut Flight,
    wanted: &Wanted,
    v: &Verification,
    to: &AboutTo,
) -> Stored<()> {
    ended(flight, wanted, v, to, (EventType::VerificationExpired, "expired"), v.expires_at)
}

fn ended(
    flight: &mut Flight,
    wanted: &Wanted,
    v: &Verification,
    to: &AboutTo,
    (kind, status): (EventType, &'static str),
    at: Timestamp,
) -> Stored<()> {
    let webhooks = wanted.of(kind);
    if webhooks.is_empty() {
        return Ok(());
    }
    let connector = v.delivery.as_ref().and_then(|delivery| delivery.get("connector")).and_then(Value::as_str);
    let data = VerificationData { about: about(v, to), status, connector: connector.map(str::to_owned) };
    let news = News { environment: &v.environment, kind, at, message: None, number_index: Some(&v.number_index) };
    note(flight, webhooks, &news, &data)
}

/// Of several checks that their providers judge at the same time, one is the last: told is what is not known yet. That
/// is looked for in the statement that writes it.
fn locked(
    flight: &mut Flight,
    wanted: &Wanted,
    v: &Verification,
    to: &AboutTo,
    until: Timestamp,
    now: Timestamp,
) -> Stored<()> {
    let kind = EventType::NumberLocked;
    let webhooks = wanted.of(kind);
    if webhooks.is_empty() {
        return Ok(());
    }
    let until = Some(until).filter(|until| *until < Timestamp::NEVER);
    let data = LockData { about: about(v, to), until };
    let news = News { environment: &v.environment, kind, at: now, message: None, number_index: Some(&v.number_index) };
    let ends_so = ends_with(until);
    note_unless(flight, webhooks, &news, &data, Some(Unless { since: v.created_at, ends_so: &ends_so }))
}

/// How the body of such an event ends. Compared as text: before it are words of callers, in which PostgreSQL's own JSON
/// may find what it can't read.
fn ends_with(until: Option<Timestamp>) -> String {
    format!(",\"until\":{}}}}}", text(&until))
}

/// The guard has decided something of a message. A verification that is sent again was there before; one that is
/// refused was not made.
pub(in crate::store::postgres) fn decided(
    flight: &mut Flight,
    wanted: &Wanted,
    m: &NewMessage,
    decision: &NewDecision,
    sent: bool,
    verification_exists: bool,
) -> Stored<()> {
    let kind = EventType::FraudDecided;
    let webhooks = wanted.of(kind);
    if webhooks.is_empty() {
        return Ok(());
    }
    let rule = |fired: &Value| fired.get("rule").and_then(Value::as_str).map(str::to_owned);
    let data = FraudData {
        about: About {
            environment: m.environment.clone(),
            purpose: m.purpose.clone(),
            to: Some(m.to_masked.clone()),
            country: m.country.clone(),
            verification: m.verification_id.clone().filter(|_| sent || verification_exists),
            subject: m.subject.clone(),
            metadata: None,
        },
        decision: decision.id.clone(),
        outcome: decision.outcome.to_owned(),
        rules: decision.fired.as_array().into_iter().flatten().filter_map(rule).collect(),
        message: sent.then(|| m.id.clone()),
        source: m.source.clone(),
        cost_micros: decision.cost_micros,
    };
    let (at, number_index) = (m.created_at, Some(&m.number_index));
    note(flight, webhooks, &News { environment: &m.environment, kind, at, message: None, number_index }, &data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_a_lock_ends_with_its_end() {
        let at = Timestamp::from_millis(1_700_000_000_000);
        let news = News { environment: "e", kind: EventType::NumberLocked, at, message: None, number_index: None };
        for until in [None, Some(at)] {
            let body = news.body(&LockData { about: About::default(), until }).unwrap();
            assert!(body.ends_with(&ends_with(until)), "{body}");
        }
    }
}
