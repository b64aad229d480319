//! What the guard decided: noted in the transaction of the send, listed, summed.

use rusqlite::types::Value as Column;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::{Sqlite, at, guard, json, ms, text};
use crate::clock::Timestamp;
use crate::store::{DecidedRow, DecisionFilter, DecisionRow, GuardRow, NewDecision, NewMessage, Stored};

/// Note what the guard decided. `sent` is whether the message goes out.
pub(super) fn note(c: &Connection, m: &NewMessage, decision: &NewDecision, sent: bool) -> rusqlite::Result<()> {
    let sql = "INSERT INTO guard_decisions (id, environment, at, outcome, message_id, number_index, to_masked, country,
                 purpose, source, cost_micros, fired) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    c.prepare_cached(sql)?
        .execute(params![
            decision.id,
            m.environment,
            ms(m.created_at),
            decision.outcome,
            sent.then_some(&m.id),
            m.number_index,
            m.to_masked,
            m.country,
            m.purpose,
            m.source,
            decision.cost_micros,
            text(&decision.fired)
        ])
        .map(|_| ())
}

const DECISION: &str = "SELECT id, at, outcome, message_id, to_masked, country, purpose, source, cost_micros, fired
    FROM guard_decisions";

/// Those of one number, newest first.
pub(super) fn of_number(
    c: &Connection,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> rusqlite::Result<Vec<DecisionRow>> {
    let sql = format!("{DECISION} WHERE environment = ?1 AND number_index = ?2 ORDER BY id DESC LIMIT ?3");
    c.prepare_cached(&sql)?.query_map(params![environment, number, most], decision)?.collect()
}

pub(super) async fn decisions(store: &Sqlite, filter: DecisionFilter) -> Stored<Vec<DecisionRow>> {
    store
        .read(move |c| {
            let (sql, values) = select(&filter);
            c.prepare_cached(&sql)?.query_map(params_from_iter(values), decision)?.collect()
        })
        .await
}

/// Newest first. Conditions are written out only where they are asked for, so that each finds its index.
fn select(filter: &DecisionFilter) -> (String, Vec<Column>) {
    let mut sql = format!("{DECISION} WHERE environment = ?");
    let mut values = vec![Column::Text(filter.environment.clone())];
    for (condition, value) in [(" AND outcome = ?", &filter.outcome), (" AND id < ?", &filter.before)] {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(Column::Text(value.clone()));
        }
    }
    sql.push_str(" ORDER BY id DESC LIMIT ?");
    values.push(Column::Integer(filter.limit.into()));
    (sql, values)
}

fn decision(row: &Row<'_>) -> rusqlite::Result<DecisionRow> {
    Ok(DecisionRow {
        id: row.get(0)?,
        at: at(row.get(1)?),
        outcome: row.get(2)?,
        message_id: row.get(3)?,
        to_masked: row.get(4)?,
        country: row.get(5)?,
        purpose: row.get(6)?,
        source: row.get(7)?,
        cost_micros: row.get(8)?,
        fired: json(row.get(9)?)?,
    })
}

pub(super) async fn guard_row(
    store: &Sqlite,
    environment: &str,
    now: Timestamp,
    since: Timestamp,
    most: u32,
) -> Stored<GuardRow> {
    let environment = environment.to_owned();
    store
        .read(move |c| {
            let today = guard::day(c, &environment, now)?;
            let decided = decided(c, &environment, since, most)?;
            let all = decided.iter().filter(|row| row.rule.is_none()).map(|row| row.messages).sum::<u64>();
            Ok(GuardRow { today, decided, more: all >= u64::from(most) })
        })
        .await
}

/// The newest decisions, by outcome and by outcome and rule: several rules may fire for one message.
fn decided(c: &Connection, environment: &str, since: Timestamp, most: u32) -> rusqlite::Result<Vec<DecidedRow>> {
    let sql = "WITH lately AS MATERIALIZED (SELECT outcome, cost_micros, fired FROM guard_decisions
                 WHERE at >= ?2 AND environment = ?1 ORDER BY at DESC LIMIT ?3)
               SELECT outcome, NULL, count(*), sum(cost_micros) FROM lately GROUP BY outcome
               UNION ALL
               SELECT outcome, json_extract(f.value, '$.rule') AS rule, count(*), sum(cost_micros)
                 FROM lately, json_each(lately.fired) f GROUP BY outcome, rule
               ORDER BY 1, 3 DESC";
    let row = |row: &Row<'_>| {
        let (outcome, rule) = (row.get(0)?, row.get(1)?);
        Ok(DecidedRow { outcome, rule, messages: row.get(2)?, cost_micros: row.get(3)? })
    };
    c.prepare_cached(sql)?.query_map(params![environment, ms(since), most], row)?.collect()
}
