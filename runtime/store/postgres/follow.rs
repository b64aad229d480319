//! Messages that their callers follow, and what is still to be told of them. A trigger of the schema writes that down.

use std::collections::HashMap;
use std::time::Instant;

use super::Postgres;
use super::flight::{Bounds, Flight, Seat};
use super::given::given;
use super::line::Line;
use super::messages::{MESSAGE_COLUMNS, message_row};
use super::webhooks::hands::{self, CLAIM};
use crate::clock::Timestamp;
use crate::store::{DueCallback, Followed, FollowedFilter, NewFollow, Stored};

pub(super) fn insert_follow(flight: &mut Flight, message_id: &str, f: &NewFollow) {
    let sql = "INSERT INTO followed_messages (message_id, account, sender, sender_pool, recipient, callback)
               VALUES ($1, $2, $3, $4, $5, $6)";
    flight.ask(sql, given![message_id, &f.account, &f.sender, &f.sender_pool, &f.recipient, &f.callback]);
}

/// Whose life is over keeps no recipient.
pub(super) fn forget_recipients(flight: &mut Flight, now: Timestamp) -> Seat {
    let sql = "UPDATE followed_messages f SET recipient = NULL WHERE f.recipient IS NOT NULL
               AND EXISTS (SELECT 1 FROM messages m WHERE m.id = f.message_id AND m.expires_at <= $1)";
    flight.ask(sql, given![now])
}

/// What [`followed`] reads beside the message.
const FOLLOWED: &str = "f.account, f.sender, f.sender_pool, f.recipient, m.content
    FROM followed_messages f JOIN messages m ON m.id = f.message_id
    WHERE m.environment = $1 AND ($2::bytea IS NULL OR m.number_index = $2) AND ($3::text IS NULL OR f.sender = $3)
      AND ($4::bigint IS NULL OR m.created_at >= $4) AND ($5::bigint IS NULL OR m.created_at < $5)";
const PAGE: &str = "AND ($7::text IS NULL OR f.message_id < $7) ORDER BY f.message_id DESC LIMIT $6";
/// By its id, which spares the look into all other partitions.
const ONE: &str = "AND f.message_id = $8 AND m.id = $8 AND $7::text IS NULL LIMIT $6";

pub(super) async fn followed(store: &Postgres, f: FollowedFilter) -> Stored<Vec<Followed>> {
    let mut given = given![&f.environment, &f.number_index, &f.sender, f.from, f.until, f.limit, &f.before];
    let of = match &f.id {
        Some(id) => {
            given.extend(given![id]);
            ONE
        }
        None => PAGE,
    };
    let lines = store.lines(format!("SELECT {MESSAGE_COLUMNS}, {FOLLOWED} {of}"), given).await?;
    lines.iter().map(followed_row).collect()
}

/// After the columns of the message.
fn followed_row(line: &Line) -> Stored<Followed> {
    Ok(Followed {
        message: message_row(line)?,
        account: line.get(14)?,
        sender: line.get(15)?,
        sender_pool: line.get(16)?,
        recipient: line.get(17)?,
        content: line.get(18)?,
    })
}

pub(super) async fn unfollow(store: &Postgres, environment: &str, id: &str) -> Stored<bool> {
    let sql = "WITH gone AS (DELETE FROM followed_messages f USING messages m
                 WHERE f.message_id = $2 AND m.id = $2 AND m.environment = $1 RETURNING f.message_id)
               UPDATE messages m SET content = NULL FROM gone WHERE m.id = $2";
    Ok(store.write(sql, given![environment, id]).await? == 1)
}

const UNSEEN: &str = "SELECT 1 FROM status_callbacks WHERE NOT done AND due_at IS NULL LIMIT 1";
const SEEN: &str = "UPDATE status_callbacks SET due_at = $1::bigint +
      CASE WHEN status IN ('refused', 'undelivered') THEN $2::bigint ELSE 0 END
    WHERE id IN (SELECT c.id FROM status_callbacks c WHERE NOT c.done AND c.due_at IS NULL ORDER BY c.id
      FOR NO KEY UPDATE SKIP LOCKED)";
