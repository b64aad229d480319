//! The audit log. Append-only: triggers refuse everything else.

use super::asking::Asking;
use super::flight::Seat;
use super::*;
use crate::actor::{Actor, ActorKind};
use crate::store::{AuditFilter, AuditRow};

/// Note it, in a transaction of something else.
pub(super) fn ask_note(flight: &mut Flight, row: &AuditRow) -> Seat {
    let sql = "INSERT INTO audit (id, at, actor_kind, actor, actor_name, action, environment, target, detail, outcome)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let AuditRow { id, at, actor, action, environment, target, detail, outcome } = row;
    let kind = word(&actor.kind);
    flight.ask(sql, given![id, at, kind, &actor.id, &actor.name, action, environment, target, detail, outcome])
}

pub(super) async fn note(store: &Postgres, row: AuditRow) -> Stored<()> {
    let mut flight = Flight::new();
    ask_note(&mut flight, &row);
    store.begin().await?.commit(flight).await.map(|_| ())
}

fn row(line: &Line) -> Stored<AuditRow> {
    let id: String = line.get(3)?;
    let kind = line.word_if_any(2)?.unwrap_or(ActorKind::Key);
    let name = line.get::<Option<String>>(4)?.unwrap_or_else(|| id.clone());
    Ok(AuditRow {
        id: line.get(0)?,
        at: line.get(1)?,
        actor: Actor { kind, id, name },
        action: line.get(5)?,
        environment: line.get(6)?,
        target: line.get(7)?,
        detail: line.json(8)?,
        outcome: line.get::<Option<String>>(9)?.unwrap_or_else(|| "done".to_owned()),
    })
}

fn select(filter: &AuditFilter) -> Asking {
    let columns = "id, at, actor_kind, actor, actor_name, action, environment, target, detail, outcome";
    let mut asking = Asking::new(format!("SELECT {columns} FROM audit WHERE true"), given![]);
    for (condition, value) in
        [("actor = ?", &filter.actor), ("environment = ?", &filter.environment), ("target = ?", &filter.target)]
    {
        if let Some(value) = value {
            asking.and(condition, given![value]);
        }
    }
    match filter.action.as_deref().map(|action| (action, action.strip_suffix(".*"))) {
        // `.` and what follows it: `/` is the next character.
        Some((_, Some(kind))) => {
            asking.and("action >= ? AND action < ?", given![format!("{kind}."), format!("{kind}/")]);
        }
        Some((action, None)) => asking.and("action = ?", given![action]),
        None => {}
    }
    if let Some(from) = filter.from {
        asking.and("at >= ?", given![from]);
    }
    if let Some(to) = filter.to {
        asking.and("at < ?", given![to]);
    }
    if let Some((time, id)) = &filter.after {
        asking.and("(at, id) < (?, ?)", given![time, id]);
    }
    asking.add(" ORDER BY at DESC, id DESC LIMIT ?", given![filter.limit]);
    asking
}

pub(super) async fn audit(store: &Postgres, filter: AuditFilter) -> Stored<Vec<AuditRow>> {
    let Asking { sql, given } = select(&filter);
    store.lines(sql, given).await?.iter().map(row).collect()
}
