//! Messages that were taken and not tried yet, and what is needed to go on with one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Instant;

use super::Postgres;
use super::flight::{Bounds, Flight, Seat};
use super::given::given;
use super::line::Line;
use super::messages::messages_since;
use super::webhooks::hands::{self, CLAIM};
use super::webhooks::outbox::{self, Move, OfMessage, Wanted};
use crate::clock::Timestamp;
use crate::store::{MessageStatus, QueuedMessage, Stored};

/// Given up at once.
const BATCH: u64 = 500;

const COLUMNS: &str = "m.id, m.environment, m.verification_id, m.purpose, m.locale, m.content, m.expires_at, m.source,
    m.traceparent";

fn message(line: &Line) -> Stored<QueuedMessage> {
    Ok(QueuedMessage {
        id: line.get(0)?,
        environment: line.get(1)?,
        verification_id: line.get(2)?,
        purpose: line.get(3)?,
        locale: line.get(4)?,
        content: line.get(5)?,
        expires_at: line.get(6)?,
        source: line.get(7)?,
        traceparent: line.get(8)?,
    })
}

/// Which of them nobody waits for any more: too late, the verification has ended, or the caller told what became of his
/// own code, which erased it.
const HOPELESS: &str = "(m.expires_at < $1 OR (m.verification_id IS NULL AND m.content IS NULL) OR EXISTS (
    SELECT 1 FROM verifications v WHERE v.id = m.verification_id AND v.status <> 'pending'))";

/// Which of them this node may take.
const FREE: &str = "(m.claimed_until IS NULL OR m.claimed_until < clock_timestamp() OR m.id = ANY($4))";

pub(super) async fn queued(
    store: &Postgres,
    now: Timestamp,
    too_late: Timestamp,
    made_before: Timestamp,
    limit: u32,
) -> Stored<Vec<QueuedMessage>> {
    let (hands, sent) = (hands::of(store), Instant::now());
    let held = hands.messages.held();
    let waiting = format!(
        "SELECT {COLUMNS} FROM messages m WHERE m.status = 'queued' AND m.created_at < $2 AND {FREE} AND NOT {HOPELESS}
         ORDER BY m.created_at, m.id LIMIT $3"
    );
    let given_up = format!("SELECT 1 FROM messages m WHERE m.status = 'queued' AND {HOPELESS} LIMIT 1");
    let mut flight = Flight::new();
    let waiting = flight.ask(waiting, given![too_late, made_before, limit, held.clone()]);
    let given_up = flight.ask(given_up, given![too_late]);
    let answers = store.link().await?.send(flight, Bounds::default()).await?;
    if answers.line(given_up).is_some() {
        while give_up(store, too_late, now).await? == BATCH {}
    }
    let mut all = answers.lines(waiting).iter().map(message).collect::<Stored<Vec<_>>>()?;
    let free: Vec<String> = all.iter().map(|m| m.id.clone()).filter(|id| !hands.messages.has(id)).collect();
    if !free.is_empty() {
        hands.messages.take(claim(store, too_late, made_before, free, held).await?, sent);
        all.retain(|message| hands.messages.has(&message.id));
    }
    Ok(all)
}

/// Those that no other node was faster to claim.
async fn claim(
    store: &Postgres,
    too_late: Timestamp,
    made_before: Timestamp,
    free: Vec<String>,
    held: Vec<String>,
) -> Stored<HashSet<String>> {
    let sql = format!(
        "UPDATE messages SET claimed_until = {CLAIM} WHERE id = ANY($3) AND id IN (
           SELECT m.id FROM messages m WHERE m.id = ANY($3) AND m.status = 'queued' AND m.created_at < $2 AND {FREE}
             AND NOT {HOPELESS} ORDER BY m.id FOR UPDATE OF m SKIP LOCKED)
         RETURNING id"
    );
    let mut flight = Flight::new();
    let seat = flight.ask(sql, given![too_late, made_before, free, held]);
    let answers = store.begin().await?.commit(flight).await?;
    answers.lines(seat).iter().map(|line| line.get(0)).collect()
}

