//! Reviewer numbers: few, each with a count of its uses.

use rusqlite::{Connection, Row, params};

use super::{Sqlite, at, ms};
use crate::clock::Timestamp;
use crate::store::{ReviewerRow, Stored, Verification};

pub(super) async fn put_reviewer(
    store: &Sqlite,
    reviewer: ReviewerRow,
    living_max: u32,
    now: Timestamp,
) -> Stored<bool> {
    store.write(move |c| put(c, &reviewer, living_max, now)).await
}

fn put(c: &Connection, r: &ReviewerRow, living_max: u32, now: Timestamp) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM reviewer_numbers WHERE environment = ?1 AND number_index <> ?2 AND ends_at > ?3";
    let others: u32 =
        c.prepare_cached(sql)?.query_row(params![r.environment, r.number_index, ms(now)], |row| row.get(0))?;
    if others >= living_max {
        return Ok(false);
    }
    let sql = "INSERT INTO reviewer_numbers (environment, number_index, to_masked, code, ends_at, note, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (environment, number_index)
               DO UPDATE SET code = excluded.code, ends_at = excluded.ends_at, note = excluded.note";
    c.prepare_cached(sql)?.execute(params![
        r.environment,
        r.number_index,
        r.to_masked,
        r.code,
        ms(r.ends_at),
        r.note,
        ms(r.created_at)
    ])?;
    Ok(true)
}

pub(super) async fn reviewers(store: &Sqlite, environment: &str) -> Stored<Vec<ReviewerRow>> {
    let environment = environment.to_owned();
    let sql = "SELECT environment, number_index, to_masked, code, ends_at, note, created_at, uses, last_used
               FROM reviewer_numbers WHERE environment = ?1 ORDER BY created_at, number_index";
    let reviewer = |row: &Row<'_>| {
        Ok(ReviewerRow {
            environment: row.get(0)?,
            number_index: row.get(1)?,
            to_masked: row.get(2)?,
            code: row.get(3)?,
            ends_at: at(row.get(4)?),
            note: row.get(5)?,
            created_at: at(row.get(6)?),
            uses: row.get(7)?,
            last_used: row.get::<_, Option<i64>>(8)?.map(at),
        })
    };
    store.read(move |c| c.prepare_cached(sql)?.query_map([environment], reviewer)?.collect()).await
}

pub(super) async fn delete_reviewer(store: &Sqlite, environment: &str, number_index: &[u8; 32]) -> Stored<bool> {
    let (environment, number_index) = (environment.to_owned(), *number_index);
    let sql = "DELETE FROM reviewer_numbers WHERE environment = ?1 AND number_index = ?2";
    store.write(move |c| Ok(c.execute(sql, params![environment, number_index])? == 1)).await
}

/// A verification that was made for one is counted in the same transaction.
pub(super) fn count_use(c: &Connection, v: &Verification) -> rusqlite::Result<()> {
    if v.fixed_code.is_none() {
        return Ok(());
    }
    let sql =
        "UPDATE reviewer_numbers SET uses = uses + 1, last_used = ?3 WHERE environment = ?1 AND number_index = ?2";
    c.prepare_cached(sql)?.execute(params![v.environment, v.number_index, ms(v.created_at)]).map(|_| ())
}
