//! Verifications: made, resent, checked, each in one transaction that reads, judges and writes.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::messages::insert_message;
use super::reviewers::count_use;
use super::webhooks::outbox;
use super::{Sqlite, at, guard, json, ms, text, unword, word};
use crate::clock::Timestamp;
use crate::store::{
    CheckJudge, CheckOutcome, Created, Failures, NewResend, NewVerification, ResendRefusal, Resent, SendJudge,
    SettledDelivery, Stored, Told, Verification, VerificationStatus,
};

const VERIFICATION: &str =
    "SELECT id, environment, purpose, channel, locale, recipient, number_index, pair_index, subject,
    client_ip, metadata, status, code_key, code_length, attempts_left, created_at, expires_at, resend_after,
    ambiguous_failover_used, delivery, app_hash, fixed_code, service, coalesce(updated_at, created_at),
    unanswered, suppressed
    FROM verifications WHERE environment = ?1 AND ";

const BY_ID: &str = "id = ?2";
const NEWEST_OF_SERVICE: &str = "service = ?2 AND number_index = ?3 ORDER BY id DESC LIMIT 1";

fn verification_row(row: &Row<'_>) -> rusqlite::Result<Verification> {
    Ok(Verification {
        id: row.get(0)?,
        environment: row.get(1)?,
        purpose: row.get(2)?,
        channel: row.get(3)?,
        locale: row.get(4)?,
        to: row.get(5)?,
        number_index: row.get(6)?,
        pair_index: row.get(7)?,
        subject: row.get(8)?,
        client_ip: row.get(9)?,
        metadata: row.get::<_, Option<String>>(10)?.map(json).transpose()?,
        status: unword(row.get(11)?)?,
        code_key: row.get(12)?,
        code_length: row.get(13)?,
        attempts_left: row.get(14)?,
        created_at: at(row.get(15)?),
        expires_at: at(row.get(16)?),
        resend_after: at(row.get(17)?),
        ambiguous_failover_used: row.get(18)?,
        delivery: row.get::<_, Option<String>>(19)?.map(json).transpose()?,
        app_hash: row.get(20)?,
        fixed_code: row.get(21)?,
        service: row.get(22)?,
        updated_at: at(row.get(23)?),
        unanswered: row.get(24)?,
        suppressed: row.get(25)?,
    })
}