const DUE: &str = "SELECT c.id, c.message_id, m.environment, c.status, c.tries, f.account, f.callback
    FROM status_callbacks c JOIN followed_messages f ON f.message_id = c.message_id
    JOIN messages m ON m.id = c.message_id WHERE NOT c.done AND c.due_at <= $1 AND f.callback IS NOT NULL
      AND (c.claimed_until IS NULL OR c.claimed_until < clock_timestamp() OR c.id = ANY($3)) AND NOT EXISTS (
        SELECT 1 FROM status_callbacks e WHERE e.message_id = c.message_id AND e.id < c.id AND NOT e.done)
    ORDER BY c.id LIMIT $2";

pub(super) async fn due_callbacks(
    store: &Postgres,
    now: Timestamp,
    negative_wait_ms: u64,
    limit: u32,
) -> Stored<Vec<DueCallback>> {
    let (hands, sent) = (hands::of(store), Instant::now());
    let held = hands.callbacks.held();
    let mut flight = Flight::new();
    let unseen = flight.ask(UNSEEN, given![]);
    let mut due = flight.ask(DUE, given![now, limit, held.clone()]);
    let mut answers = store.link().await?.send(flight, Bounds::default()).await?;
    // Nobody is to be told most of the time, and then nothing is written.
    if answers.line(unseen).is_some() {
        let mut flight = Flight::new();
        flight.ask(SEEN, given![now, negative_wait_ms]);
        due = flight.ask(DUE, given![now, limit, held.clone()]);
        answers = store.begin().await?.commit(flight).await?;
    }
    let mut due = answers.lines(due).iter().map(due_row).collect::<Stored<Vec<_>>>()?;
    let free: Vec<i64> = due.iter().map(|due| due.id).filter(|id| !hands.callbacks.has(id)).collect();
    if !free.is_empty() {
        let claimed = claim(store, now, free, held).await?;
        hands.callbacks.take(claimed.keys().copied(), sent);
        due.retain_mut(|due| {
            // Another node may have told it since it was read, and may have to tell it again by now.
            due.tries = claimed.get(&due.id).copied().unwrap_or(due.tries);
            hands.callbacks.has(&due.id)
        });
    }
    Ok(due)
}

fn due_row(line: &Line) -> Stored<DueCallback> {
    Ok(DueCallback {
        id: line.get(0)?,
        message_id: line.get(1)?,
        environment: line.get(2)?,
        status: line.word(3)?,
        tries: line.get(4)?,
        account: line.get(5)?,
        callback: line.get(6)?,
    })
}

/// Those that no other node was faster to claim, each with its tries.
async fn claim(store: &Postgres, now: Timestamp, free: Vec<i64>, held: Vec<i64>) -> Stored<HashMap<i64, u32>> {
    let sql = format!(
        "UPDATE status_callbacks SET claimed_until = {CLAIM} WHERE id IN (
           SELECT c.id FROM status_callbacks c WHERE c.id = ANY($1) AND NOT c.done AND c.due_at <= $2
             AND (c.claimed_until IS NULL OR c.claimed_until < clock_timestamp() OR c.id = ANY($3))
           ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED)
         RETURNING id, tries"
    );
    let mut flight = Flight::new();
    let seat = flight.ask(sql, given![free, now, held]);
    let answers = store.begin().await?.commit(flight).await?;
    answers.lines(seat).iter().map(|line| Ok((line.get(0)?, line.get(1)?))).collect()
}

pub(super) async fn settle_callback(store: &Postgres, id: i64, again_at: Option<Timestamp>) -> Stored<()> {
    let sql = "UPDATE status_callbacks SET tries = tries + 1, done = $2::bigint IS NULL, due_at = coalesce($2, due_at),
                 claimed_until = NULL WHERE id = $1";
    store.write(sql, given![id, again_at]).await?;
    hands::of(store).callbacks.let_go(&id);
    Ok(())
}
