//! What was judged: a code, and a message by the guard.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::super::super::ms;
use super::{News, note, wanted};
use crate::clock::Timestamp;
use crate::store::{Failures, NewDecision, NewMessage, Told, Verification};
use crate::webhooks::event::{About, EventType, FraudData, LockData, VerificationData};

fn about(c: &Connection, v: &Verification) -> rusqlite::Result<About> {
    let sql = "SELECT to_masked, country FROM messages WHERE verification_id = ?1 ORDER BY id DESC LIMIT 1";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (to, country) = c.prepare_cached(sql)?.query_row([&v.id], row).optional()?.unwrap_or_default();
    Ok(About {
        environment: v.environment.clone(),
        purpose: v.purpose.clone(),
        to,
        country,
        verification: Some(v.id.clone()),
        subject: v.subject.clone(),
        metadata: v.metadata.clone(),
    })
}

/// A code was judged: it may have been right, and it may have been one too many. A check that its provider has still to
/// judge says neither.
pub(in crate::store::sqlite) fn checked(
    c: &Connection,
    v: &Verification,
    told: &Told,
    number: Failures,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let until = number.blocked_until.filter(|until| *until > now);
    match (told, until) {
        (Told::Approved, _) => approved(c, v, now),
        (Told::Wrong | Told::Unanswered, Some(until)) => locked(c, v, until, now),
        _ => Ok(()),
    }
}

fn approved(c: &Connection, v: &Verification, now: Timestamp) -> rusqlite::Result<()> {
    ended(c, v, EventType::VerificationApproved, "approved", now)
}

/// It was noticed that its life is over. What is told is when it was.
pub(in crate::store::sqlite) fn expired(c: &Connection, v: &Verification) -> rusqlite::Result<()> {
    ended(c, v, EventType::VerificationExpired, "expired", v.expires_at)
}

fn ended(
    c: &Connection,
    v: &Verification,
    kind: EventType,
    status: &'static str,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let webhooks = wanted(c, &v.environment, kind)?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let connector = v.delivery.as_ref().and_then(|delivery| delivery.get("connector")).and_then(Value::as_str);
    let data = VerificationData { about: about(c, v)?, status, connector: connector.map(str::to_owned) };
    let news = News { environment: &v.environment, kind, at, message: None, number_index: Some(&v.number_index) };
    note(c, &webhooks, &news, &data)
}

fn locked(c: &Connection, v: &Verification, until: Timestamp, now: Timestamp) -> rusqlite::Result<()> {
    let kind = EventType::NumberLocked;
    let webhooks = wanted(c, &v.environment, kind)?;
    let until = Some(until).filter(|until| *until < Timestamp::NEVER);
    if webhooks.is_empty() || is_known(c, v, until)? {
        return Ok(());
    }
    let data = LockData { about: about(c, v)?, until };
    let news = News { environment: &v.environment, kind, at: now, message: None, number_index: Some(&v.number_index) };
    note(c, &webhooks, &news, &data)
}

/// Of several checks that their providers judge at the same time, one is the last.
fn is_known(c: &Connection, v: &Verification, until: Option<Timestamp>) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE environment = ?1 AND number_index = ?2
               AND type = 'number.locked' AND json_extract(body, '$.data.until') IS ?3 AND at >= ?4)";
    let until = until.map(|until| until.to_string());
    let since = ms(v.created_at);
    c.prepare_cached(sql)?.query_row(params![v.environment, v.number_index, until, since], |row| row.get(0))
}

/// The guard has decided something of a message.
pub(in crate::store::sqlite) fn decided(
    c: &Connection,
    m: &NewMessage,
    decision: &NewDecision,
    sent: bool,
) -> rusqlite::Result<()> {
    let kind = EventType::FraudDecided;
    let webhooks = wanted(c, &m.environment, kind)?;
    if webhooks.is_empty() {
        return Ok(());
    }
    // One that is refused was not made; one that is sent again was there before.
    let exists = "SELECT EXISTS (SELECT 1 FROM verifications WHERE id = ?1)";
    let exists = sent || c.prepare_cached(exists)?.query_row([&m.verification_id], |row| row.get(0))?;
    let rule = |fired: &Value| fired.get("rule").and_then(Value::as_str).map(str::to_owned);
    let data = FraudData {
        about: About {
            environment: m.environment.clone(),
            purpose: m.purpose.clone(),
            to: Some(m.to_masked.clone()),
            country: m.country.clone(),
            verification: m.verification_id.clone().filter(|_| exists),
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
    note(c, &webhooks, &News { environment: &m.environment, kind, at, message: None, number_index }, &data)
}