/// Those of a number, newest first: a verification has a message as long as it is kept itself, and messages are found by
/// their number.
pub(super) fn verifications_of_number(
    c: &Connection,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> rusqlite::Result<Vec<Verification>> {
    let sql = format!(
        "{VERIFICATION}id IN (SELECT verification_id FROM messages WHERE environment = ?1 AND number_index = ?2)
         ORDER BY id DESC LIMIT ?3"
    );
    c.prepare_cached(&sql)?.query_map(params![environment, number, most], verification_row)?.collect()
}

fn find(c: &Connection, environment: &str, id: &str) -> rusqlite::Result<Option<Verification>> {
    let sql = format!("{VERIFICATION}{BY_ID}");
    c.prepare_cached(&sql)?.query_row([environment, id], verification_row).optional()
}

/// As it stands at `now`: a pending one whose life is over is expired, whether or not anybody wrote that down yet.
fn as_of(mut verification: Verification, now: Timestamp) -> Verification {
    if verification.status == VerificationStatus::Pending && now >= verification.expires_at {
        verification.status = VerificationStatus::Expired;
    }
    verification
}

/// One that has ended by `now`, written down as expired; none if that was noticed before.
pub(super) fn ended_unnoticed(
    c: &Connection,
    environment: &str,
    id: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Verification>> {
    let Some(found) = find(c, environment, id)? else { return Ok(None) };
    let was = found.status;
    let v = as_of(found, now);
    if was == v.status {
        return Ok(None);
    }
    let sql = "UPDATE verifications SET status = ?2 WHERE id = ?1";
    c.prepare_cached(sql)?.execute(params![v.id, word(&v.status)])?;
    Ok(Some(v))
}

pub(super) async fn create_verification(store: &Sqlite, new: NewVerification, judge: SendJudge) -> Stored<Created> {
    store.write(move |c| create(c, &new, judge)).await
}

fn create(c: &Connection, new: &NewVerification, judge: SendJudge) -> rusqlite::Result<Created> {
    let v = &new.verification;
    let receipt = match guard::judged(c, &new.message, judge)? {
        Ok(receipt) => receipt,
        Err(limited) => return Ok(Created::Limited(limited)),
    };
    c.prepare_cached(
        "INSERT INTO verifications (id, environment, purpose, channel, locale, recipient, number_index, pair_index, subject,
           client_ip, metadata, status, code_key, code_length, attempts_left, created_at, expires_at, resend_after,
           ambiguous_failover_used, delivery, app_hash, fixed_code, service, updated_at, suppressed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
           ?25)",
    )?
    .execute(params![
        v.id, v.environment, v.purpose, v.channel, v.locale, v.to, v.number_index, v.pair_index, v.subject, v.client_ip,
        v.metadata.as_ref().map(text), word(&v.status), v.code_key, v.code_length, v.attempts_left, ms(v.created_at),
        ms(v.expires_at), ms(v.resend_after), v.ambiguous_failover_used, v.delivery.as_ref().map(text), v.app_hash,
        v.fixed_code, v.service, ms(v.updated_at), v.suppressed
    ])?;
    insert_message(c, &new.message, new.attempt.as_ref())?;
    guard::keep(c, &new.message, receipt.as_ref())?;
    count_use(c, v)?;
    Ok(Created::Done)
}

pub(super) async fn resend(store: &Sqlite, resend: NewResend, judge: SendJudge) -> Stored<Resent> {
    store.write(move |c| resend_one(c, &resend, judge)).await
}

fn resend_one(c: &Connection, new: &NewResend, judge: SendJudge) -> rusqlite::Result<Resent> {
    let (environment, now) = (&new.message.environment, new.message.created_at);
    let Some(found) = find(c, environment, &new.verification_id)? else { return Ok(Resent::Missing) };
    let verification = as_of(found, now);
    if verification.status != VerificationStatus::Pending {
        return Ok(Resent::Refused(ResendRefusal::NotPending(verification.status)));
    }
    let receipt = match guard::judged(c, &new.message, judge)? {
        Ok(receipt) => receipt,
        Err(limited) => return Ok(Resent::Refused(ResendRefusal::Limited(limited))),
    };
    insert_message(c, &new.message, new.attempt.as_ref())?;
    guard::keep(c, &new.message, receipt.as_ref())?;
    let sql = "UPDATE verifications SET resend_after = ?2, delivery = ?3, updated_at = ?4 WHERE id = ?1";
    let delivery = new.delivery.as_ref().map(text);
    c.prepare_cached(sql)?.execute(params![verification.id, ms(new.resend_after), delivery, ms(now)])?;
    let (delivery, resend_after) = (new.delivery.clone(), new.resend_after);
    Ok(Resent::Done(Box::new(Verification { resend_after, delivery, updated_at: now, ..verification })))
}

pub(super) async fn verification(store: &Sqlite, environment: &str, id: &str) -> Stored<Option<Verification>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    store.read(move |c| find(c, &environment, &id)).await
}

pub(super) async fn newest_of_service(
    store: &Sqlite,
    environment: &str,
    service: &str,
    number: &[u8; 32],
) -> Stored<Option<Verification>> {
    let (environment, service, number) = (environment.to_owned(), service.to_owned(), *number);
    let sql = format!("{VERIFICATION}{NEWEST_OF_SERVICE}");
    let row = move |c: &Connection| {
        c.prepare_cached(&sql)?.query_row(params![environment, service, number], verification_row).optional()
    };
    store.read(row).await
}

pub(super) async fn check(
    store: &Sqlite,
    environment: &str,
    id: &str,
    now: Timestamp,
    judge: CheckJudge,
) -> Stored<Option<CheckOutcome>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    store.write(move |c| check_one(c, &environment, &id, now, judge)).await
}

/// The row, its state, its life, the number's lock, the decision and its writing: one transaction. The writer is one
/// thread, so checks that race are as if one came after the other, and a right code is accepted once.
fn check_one(
    c: &Connection,
    environment: &str,
    id: &str,
    now: Timestamp,
    judge: CheckJudge,
) -> rusqlite::Result<Option<CheckOutcome>> {
    let Some(found) = find(c, environment, id)? else { return Ok(None) };
    let was = found.status;
    let mut v = as_of(found, now);
    let number = failures(c, environment, &v.number_index, &[])?;
    let pair = failures(c, environment, &v.number_index, &v.pair_index)?;
    let decision = judge(&v, &number, &pair);
    let sql =
        "UPDATE verifications SET status = ?2, attempts_left = ?3, updated_at = ?4, unanswered = ?5 WHERE id = ?1";
    // What was looked at and left as it was has not changed.
    if decision.status != v.status || decision.attempts_left != v.attempts_left {
        v.updated_at = now;
    }
    let (status, at) = (word(&decision.status), ms(v.updated_at));
    let row = params![v.id, status, decision.attempts_left, at, decision.unanswered];
    c.prepare_cached(sql)?.execute(row)?;
    if let Some(number) = decision.number {
        write_failures(c, environment, &v.number_index, &[], number)?;
    }
    if let Some(pair) = decision.pair {
        write_failures(c, environment, &v.number_index, &v.pair_index, pair)?;
    }
    if decision.told == Told::Approved {
        mark_used(c, &v.id)?;
        guard::used_of(c, environment, &v.id)?;
    }
    outbox::checked(c, &v, &decision.told, decision.number.unwrap_or(number), now)?;
    if was != v.status {
        outbox::expired(c, &v)?;
    }
    v.status = decision.status;
    v.attempts_left = decision.attempts_left;
    v.unanswered = decision.unanswered;
    Ok(Some(CheckOutcome { verification: v, told: decision.told, number_before: number, pair_before: pair }))
}

