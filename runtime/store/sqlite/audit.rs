//! The audit log. Append-only: triggers refuse everything else (`migrations/013_audit.sql`).

use rusqlite::types::Value as Column;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::{Sqlite, at, json, ms, text, unword, word};
use crate::actor::{Actor, ActorKind};
use crate::store::{AuditFilter, AuditRow, Stored};

pub(super) fn insert(c: &Connection, row: &AuditRow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO audit (id, at, actor_kind, actor, actor_name, action, environment, target, detail, outcome)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let AuditRow { id, actor, action, environment, target, outcome, .. } = row;
    let (kind, time, detail) = (word(&actor.kind), ms(row.at), text(&row.detail));
    c.prepare_cached(sql)?
        .execute(params![id, time, kind, actor.id, actor.name, action, environment, target, detail, outcome])
        .map(|_| ())
}

pub(super) async fn note(store: &Sqlite, row: AuditRow) -> Stored<()> {
    store.write(move |c| insert(c, &row)).await
}

fn row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    let id: String = row.get(3)?;
    // Earlier versions noted the id of a key, and the environment among the details.
    let kind = row.get::<_, Option<String>>(2)?.map(unword).transpose()?.unwrap_or(ActorKind::Key);
    let name = row.get::<_, Option<String>>(4)?.unwrap_or_else(|| id.clone());
    Ok(AuditRow {
        id: row.get(0)?,
        at: at(row.get(1)?),
        actor: Actor { kind, id, name },
        action: row.get(5)?,
        environment: row.get(6)?,
        target: row.get(7)?,
        detail: json(row.get(8)?)?,
        outcome: row.get::<_, Option<String>>(9)?.unwrap_or_else(|| "done".to_owned()),
    })
}

/// Conditions are written out only where they are asked for, so that each finds its index.
fn select(filter: &AuditFilter) -> (String, Vec<Column>) {
    let (mut conditions, mut values) = (String::new(), Vec::new());
    let mut and = |condition: &str, value: Column| {
        conditions.push_str(if values.is_empty() { " WHERE " } else { " AND " });
        conditions.push_str(condition);
        values.push(value);
    };
    for (condition, value) in
        [("actor = ?", &filter.actor), ("environment = ?", &filter.environment), ("target = ?", &filter.target)]
    {
        if let Some(value) = value {
            and(condition, value.clone().into());
        }
    }
    match filter.action.as_deref().map(|action| (action, action.strip_suffix(".*"))) {
        // `.` and what follows it: `/` is the next character.
        Some((_, Some(kind))) => {
            and("action >= ?", format!("{kind}.").into());
            and("action < ?", format!("{kind}/").into());
        }
        Some((action, None)) => and("action = ?", action.to_owned().into()),
        None => {}
    }
    if let Some(from) = filter.from {
        and("at >= ?", ms(from).into());
    }
    if let Some(to) = filter.to {
        and("at < ?", ms(to).into());
    }
    if let Some((time, id)) = &filter.after {
        and("(at, id) < (?", ms(*time).into());
        conditions.push_str(", ?)");
        values.push(id.clone().into());
    }
    values.push(i64::from(filter.limit).into());
    let columns = "id, at, actor_kind, actor, actor_name, action, environment, target, detail, outcome";
    (format!("SELECT {columns} FROM audit{conditions} ORDER BY at DESC, id DESC LIMIT ?"), values)
}

pub(super) async fn audit(store: &Sqlite, filter: AuditFilter) -> Stored<Vec<AuditRow>> {
    let (sql, values) = select(&filter);
    store.read(move |c| c.prepare_cached(&sql)?.query_map(params_from_iter(values), row)?.collect()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn entry(n: u64, action: &str) -> AuditRow {
        AuditRow {
            id: format!("aud_{n}"),
            at: Timestamp::from_millis(1000 + n / 2),
            actor: Actor::host("watch"),
            action: action.to_owned(),
            environment: Some("development".to_owned()),
            target: None,
            detail: serde_json::json!({"revision": n}),
            outcome: "done".to_owned(),
        }
    }

    #[tokio::test]
    async fn an_entry_is_neither_changed_nor_replaced_nor_deleted_before_its_time() {
        let dir = tempfile::tempdir().unwrap();
        let store = Sqlite::open(dir.path()).unwrap();
        note(&store, entry(0, "key.create")).await.unwrap();
        for sql in [
            "UPDATE audit SET actor = 'x'",
            "INSERT OR REPLACE INTO audit (id, at, actor, action, detail) VALUES ('aud_0', 1, '', '', '{}')",
        ] {
            let refused = store.write(move |c| c.execute(sql, [])).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        store.write(|c| c.execute("DELETE FROM audit", [])).await.unwrap();
        let filter = AuditFilter { limit: 9, ..AuditFilter::default() };
        assert_eq!(audit(&store, filter).await.unwrap(), [entry(0, "key.create")]);
    }
}
