//! Verifications that end otherwise than by a code.

use super::super::Postgres;
use super::super::flight::Flight;
use super::super::given::given;
use super::super::locking;
use super::super::webhooks::outbox::{self, AboutTo, Wanted};
use super::row;
use crate::clock::Timestamp;
use crate::store::words::word;
use crate::store::{Stored, Verification, VerificationStatus};

/// Its row is held from the look at it on: what a provider says of its end comes before that, or after.
pub(in crate::store::postgres) async fn cancel(
    store: &Postgres,
    environment: &str,
    id: &str,
    now: Timestamp,
) -> Stored<Option<Verification>> {
    let mut flight = Flight::new();
    locking::take_codes(&mut flight, environment, id);
    let seat = flight.ask(row::select("id = $2 FOR UPDATE"), given![environment, id]);
    let sql = "UPDATE verifications SET status = $3, updated_at = $4
               WHERE environment = $1 AND id = $2 AND status = $5 AND expires_at > $4";
    let (canceled, pending) = (word(&VerificationStatus::Canceled), word(&VerificationStatus::Pending));
    flight.ask(sql, given![environment, id, canceled, now, pending]);
    let answers = store.begin().await?.commit(flight).await?;
    Ok(row::found(&answers, seat)?.map(|found| row::as_of(found, now)))
}

/// One that has ended by `now` is written down as expired, and whoever wants to be told of it is; unless that was
/// noticed before.
pub(in crate::store::postgres) async fn end_unnoticed(
    store: &Postgres,
    environment: &str,
    id: &str,
    now: Timestamp,
) -> Stored<()> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    locking::take_codes(&mut flight, environment, id);
    let seat = row::ask(&mut flight, environment, id);
    let (about, wanted) = (outbox::ask_about(&mut flight, id), outbox::ask(&mut flight, environment));
    let answers = work.send(flight).await?;
    let Some(found) = row::found(&answers, seat)? else { return Ok(()) };
    let was = found.status;
    let v = row::as_of(found, now);
    if was == v.status {
        return Ok(());
    }
    let mut flight = Flight::new();
    flight.ask("UPDATE verifications SET status = $2 WHERE id = $1", given![&v.id, word(&v.status)]);
    let (to, wanted) = (AboutTo::read(&answers, about)?, Wanted::read(&answers, wanted)?);
    outbox::expired(&mut flight, &wanted, &v, &to)?;
    work.commit(flight).await.map(|_| ())
}