/// Whoever has the code had a message: the newest that may have arrived.
fn mark_used(c: &Connection, verification: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE messages SET used = 1 WHERE id = (SELECT id FROM messages WHERE verification_id = ?1
               AND status NOT IN ('refused', 'undelivered', 'queued', 'not-sent') ORDER BY id DESC LIMIT 1)";
    c.prepare_cached(sql)?.execute([verification]).map(|_| ())
}

/// Wrong codes against a number (`pair` empty) or a pair.
pub(super) fn failures(
    c: &Connection,
    environment: &str,
    number: &[u8; 32],
    pair: &[u8],
) -> rusqlite::Result<Failures> {
    let sql = "SELECT consecutive, blocked_until FROM number_failures
               WHERE environment = ?1 AND number_index = ?2 AND pair_index = ?3";
    let row =
        |row: &Row<'_>| Ok(Failures { consecutive: row.get(0)?, blocked_until: row.get::<_, Option<i64>>(1)?.map(at) });
    Ok(c.prepare_cached(sql)?.query_row(params![environment, number, pair], row).optional()?.unwrap_or_default())
}

fn write_failures(
    c: &Connection,
    environment: &str,
    number: &[u8; 32],
    pair: &[u8],
    state: Failures,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO number_failures (environment, number_index, pair_index, consecutive, blocked_until)
               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (environment, number_index, pair_index) DO UPDATE
               SET consecutive = excluded.consecutive, blocked_until = excluded.blocked_until, forget_at = NULL";
    let row = params![environment, number, pair, state.consecutive, state.blocked_until.map(ms)];
    c.prepare_cached(sql)?.execute(row).map(|_| ())
}

pub(super) async fn cancel(
    store: &Sqlite,
    environment: &str,
    id: &str,
    now: Timestamp,
) -> Stored<Option<Verification>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    let cancel = move |c: &Connection| {
        let Some(found) = find(c, &environment, &id)? else { return Ok(None) };
        let before = as_of(found, now);
        if before.status == VerificationStatus::Pending {
            let sql = "UPDATE verifications SET status = ?2, updated_at = ?3 WHERE id = ?1";
            c.execute(sql, params![before.id, word(&VerificationStatus::Canceled), ms(now)])?;
        }
        Ok(Some(before))
    };
    store.write(cancel).await
}

pub(super) async fn settle_delivery(store: &Sqlite, settled: SettledDelivery) -> Stored<()> {
    let settle = move |c: &Connection| {
        let delivery = text(&settled.delivery);
        // A resend may have been faster, and so may a report: what the verification shows is its newest message, and
        // what a provider said of it in the end.
        let sql = "UPDATE verifications SET ambiguous_failover_used = ambiguous_failover_used OR ?3,
                   delivery = CASE WHEN coalesce(json_extract(delivery, '$.message'), ?6) <> ?6 THEN delivery
                     ELSE json_set(?2, '$.status', coalesce((SELECT status FROM messages WHERE id = ?6
                       AND status IN ('delivered', 'undelivered')), json_extract(?2, '$.status'))) END,
                   expires_at = min(expires_at, coalesce(?7, expires_at)),
                   resend_after = CASE WHEN ?4 THEN ?5 ELSE resend_after END WHERE id = ?1";
        let row = params![
            settled.verification_id,
            delivery,
            settled.ambiguous_failover_used,
            settled.refused,
            ms(settled.now),
            settled.message_id,
            settled.ends_at.map(ms)
        ];
        c.prepare_cached(sql)?.execute(row).map(|_| ())
    };
    store.write(settle).await
}
