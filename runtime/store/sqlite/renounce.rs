//! What a database keeps when its master key is lost: everything sealed goes, and is named.

use std::path::Path;

use rusqlite::{Connection, Row};

use super::snapshot::plain;
use super::{META_KEY_CHECK, META_ROOT};
use crate::store::Stored;

/// What is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renounced {
    /// Secrets to give again: environment, connector, field.
    pub secrets: Vec<[String; 3]>,
    /// Doors that others call with a key: environment, and what it is. To be made again.
    pub doors: Vec<[String; 2]>,
    /// Verifications that waited for their code.
    pub verifications: usize,
    /// Messages that waited to be sent.
    pub messages: usize,
}

const SECRETS: &str = "SELECT DISTINCT r.environment, r.connector, j.key FROM revisions r
    JOIN connectors c ON c.environment = r.environment AND c.name = r.connector, json_each(r.secret_versions) j
    WHERE NOT c.deleted AND r.number IN (c.newest, c.serving) ORDER BY 1, 2, 3";

/// Tables of them, and how they are named.
const DOORS: &[(&str, &str)] = &[
    ("hooks", "SELECT environment, 'hook `' || name || '`' FROM hooks ORDER BY 1, 2"),
    (
        "twilio_credentials",
        "SELECT environment, 'Twilio credential ' || account_sid FROM twilio_credentials ORDER BY 1, 2",
    ),
    (
        "settings",
        "SELECT environment, 'attestation, which is asked for no more' FROM settings
         WHERE kind = 'attestation' AND document <> 'null' ORDER BY 1",
    ),
    ("webhooks", "SELECT environment, 'webhook ' || id FROM webhooks ORDER BY 1, 2"),
    ("reviewer_numbers", "SELECT environment, 'reviewer number ' || to_masked FROM reviewer_numbers ORDER BY 1, 2"),
];

/// Each column that holds sealed bytes or hashes under the lost root, and what becomes of it. A verification stays
/// without its number, for whoever asks how it ended.
const GONE: &[&str] = &[
    "DELETE FROM secrets",
    "DELETE FROM idempotency",
    "DELETE FROM number_failures",
    "DELETE FROM erased_sends",
    "DELETE FROM hooks",
    "DELETE FROM reviewer_numbers",
    // Its secret is in its document.
    "DELETE FROM settings WHERE kind = 'attestation'",
    "DELETE FROM twilio_credentials",
    "DELETE FROM webhooks",
    "DELETE FROM webhook_events",
    "DELETE FROM status_callbacks",
    "UPDATE followed_messages SET recipient = NULL, callback = NULL",
    "UPDATE verifications SET recipient = x'' WHERE length(recipient) > 0",
    "UPDATE verifications SET fixed_code = NULL WHERE fixed_code IS NOT NULL",
    "UPDATE messages SET content = NULL WHERE content IS NOT NULL",
];

/// Give up what opens under the lost key only, and seal what comes under another. One transaction.
pub fn renounce(database: &Path, sealed_root: &[u8], key_check: &str) -> Stored<Renounced> {
    let mut connection = plain(database)?;
    let transaction = connection.transaction()?;
    let gone = give_up(&transaction)?;
    for (name, value) in [(META_ROOT, sealed_root), (META_KEY_CHECK, key_check.as_bytes())] {
        let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        transaction.execute(sql, (name, value))?;
    }
    transaction.commit()?;
    Ok(gone)
}

fn give_up(c: &Connection) -> rusqlite::Result<Renounced> {
    let secret = |row: &Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
    let secrets = c.prepare(SECRETS)?.query_map([], secret)?.collect::<rusqlite::Result<_>>()?;
    let doors = doors(c)?;
    let verifications = c.execute("UPDATE verifications SET status = 'canceled' WHERE status = 'pending'", [])?;
    let messages = c.execute("UPDATE messages SET status = 'refused' WHERE status = 'queued'", [])?;
    for sql in GONE {
        let table = sql.split_whitespace().nth(if sql.starts_with("DELETE") { 2 } else { 1 }).unwrap_or_default();
        if has_table(c, table)? {
            c.execute(sql, [])?;
        }
    }
    Ok(Renounced { secrets, doors, verifications, messages })
}

/// An older schema may lack one, which then holds nothing.
fn has_table(c: &Connection, table: &str) -> rusqlite::Result<bool> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)";
    c.query_row(exists, [table], |row| row.get(0))
}

fn doors(c: &Connection) -> rusqlite::Result<Vec<[String; 2]>> {
    let mut found = Vec::new();
    for (table, sql) in DOORS {
        if has_table(c, table)? {
            let rows =
                c.prepare(sql)?.query_map([], |row| Ok([row.get(0)?, row.get(1)?]))?.collect::<Result<Vec<_>, _>>()?;
            found.extend(rows);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::Sqlite;

    /// Every column of bytes, and why it is worth nothing, or nothing secret, without the master key.
    const KNOWN: &[(&str, &str)] = &[
        ("api_keys.hash", "SHA-256 of a key: needs no master key"),
        ("artifacts.wasm", "a component"),
        ("erased_sends.client_index", "goes"),
        ("erased_sends.number_index", "goes"),
        ("followed_messages.callback", "goes"),
        ("followed_messages.recipient", "goes"),
        ("guard_decisions.number_index", "leads to nobody under another root"),
        ("guard_traffic.client_index", "leads to nobody under another root"),
        ("guard_traffic.number_index", "leads to nobody under another root"),
        ("hooks.sealed", "goes"),
        ("idempotency.body", "goes"),
        ("idempotency.scope", "goes"),
        ("idempotency.sealed", "goes"),
        ("links.token", "SHA-256 of a token: needs no master key"),
        ("messages.client_index", "leads to nobody under another root"),
        ("messages.content", "goes"),
        ("messages.number_index", "leads to nobody under another root"),
        ("messages.request_index", "leads to nothing under another root"),
        ("meta.value", "the root and its check value are replaced"),
        ("number_failures.number_index", "goes"),
        ("number_failures.pair_index", "goes"),
        ("reports.digest", "a plain digest"),
        ("reviewer_numbers.code", "goes"),
        ("reviewer_numbers.number_index", "goes"),
        ("secrets.sealed", "goes"),
        ("sessions.token", "SHA-256 of a token: needs no master key"),
        ("twilio_credentials.token", "goes"),
        ("verifications.fixed_code", "goes"),
        ("verifications.number_index", "leads to nobody under another root"),
        ("verifications.pair_index", "leads to nobody under another root"),
        ("verifications.recipient", "goes"),
        ("webhook_events.number_index", "goes"),
        ("webhooks.old_secret", "goes"),
        ("webhooks.secret", "goes"),
    ];

    #[tokio::test]
    async fn whoever_adds_a_column_of_bytes_says_what_becomes_of_it_without_the_master_key() {
        let dir = tempfile::tempdir().unwrap();
        drop(Sqlite::open(dir.path()).unwrap());
        let database = rusqlite::Connection::open(dir.path().join("countersign.db")).unwrap();
        let sql = "SELECT t.name || '.' || c.name FROM pragma_table_list t, pragma_table_info(t.name) c
                   WHERE t.schema = 'main' AND t.type = 'table' AND c.type = 'BLOB' ORDER BY 1";
        let mut columns = database.prepare(sql).unwrap();
        let found: Vec<String> = columns.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let known: Vec<&str> = KNOWN.iter().map(|(column, _)| *column).collect();
        assert_eq!(found, known, "a new one belongs into GONE above if it is sealed, and in any case into this list");
    }
}
