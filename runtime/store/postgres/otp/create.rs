//! A verification is made with its first message, and has further ones.

use super::super::Postgres;
use super::super::flight::Flight;
use super::super::given::given;
use super::super::guard;
use super::super::locking::{self, Lock};
use super::super::messages::insert_message;
use super::row;
use crate::store::{
    Created, NewResend, NewVerification, ResendRefusal, Resent, SendJudge, Stored, Verification, VerificationStatus,
};

pub(in crate::store::postgres) async fn create_verification(
    store: &Postgres,
    new: NewVerification,
    judge: SendJudge,
) -> Stored<Created> {
    let NewVerification { verification, message, attempt } = &new;
    let work = store.begin().await?;
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Sends(&message.environment)]);
    let asked = guard::ask(&mut flight, message);
    let answers = work.send(flight).await?;
    let judged = asked.judge(&answers, message, judge)?;
    let (is_idle, mut flight) = (judged.is_idle(), Flight::new());
    if judged.goes_out() {
        row::insert(&mut flight, verification);
        insert_message(&mut flight, message, attempt.as_ref());
        count_use(&mut flight, verification);
    }
    let limited = judged.write(&mut flight, message, false)?;
    if !is_idle {
        work.commit(flight).await?;
    }
    Ok(limited.map_or(Created::Done, Created::Limited))
}

/// A verification that was made for a reviewer number is counted in the same transaction.
fn count_use(flight: &mut Flight, v: &Verification) {
    if v.fixed_code.is_none() {
        return;
    }
    let sql =
        "UPDATE reviewer_numbers SET uses = uses + 1, last_used = $3 WHERE environment = $1 AND number_index = $2";
    flight.ask(sql, given![&v.environment, &v.number_index, v.created_at]);
}

pub(in crate::store::postgres) async fn resend(store: &Postgres, new: NewResend, judge: SendJudge) -> Stored<Resent> {
    let NewResend { verification_id, message, attempt, resend_after, delivery } = new;
    let (environment, now) = (&message.environment, message.created_at);
    let work = store.begin().await?;
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Sends(environment)]);
    locking::take_codes(&mut flight, environment, &verification_id);
    let seat = row::ask(&mut flight, environment, &verification_id);
    let asked = guard::ask(&mut flight, &message);
    let answers = work.send(flight).await?;
    let Some(found) = row::found(&answers, seat)? else { return Ok(Resent::Missing) };
    let verification = row::as_of(found, now);
    if verification.status != VerificationStatus::Pending {
        return Ok(Resent::Refused(ResendRefusal::NotPending(verification.status)));
    }
    let judged = asked.judge(&answers, &message, judge)?;
    let (is_idle, mut flight) = (judged.is_idle(), Flight::new());
    if judged.goes_out() {
        let sql = "UPDATE verifications SET resend_after = $2, delivery = $3, updated_at = $4 WHERE id = $1";
        flight.ask(sql, given![&verification_id, resend_after, delivery.as_ref().map(row::shown), now]);
        insert_message(&mut flight, &message, attempt.as_ref());
    }
    let limited = judged.write(&mut flight, &message, true)?;
    if !is_idle {
        work.commit(flight).await?;
    }
    Ok(match limited {
        Some(limited) => Resent::Refused(ResendRefusal::Limited(limited)),
        None => Resent::Done(Box::new(Verification { resend_after, delivery, updated_at: now, ..verification })),
    })
}
