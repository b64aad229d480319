//! Reviewer numbers: few, each with a count of its uses.

use super::keys::under;
use super::locking::Lock;
use super::{Line, Postgres, given};
use crate::clock::Timestamp;
use crate::store::{ReviewerRow, Stored};

pub(super) async fn put_reviewer(store: &Postgres, r: ReviewerRow, living_max: u32, now: Timestamp) -> Stored<bool> {
    let sql = "INSERT INTO reviewer_numbers (environment, number_index, to_masked, code, ends_at, note, created_at)
               SELECT $1::text, $2::bytea, $3::text, $4::bytea, $5::bigint, $6::text, $7::bigint
               WHERE (SELECT count(*) FROM reviewer_numbers
                      WHERE environment = $1 AND number_index <> $2 AND ends_at > $8) < $9
               ON CONFLICT (environment, number_index)
               DO UPDATE SET code = excluded.code, ends_at = excluded.ends_at, note = excluded.note";
    let given = given![
        &r.environment,
        r.number_index,
        &r.to_masked,
        &r.code,
        r.ends_at,
        &r.note,
        r.created_at,
        now,
        living_max
    ];
    let (answers, seat) = under(store, Lock::Setup(&r.environment), sql, given).await?;
    Ok(answers.written(seat) == 1)
}

pub(super) async fn reviewers(store: &Postgres, environment: &str) -> Stored<Vec<ReviewerRow>> {
    let sql = "SELECT environment, number_index, to_masked, code, ends_at, note, created_at, uses, last_used
               FROM reviewer_numbers WHERE environment = $1 ORDER BY created_at, number_index";
    let reviewer = |line: &Line| {
        Ok(ReviewerRow {
            environment: line.get(0)?,
            number_index: line.get(1)?,
            to_masked: line.get(2)?,
            code: line.get(3)?,
            ends_at: line.get(4)?,
            note: line.get(5)?,
            created_at: line.get(6)?,
            uses: line.get(7)?,
            last_used: line.get(8)?,
        })
    };
    store.lines(sql, given![environment]).await?.iter().map(reviewer).collect()
}

pub(super) async fn delete_reviewer(store: &Postgres, environment: &str, number_index: &[u8; 32]) -> Stored<bool> {
    let sql = "DELETE FROM reviewer_numbers WHERE environment = $1 AND number_index = $2";
    Ok(store.write(sql, given![environment, number_index]).await? == 1)
}
