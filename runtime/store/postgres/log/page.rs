//! A page of the log. PostgreSQL knows its statistics and chooses the index that leads to a page; what it is asked is written
//! so that each index can lead: one bound on each side, and the order of that index.
//!
//! What is asked of a connector is read in the order of its calls, by the ids of their messages, which sort by time too.

use std::time::Duration;

use super::super::asking::Asking;
use super::super::*;
use super::{MESSAGE_COLUMNS, message_row};
use crate::clock::Timestamp;
use crate::store::{MessageFilter, MessageRow, Start};

/// Messages so far apart have ids in the order of their times, however many were made on however many nodes, whose clocks
/// may differ.
const AT_ONCE: Duration = Duration::from_secs(360);

pub(in super::super) async fn messages(store: &Postgres, f: MessageFilter) -> Stored<Vec<MessageRow>> {
    let Asking { sql, given } = select(&f);
    let mut found = store.lines(sql, given).await?.iter().map(message_row).collect::<Stored<Vec<_>>>()?;
    if matches!(f.start, Start::After(_)) {
        found.reverse();
    }
    Ok(found)
}

/// A verification has few messages, so these lead also where a connector is asked for.
fn select(f: &MessageFilter) -> Asking {
    let order = if matches!(f.start, Start::After(_)) { "ASC" } else { "DESC" };
    let connector = f.connector.as_ref();
    match connector.filter(|_| f.verification_id.is_none()) {
        Some(connector) => {
            let from = "attempts a JOIN messages m ON m.id = a.message_id";
            let mut asking = of_log(f, from);
            of_connectors_calls(&mut asking, f, connector);
            asking.add(&format!(" ORDER BY a.message_id {order} LIMIT ?"), given![f.limit]);
            asking
        }
        None => {
            let mut asking = of_log(f, "messages m");
            if let Some(connector) = connector {
                let asked = "EXISTS (SELECT 1 FROM attempts a WHERE a.message_id = m.id AND a.connector = ?)";
                asking.and(asked, given![connector]);
            }
            between(&mut asking, f);
            asking.add(&format!(" ORDER BY m.created_at {order}, m.id {order} LIMIT ?"), given![f.limit]);
            asking
        }
    }
}

fn of_log(f: &MessageFilter, from: &str) -> Asking {
    let sql = format!("SELECT {MESSAGE_COLUMNS} FROM {from} WHERE m.environment = $1");
    let mut asking = Asking::new(sql, given![&f.environment]);
    for (condition, value) in [
        ("m.verification_id = ?", &f.verification_id),
        ("m.country = ?", &f.country),
        ("m.purpose = ?", &f.purpose),
        ("m.source = ?", &f.source),
    ] {
        if let Some(value) = value {
            asking.and(condition, given![value]);
        }
    }
    if !f.statuses.is_empty() {
        asking.and("m.status = ANY (?)", given![f.statuses.iter().map(word).collect::<Vec<_>>()]);
    }
    asking
}

/// Each message once, at the connector's first call for it.
fn of_connectors_calls(asking: &mut Asking, f: &MessageFilter, connector: &str) {
    asking.and("a.connector = ?", given![connector]);
    asking.and(
        "NOT EXISTS (SELECT 1 FROM attempts e WHERE e.message_id = a.message_id AND e.connector = a.connector
         AND e.number < a.number)",
        given![],
    );
    match &f.start {
        Start::Newest => {}
        Start::Before(place) => asking.and("a.message_id < ?", given![&place.id]),
        Start::After(place) => asking.and("a.message_id > ?", given![&place.id]),
    }
    between_ids(asking, f);
}

/// The span, by the ids of messages at its ends: they sort by time, but for those that were made at once. Where a page
/// begins at a place within the span, that is the one bound on its side. A bound spares all partitions beyond it.
fn between_ids(asking: &mut Asking, f: &MessageFilter) {
    let first_since = |at: Timestamp| given![&f.environment, at];
    let first = "SELECT id FROM messages WHERE environment = ? AND created_at >= ? ORDER BY created_at, id LIMIT 1";
    if let Some(from) = f.from {
        if !matches!(f.start, Start::After(_)) {
            asking.and(&format!("a.message_id >= ({first})"), first_since(from.minus(AT_ONCE)));
        }
        asking.and("m.created_at >= ?", given![from]);
    }
    if let Some(to) = f.to {
        if !matches!(f.start, Start::Before(_)) {
            asking.and(&format!("a.message_id < coalesce(({first}), '~')"), first_since(to.plus(AT_ONCE)));
        }
        asking.and("m.created_at < ?", given![to]);
    }
}

/// One bound on each side.
fn between(asking: &mut Asking, f: &MessageFilter) {
    match (&f.start, f.to) {
        (Start::Before(place), to) if to.is_none_or(|to| place.at < to) => {
            asking.and("(m.created_at, m.id) < (?, ?)", given![place.at, &place.id]);
        }
        (_, Some(to)) => asking.and("m.created_at < ?", given![to]),
        _ => {}
    }
    match (&f.start, f.from) {
        (Start::After(place), from) if from.is_none_or(|from| place.at >= from) => {
            asking.and("(m.created_at, m.id) > (?, ?)", given![place.at, &place.id]);
        }
        (_, Some(from)) => asking.and("m.created_at >= ?", given![from]),
        _ => {}
    }
}
