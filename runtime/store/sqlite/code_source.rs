//! Whose code a verification has: read from the attempts that may have arrived, so that nothing can contradict them.

use rusqlite::Connection;

use super::Sqlite;
use crate::store::{BoundCode, CodeSource, Stored};

pub(super) async fn code_source(store: &Sqlite, verification_id: &str) -> Stored<CodeSource> {
    let id = verification_id.to_owned();
    store.read(move |c| source(c, &id)).await
}

/// What certainly did not arrive binds nobody. Of several starts by one provider the newest id counts that it gave.
fn source(c: &Connection, verification: &str) -> rusqlite::Result<CodeSource> {
    let sql = "SELECT a.connector, a.revision, a.reference, json_extract(a.provider_ids, '$[0]'), a.code_by_provider
               FROM messages m JOIN attempts a ON a.message_id = m.id
               WHERE m.verification_id = ?1 AND a.status NOT IN ('refused', 'undelivered')
               ORDER BY m.id DESC, a.number DESC";
    let mut found = c.prepare_cached(sql)?;
    let mut rows = found.query([verification])?;
    let (mut bound, mut given): (Option<BoundCode>, bool) = (None, false);
    while let Some(row) = rows.next()? {
        if !row.get::<_, bool>(4)? {
            given = true;
            continue;
        }
        let (connector, provider_id): (String, Option<String>) = (row.get(0)?, row.get(3)?);
        let of_same = bound.as_ref().is_none_or(|bound| bound.connector == connector && bound.provider_id.is_none());
        if of_same && (bound.is_none() || provider_id.is_some()) {
            bound = Some(BoundCode { connector, revision: row.get(1)?, reference: row.get(2)?, provider_id });
        }
    }
    Ok(match bound {
        Some(bound) => CodeSource::Provider(bound),
        None if given => CodeSource::Given,
        None => CodeSource::Open,
    })
}
