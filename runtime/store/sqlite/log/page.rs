//! A page of the log. Nobody gathers statistics for SQLite here, so we choose the index that leads to a page, and keep
//! the others out of it (a `+` before a column does that): the page then costs as much in a log of a million messages
//! as in one of a thousand.

use std::cmp::Reverse;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::messages::{MESSAGE_COLUMNS, message_row};
use super::super::{ms, word};
use crate::clock::Timestamp;
use crate::store::{Cursor, MessageFilter, MessageRow, MessageStatus, Start};

/// The index that leads to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    Verification,
    Status,
    /// Of a connector's calls, by the messages' ids, which sort by time too.
    Connector,
    Country,
    Purpose,
    Source,
    Time,
}

/// What is narrowest leads, by what logs are like: nearly everything is accepted or delivered, so these say little.
fn lead(f: &MessageFilter) -> Lead {
    let is_common = |status: &MessageStatus| matches!(status, MessageStatus::Accepted | MessageStatus::Delivered);
    if f.verification_id.is_some() {
        Lead::Verification
    } else if !f.statuses.is_empty() && !f.statuses.iter().any(is_common) {
        Lead::Status
    } else if f.connector.is_some() {
        Lead::Connector
    } else if f.country.is_some() {
        Lead::Country
    } else if f.purpose.is_some() {
        Lead::Purpose
    } else if f.source.is_some() && f.statuses.is_empty() {
        Lead::Source
    } else if !f.statuses.is_empty() {
        Lead::Status
    } else {
        Lead::Time
    }
}

/// Messages so far apart have ids in the order of their times, however many were made by how many threads.
const AT_ONCE: Duration = Duration::from_secs(60);

/// A statement while it is written, with what it is given.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) given: Vec<Value>,
}

impl Statement {
    /// One condition more; each `?` in it is the next of `values`.
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.given.extend(values);
    }

    fn and_text(&mut self, is_lead: bool, column: &str, value: Option<&String>) {
        if let Some(value) = value {
            let keep_out = if is_lead { "" } else { "+" };
            self.and(&format!("{keep_out}m.{column} = ?"), [Value::Text(value.clone())]);
        }
    }
}

pub(super) fn read(c: &Connection, f: &MessageFilter) -> rusqlite::Result<Vec<MessageRow>> {
    let mut found: Vec<MessageRow> = Vec::new();
    for Statement { sql, given } in statements(f) {
        let mut statement = c.prepare_cached(&sql)?;
        for row in statement.query_map(params_from_iter(given), message_row)? {
            found.push(row?);
        }
    }
    let is_upwards = matches!(f.start, Start::After(_));
    // Of several statements' rows those are the page that lie nearest to its start.
    if f.statuses.len() > 1 {
        found.sort_by(|a, b| place(a).cmp(&place(b)));
        if !is_upwards {
            found.reverse();
        }
        found.truncate(f.limit as usize);
    }
    if is_upwards {
        found.reverse();
    }
    Ok(found)
}

fn place(row: &MessageRow) -> (Timestamp, &str) {
    (row.created_at, &row.id)
}

/// One for each status where these lead: each of them is read in order, and no further than a page.
pub(super) fn statements(f: &MessageFilter) -> Vec<Statement> {
    let lead = lead(f);
    if lead == Lead::Status {
        let mut statuses = f.statuses.clone();
        statuses.sort_by_key(|status| Reverse(word(status)));
        statuses.dedup();
        return statuses.into_iter().map(|status| statement(f, lead, &[status])).collect();
    }
    vec![statement(f, lead, &f.statuses)]
}

