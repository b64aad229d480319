//! Promotion: one transaction. A fault anywhere in it undoes all of it, as for every job of the writer.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Sqlite;
use super::channels::write_channel;
use super::connectors::save;
use super::keys::write_setting;
use crate::store::{NewPromotion, Occasion, Saved, Stored, Why};

pub(super) async fn promote(store: &Sqlite, promotion: NewPromotion) -> Stored<Option<Vec<u64>>> {
    store.write(move |c| write(c, promotion)).await
}

fn write(c: &Connection, promotion: NewPromotion) -> rusqlite::Result<Option<Vec<u64>>> {
    let environment = promotion.environment;
    let by = Occasion { at: promotion.now, by: promotion.by, why: Why::Promote };
    // Looked at before anything is written, since an answer is no fault and would undo nothing.
    for document in &promotion.documents {
        if version(c, &environment, document.kind)? != document.seen {
            return Ok(None);
        }
    }
    let mut numbers = Vec::new();
    for revision in promotion.revisions {
        match save(c, revision, Why::Promote)? {
            Saved::Revision { number, .. } => numbers.push(number),
            // Only what names a revision that it saw can be stale, and these don't.
            Saved::Stale { .. } | Saved::Missing => return Err(rusqlite::Error::QueryReturnedNoRows),
        }
    }
    // After the revisions: the first one of an environment makes itself active.
    if let Some(channel) = promotion.channel {
        write_channel(c, &environment, "sms", &channel, &by)?;
    }
    for document in promotion.documents {
        write_setting(c, &environment, document.kind, &document.document)?;
    }
    Ok(Some(numbers))
}

fn version(c: &Connection, environment: &str, kind: &str) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT version FROM settings WHERE environment = ?1 AND kind = ?2";
    c.prepare_cached(sql)?.query_row(params![environment, kind], |row| row.get(0)).optional()
}