/// Give some up; answers how many. What another node has locked it gives up itself, or begins to send.
async fn give_up(store: &Postgres, too_late: Timestamp, now: Timestamp) -> Stored<u64> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    let sql = format!(
        "SELECT m.id, m.environment, m.verification_id FROM messages m WHERE m.status = 'queued' AND {HOPELESS}
         ORDER BY m.id LIMIT $2 FOR UPDATE OF m SKIP LOCKED"
    );
    let seat = flight.ask(sql, given![too_late, BATCH]);
    let answers = work.send(flight).await?;
    let row = |line: &Line| Ok((line.get(0)?, line.get(1)?, line.get(2)?));
    let given_up = answers.lines(seat).iter().map(row).collect::<Stored<Vec<(String, String, Option<String>)>>>()?;
    if given_up.is_empty() {
        return Ok(0);
    }
    let mut flight = Flight::new();
    let of: Vec<_> = given_up.iter().map(|(id, ..)| outbox::ask_moved(&mut flight, id, None)).collect();
    let environments: BTreeSet<&String> = given_up.iter().map(|(_, environment, _)| environment).collect();
    let wanted = environments.into_iter().map(|environment| (environment, outbox::ask(&mut flight, environment)));
    let wanted: BTreeMap<&String, Seat> = wanted.collect();
    let answers = work.send(flight).await?;

    let mut flight = Flight::new();
    refuse(&mut flight, &given_up);
    for ((id, environment, _), of) in given_up.iter().zip(of) {
        let (Some(of), Some(wanted)) = (OfMessage::read(&answers, of)?, wanted.get(environment)) else { continue };
        let (from, to, at) = (MessageStatus::Queued, MessageStatus::Refused, now);
        let wanted = Wanted::read(&answers, *wanted)?;
        outbox::moved(&mut flight, &wanted, Move { environment, message: id, from, to, at }, of)?;
    }
    work.commit(flight).await?;
    Ok(u64::try_from(given_up.len()).unwrap_or(BATCH))
}

/// The verification shows it, where it shows that it waits.
fn refuse(flight: &mut Flight, given_up: &[(String, String, Option<String>)]) {
    let ids: Vec<String> = given_up.iter().map(|(id, ..)| id.clone()).collect();
    let sql = "UPDATE messages SET status = 'refused', content = NULL, claimed_until = NULL WHERE id = ANY($1)";
    flight.ask(sql, given![ids]);
    let verifications: Vec<String> = given_up.iter().filter_map(|(_, _, verification)| verification.clone()).collect();
    let sql = "UPDATE verifications SET delivery = jsonb_set(delivery::jsonb, '{status}', '\"refused\"')::text
               WHERE id = ANY($1) AND id IN (
                 SELECT v.id FROM verifications v WHERE v.id = ANY($1) AND v.delivery::jsonb ->> 'status' = 'queued'
                 ORDER BY v.id FOR UPDATE)";
    flight.ask(sql, given![verifications]);
}

pub(super) async fn sealed_message(store: &Postgres, environment: &str, id: &str) -> Stored<Option<QueuedMessage>> {
    let sql = format!("SELECT {COLUMNS} FROM messages m WHERE m.environment = $1 AND m.id = $2 AND m.used IS NULL");
    store.line(sql, given![environment, id]).await?.as_ref().map(message).transpose()
}

pub(super) async fn asked(store: &Postgres, verification_id: Option<&str>, message_id: &str) -> Stored<Vec<String>> {
    let sql = "SELECT connector FROM attempts WHERE message_id = $2 UNION
               SELECT a.connector FROM messages m JOIN attempts a ON a.message_id = m.id
               WHERE m.verification_id = $1 AND m.id >= $3 AND a.message_id >= $3 ORDER BY 1";
    let since = verification_id.map(|id| messages_since(id, 0)).unwrap_or_default();
    store.lines(sql, given![verification_id, message_id, since]).await?.iter().map(|line| line.get(0)).collect()
}