fn statement(f: &MessageFilter, lead: Lead, statuses: &[MessageStatus]) -> Statement {
    let from = match lead {
        Lead::Connector => "attempts a CROSS JOIN messages m ON m.id = a.message_id",
        _ => "messages m",
    };
    let keep_out = if matches!(lead, Lead::Connector | Lead::Verification) { "+" } else { "" };
    let mut s = Statement {
        sql: format!("SELECT {MESSAGE_COLUMNS} FROM {from} WHERE {keep_out}m.environment = ?"),
        given: vec![Value::Text(f.environment.clone())],
    };
    s.and_text(lead == Lead::Verification, "verification_id", f.verification_id.as_ref());
    s.and_text(lead == Lead::Country, "country", f.country.as_ref());
    s.and_text(lead == Lead::Purpose, "purpose", f.purpose.as_ref());
    s.and_text(lead == Lead::Source, "source", f.source.as_ref());
    of_statuses(&mut s, lead, statuses);
    let order = if matches!(f.start, Start::After(_)) { "ASC" } else { "DESC" };
    if lead == Lead::Connector {
        of_connectors_calls(&mut s, f);
        s.sql.push_str(&format!(" ORDER BY a.message_id {order} LIMIT ?"));
    } else {
        if let Some(connector) = &f.connector {
            let asked = "EXISTS (SELECT 1 FROM attempts a WHERE a.message_id = m.id AND +a.connector = ?)";
            s.and(asked, [Value::Text(connector.clone())]);
        }
        between(&mut s, f);
        s.sql.push_str(&format!(" ORDER BY m.created_at {order}, m.id {order} LIMIT ?"));
    }
    s.given.push(Value::Integer(f.limit.into()));
    s
}

fn of_statuses(s: &mut Statement, lead: Lead, statuses: &[MessageStatus]) {
    let words = statuses.iter().map(|status| Value::Text(word(status)));
    match statuses.len() {
        0 => {}
        1 if lead == Lead::Status => s.and("m.status = ?", words),
        count => s.and(&format!("+m.status IN ({})", vec!["?"; count].join(", ")), words),
    }
}

/// Each message once, at the connector's first call for it.
fn of_connectors_calls(s: &mut Statement, f: &MessageFilter) {
    s.and("a.connector = ?", f.connector.clone().map(Value::Text));
    s.and(
        "NOT EXISTS (SELECT 1 FROM attempts e WHERE e.message_id = a.message_id AND +e.connector = a.connector
         AND e.number < a.number)",
        [],
    );
    match &f.start {
        Start::Newest => {}
        Start::Before(place) => s.and("a.message_id < ?", [Value::Text(place.id.clone())]),
        Start::After(place) => s.and("a.message_id > ?", [Value::Text(place.id.clone())]),
    }
    between_ids(s, f);
}

/// The span, by the ids of messages at its ends: they sort by time, but for those that were made at once. Where a page
/// begins at a place within the span, that is the one bound on its side.
fn between_ids(s: &mut Statement, f: &MessageFilter) {
    let first_since = |at: Timestamp| [Value::Text(f.environment.clone()), Value::Integer(ms(at))];
    let first = "SELECT id FROM messages WHERE environment = ? AND created_at >= ? ORDER BY created_at, id LIMIT 1";
    if let Some(from) = f.from {
        if !matches!(f.start, Start::After(_)) {
            s.and(&format!("a.message_id >= ({first})"), first_since(from.minus(AT_ONCE)));
        }
        s.and("+m.created_at >= ?", [Value::Integer(ms(from))]);
    }
    if let Some(to) = f.to {
        if !matches!(f.start, Start::Before(_)) {
            s.and(&format!("a.message_id < coalesce(({first}), '~')"), first_since(to.plus(AT_ONCE)));
        }
        s.and("+m.created_at < ?", [Value::Integer(ms(to))]);
    }
}

/// One bound on each side, so that SQLite has no choice of one that is further away.
fn between(s: &mut Statement, f: &MessageFilter) {
    let beyond = |place: &Cursor| [Value::Integer(ms(place.at)), Value::Text(place.id.clone())];
    match (&f.start, f.to) {
        (Start::Before(place), to) if to.is_none_or(|to| place.at < to) => {
            s.and("(m.created_at, m.id) < (?, ?)", beyond(place));
        }
        (_, Some(to)) => s.and("m.created_at < ?", [Value::Integer(ms(to))]),
        _ => {}
    }
    match (&f.start, f.from) {
        (Start::After(place), from) if from.is_none_or(|from| place.at >= from) => {
            s.and("(m.created_at, m.id) > (?, ?)", beyond(place));
        }
        (_, Some(from)) => s.and("m.created_at >= ?", [Value::Integer(ms(from))]),
        _ => {}
    }
}
