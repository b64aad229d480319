//! What is kept of one number.

use rusqlite::{Connection, params};

use super::log::history_of;
use super::messages::{MESSAGE_COLUMNS, message_row};
use super::otp::{failures, verifications_of_number};
use super::webhooks::events_of_number;
use super::{Sqlite, decisions};
use crate::store::{KeptOfNumber, Stored};

pub(super) async fn kept_of_number(
    store: &Sqlite,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> Stored<KeptOfNumber> {
    let (environment, number) = (environment.to_owned(), *number);
    store.read(move |c| read(c, &environment, &number, most)).await
}

fn read(c: &Connection, environment: &str, number: &[u8; 32], most: u32) -> rusqlite::Result<KeptOfNumber> {
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m WHERE environment = ?1 AND number_index = ?2
         ORDER BY created_at DESC LIMIT ?3"
    );
    let mut newest = c.prepare_cached(&sql)?;
    let messages = newest.query_map(params![environment, number, most], message_row)?;
    let messages = messages.collect::<rusqlite::Result<Vec<_>>>()?;
    let ids: Vec<String> = messages.iter().map(|message| message.id.clone()).collect();
    let mut histories = history_of(c, &ids)?;
    let with_history = |row: crate::store::MessageRow| {
        let history = histories.remove(&row.id).unwrap_or_default();
        (row, history)
    };
    Ok(KeptOfNumber {
        messages: messages.into_iter().map(with_history).collect(),
        verifications: verifications_of_number(c, environment, number, most)?,
        decisions: decisions::of_number(c, environment, number, most)?,
        events: events_of_number(c, environment, number, most)?,
        failures: failures(c, environment, number, &[])?,
    })
}
