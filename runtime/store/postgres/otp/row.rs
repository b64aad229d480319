//! A verification as a row.

use serde_json::Value;

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::Line;
use crate::clock::Timestamp;
use crate::store::words::{text, word};
use crate::store::{Stored, Verification, VerificationStatus};

/// Those of an environment that meet a condition.
pub(super) fn select(condition: &str) -> String {
    format!(
        "SELECT id, environment, purpose, channel, locale, recipient, number_index, pair_index, subject,
           client_ip, metadata, status, code_key, code_length, attempts_left, created_at, expires_at, resend_after,
           ambiguous_failover_used, delivery, app_hash, fixed_code, service, coalesce(updated_at, created_at),
           unanswered, suppressed
         FROM verifications WHERE environment = $1 AND {condition}"
    )
}

pub(in crate::store::postgres) fn verification_row(line: &Line) -> Stored<Verification> {
    Ok(Verification {
        id: line.get(0)?,
        environment: line.get(1)?,
        purpose: line.get(2)?,
        channel: line.get(3)?,
        locale: line.get(4)?,
        to: line.get(5)?,
        number_index: line.get(6)?,
        pair_index: line.get(7)?,
        subject: line.get(8)?,
        client_ip: line.get(9)?,
        metadata: line.json_if_any(10)?,
        status: line.word(11)?,
        code_key: line.get(12)?,
        code_length: line.get(13)?,
        attempts_left: line.get(14)?,
        created_at: line.get(15)?,
        expires_at: line.get(16)?,
        resend_after: line.get(17)?,
        ambiguous_failover_used: line.get(18)?,
        delivery: line.json_if_any(19)?,
        app_hash: line.get(20)?,
        fixed_code: line.get(21)?,
        service: line.get(22)?,
        updated_at: line.get(23)?,
        unanswered: line.get(24)?,
        suppressed: line.get(25)?,
    })
}

/// Ask for those of a number, newest first: a verification has a message as long as it is kept itself, and messages are
/// found by their number.
pub(in crate::store::postgres) fn ask_verifications_of_number(
    flight: &mut Flight,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> Seat {
    let sql = select(
        "id = ANY (ARRAY(SELECT DISTINCT m.verification_id FROM messages m
           WHERE m.environment = $1 AND m.number_index = $2 AND m.verification_id IS NOT NULL))
         ORDER BY id DESC LIMIT $3",
    );
    flight.ask(sql, given![environment, number, most])
}

/// Ask for one.
pub(super) fn ask(flight: &mut Flight, environment: &str, id: &str) -> Seat {
    flight.ask(select("id = $2"), given![environment, id])
}

/// What was found.
pub(super) fn found(answers: &Answers, seat: Seat) -> Stored<Option<Verification>> {
    answers.line(seat).map(verification_row).transpose()
}

/// As it stands at `now`: a pending one whose life is over is expired, whether or not anybody wrote that down yet.
pub(super) fn as_of(mut verification: Verification, now: Timestamp) -> Verification {
    if verification.status == VerificationStatus::Pending && now >= verification.expires_at {
        verification.status = VerificationStatus::Expired;
    }
    verification
}

pub(super) fn insert(flight: &mut Flight, v: &Verification) {
    let sql = "INSERT INTO verifications (id, environment, purpose, channel, locale, recipient, number_index,
                 pair_index, subject, client_ip, metadata, status, code_key, code_length, attempts_left, created_at,
                 expires_at, resend_after, ambiguous_failover_used, delivery, app_hash, fixed_code, service, updated_at,
                 suppressed)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, $24, $25)";
    let given = given![
        &v.id,
        &v.environment,
        &v.purpose,
        &v.channel,
        &v.locale,
        &v.to,
        &v.number_index,
        &v.pair_index,
        &v.subject,
        &v.client_ip,
        &v.metadata,
        word(&v.status),
        v.code_key,
        v.code_length,
        v.attempts_left,
        v.created_at,
        v.expires_at,
        v.resend_after,
        v.ambiguous_failover_used,
        v.delivery.as_ref().map(shown),
        &v.app_hash,
        &v.fixed_code,
        &v.service,
        v.updated_at,
        v.suppressed,
    ];
    flight.ask(sql, given);
}

/// A delivery as its text. It may hold words of a provider; statements look into it, and PostgreSQL reads no document
/// with a NUL in it.
pub(super) fn shown(delivery: &Value) -> String {
    let mut delivery = delivery.clone();
    replace_nul(&mut delivery);
    text(&delivery)
}

fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(values) => values.iter_mut().for_each(replace_nul),
        Value::Object(fields) => fields.values_mut().for_each(replace_nul),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_delivery_has_no_nul() {
        let delivery = json!({ "status": "refused", "failures": [{ "text": "a\0b", "path": "c:\\u0000" }] });
        let expected = json!({ "status": "refused", "failures": [{ "text": "a\u{fffd}b", "path": "c:\\u0000" }] });
        assert_eq!(serde_json::from_str::<Value>(&shown(&delivery)).unwrap(), expected);
    }
}
