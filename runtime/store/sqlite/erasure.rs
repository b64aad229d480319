//! Erasing a number. What limits count stays for a while, as a keyed index alone: erasing must not be a way round them.

use rusqlite::{Connection, params};
use serde_json::json;

use super::messages::HOUR_MS;
use super::{Sqlite, audit, ms};
use crate::audit::action;
use crate::store::{AuditRow, Erased, NewErasure, Stored};

/// Messages of the number `?1` in the environment `?2`, or in every one.
macro_rules! of_number {
    ($what:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM environments e CROSS JOIN messages m ON m.environment = e.name AND m.number_index = ?1
             WHERE ?2 IS NULL OR e.name = ?2"
        )
    };
}

pub(super) async fn erase_number(store: &Sqlite, erasure: NewErasure) -> Stored<Erased> {
    store.write(move |c| erase(c, &erasure)).await
}

fn erase(c: &Connection, new: &NewErasure) -> rusqlite::Result<Erased> {
    let number = params![new.number_index, new.environment];
    let count = |sql: &str| c.query_row(sql, number, |row| row.get::<_, usize>(0));
    let of_messages =
        |table: &str| format!("SELECT count(*) FROM {table} WHERE message_id IN ({})", of_number!("m.id"));
    let (attempts, reports) = (count(&of_messages("attempts"))?, count(&of_messages("reports"))?);
    let lately = concat!(
        "INSERT INTO erased_sends (environment, number_index, client_index, created_at)
         SELECT environment, number_index, client_index, created_at FROM messages
         WHERE created_at > ?3 AND status <> 'refused' AND id IN (",
        of_number!("m.id"),
        ")"
    );
    c.execute(lately, params![new.number_index, new.environment, ms(new.now) - HOUR_MS])?;
    // A verification has a message as long as it is kept itself, and messages are found by their number.
    let verifications =
        c.execute(concat!("DELETE FROM verifications WHERE id IN (", of_number!("m.verification_id"), ")"), number)?;
    let messages = c.execute(concat!("DELETE FROM messages WHERE id IN (", of_number!("m.id"), ")"), number)?;
    c.execute(
        "DELETE FROM guard_decisions WHERE number_index = ?1
         AND environment IN (SELECT name FROM environments WHERE ?2 IS NULL OR name = ?2)",
        number,
    )?;
    let events = c.execute(
        "DELETE FROM webhook_events WHERE number_index = ?1
         AND environment IN (SELECT name FROM environments WHERE ?2 IS NULL OR name = ?2)",
        number,
    )?;
    c.execute(
        "DELETE FROM guard_traffic WHERE number_index = ?1
         AND environment IN (SELECT name FROM environments WHERE ?2 IS NULL OR name = ?2)",
        number,
    )?;
    // Its block, its area and its country go on counting: erasing a number is no way round them.
    c.execute(
        "DELETE FROM guard_counts WHERE scope = 'number' AND key = lower(hex(?1))
         AND environment IN (SELECT name FROM environments WHERE ?2 IS NULL OR name = ?2)",
        number,
    )?;
    let forget = "UPDATE number_failures SET forget_at = max(?3, coalesce(blocked_until, 0))
                  WHERE number_index = ?1 AND environment IN (SELECT name FROM environments WHERE ?2 IS NULL OR name = ?2)";
    let counters = c.execute(forget, params![new.number_index, new.environment, ms(new.forget_at)])?;
    let erased = Erased { verifications, messages, attempts, reports, events, counters };
    note(c, new, &erased)?;
    Ok(erased)
}

fn note(c: &Connection, new: &NewErasure, erased: &Erased) -> rusqlite::Result<()> {
    let detail = json!({
        "environment": new.environment, "verifications": erased.verifications, "messages": erased.messages,
        "attempts": erased.attempts, "reports": erased.reports, "events": erased.events, "counters": erased.counters,
    });
    let entry = AuditRow {
        id: new.id.clone(),
        at: new.now,
        actor: new.actor.clone(),
        action: action::ERASURE.to_owned(),
        environment: new.environment.clone(),
        target: None,
        detail,
        outcome: "done".to_owned(),
    };
    audit::insert(c, &entry)
}

/// Whether sqlite's planner finds the messages of a number by their index is worth a test: a scan would hold the writer.
#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_of_a_number_are_found_by_index() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(dir.path()).unwrap();
        let plan = |c: &Connection| {
            let sql = concat!("EXPLAIN QUERY PLAN DELETE FROM messages WHERE id IN (", of_number!("m.id"), ")");
            let mut plan = c.prepare(sql)?;
            let lines = plan.query_map(params![[0u8; 32], None::<String>], |row| row.get::<_, String>(3))?;
            lines.collect::<rusqlite::Result<Vec<_>>>()
        };
        let lines = store.read(plan).await.unwrap().join("\n");
        assert!(lines.contains("messages_by_number (environment=? AND number_index=?)"), "{lines}");
        assert!(!lines.contains("SCAN m"), "{lines}");
    }
}
