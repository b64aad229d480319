//! Erasing a number. What limits count stays for a while, as a keyed index alone: erasing must not be a way round them.

use serde_json::json;

use super::flight::{Answers, Seat};
use super::keys::NOTE;
use super::locking::{self, Lock};
use super::{Flight, Line, Postgres, audit, given, ms};
use crate::audit::action;
use crate::store::{AuditRow, Erased, NewErasure, Stored};

const HOUR_MS: i64 = 3_600_000;

/// Messages that are deleted, with what belongs to them; nothing goes by itself.
pub(super) struct Deleted {
    pub(super) messages: Seat,
    attempts: Seat,
    reports: Seat,
    verifications: Seat,
}

/// A range of ids, as `$2` and `$3`, spares a statement all partitions but those of its time.
fn within(column: &str) -> String {
    format!("{column} = ANY($1::text[]) AND {column} BETWEEN $2 AND $3")
}

/// Delete messages, which the lines name: their ids, and those of their verifications. Whoever asks has locked them.
pub(super) fn ask_delete(flight: &mut Flight, found: &[Line]) -> Stored<Deleted> {
    let ids = found.iter().map(|line| line.get(0)).collect::<Stored<Vec<String>>>()?;
    let verifications = found.iter().map(|line| line.get::<Option<String>>(1)).collect::<Stored<Vec<_>>>()?;
    let verifications: Vec<String> = verifications.into_iter().flatten().collect();
    let mut delete = |table: &str, column: &str, ids: &[String]| {
        let (first, last) = (ids.iter().min().cloned(), ids.iter().max().cloned());
        let sql = format!("DELETE FROM {table} WHERE {}", within(column));
        flight.ask(sql, given![ids, first.unwrap_or_default(), last.unwrap_or_default()])
    };
    // What hangs on a message first: who reads it in between finds none without its message.
    let attempts = delete("attempts", "message_id", &ids);
    let verifications = delete("verifications", "id", &verifications);
    let reports = delete("reports", "message_id", &ids);
    for table in ["provider_ids", "guard_receipts", "followed_messages"] {
        delete(table, "message_id", &ids);
    }
    Ok(Deleted { messages: delete("messages", "id", &ids), attempts, reports, verifications })
}

pub(super) async fn erase_number(store: &Postgres, new: NewErasure) -> Stored<Erased> {
    let places = places(store, &new).await?;
    let work = store.begin().await?;
    let mut first = Flight::new();
    // Nothing is counted meanwhile: what is read here is all there is.
    let locks: Vec<Lock<'_>> = places.iter().map(|place| Lock::Sends(place)).collect();
    locking::take(&mut first, &locks);
    let find = "SELECT id, verification_id FROM messages WHERE environment = ANY($1::text[]) AND number_index = $2
                ORDER BY id FOR UPDATE";
    let found = first.ask(find, given![places.clone(), new.number_index]);
    let answers = work.send(first).await?;
    let mut second = Flight::new();
    keep_sends(&mut second, &new, answers.lines(found))?;
    let deleted = ask_delete(&mut second, answers.lines(found))?;
    let noted = forget(&mut second, &new, &places);
    let answers = work.send(second).await?;
    let erased = erased(&answers, &deleted, &noted);
    let mut last = Flight::new();
    audit::ask_note(&mut last, &entry(&new, &erased));
    work.commit(last).await?;
    Ok(erased)
}

/// Where: also in environments of which something is left, although they are deleted.
async fn places(store: &Postgres, new: &NewErasure) -> Stored<Vec<String>> {
    if let Some(environment) = &new.environment {
        return Ok(vec![environment.clone()]);
    }
    let sql = "SELECT name FROM environments
               UNION SELECT substr(name, length($1::text) + 1) FROM meta WHERE starts_with(name, $1) ORDER BY 1";
    store.lines(sql, given![NOTE]).await?.iter().map(|line| line.get(0)).collect()
}

/// Cooldowns and caps of an hour go on counting what was sent lately.
fn keep_sends(flight: &mut Flight, new: &NewErasure, found: &[Line]) -> Stored<()> {
    let ids = found.iter().map(|line| line.get(0)).collect::<Stored<Vec<String>>>()?;
    let sql = "INSERT INTO erased_sends (environment, number_index, client_index, created_at)
               SELECT environment, number_index, client_index, created_at FROM messages
               WHERE id = ANY($1::text[]) AND created_at > $2 AND status <> 'refused' ORDER BY id";
    flight.ask(sql, given![ids, ms(new.now) - HOUR_MS]);
    Ok(())
}

/// What is of the number and of none of its messages.
struct Noted {
    events: Seat,
    counters: Seat,
}

fn forget(flight: &mut Flight, new: &NewErasure, places: &[String]) -> Noted {
    let of_number = "number_index = $1 AND environment = ANY($2::text[])";
    // In one order, as whoever counts a wrong code has it.
    let counters = format!(
        "UPDATE number_failures f SET forget_at = greatest($3, coalesce(f.blocked_until, 0))
         FROM (SELECT environment, number_index, pair_index FROM number_failures WHERE {of_number}
               ORDER BY environment, number_index, pair_index FOR UPDATE) n
         WHERE (f.environment, f.number_index, f.pair_index) = (n.environment, n.number_index, n.pair_index)"
    );
    let counters = flight.ask(counters, given![new.number_index, places, new.forget_at]);
    // Its block, its area and its country go on counting: erasing a number is no way round them.
    let counts = "DELETE FROM guard_counts WHERE scope = 'number' AND key = encode($1::bytea, 'hex')
                    AND environment = ANY($2::text[])";
    flight.ask(counts, given![new.number_index, places]);
    let mut delete =
        |table: &str| flight.ask(format!("DELETE FROM {table} WHERE {of_number}"), given![new.number_index, places]);
    delete("guard_traffic");
    delete("guard_decisions");
    Noted { events: delete("webhook_events"), counters }
}

fn erased(answers: &Answers, deleted: &Deleted, noted: &Noted) -> Erased {
    let count = |seat| usize::try_from(answers.written(seat)).unwrap_or(usize::MAX);
    Erased {
        verifications: count(deleted.verifications),
        messages: count(deleted.messages),
        attempts: count(deleted.attempts),
        reports: count(deleted.reports),
        events: count(noted.events),
        counters: count(noted.counters),
    }
}

fn entry(new: &NewErasure, erased: &Erased) -> AuditRow {
    let detail = json!({
        "environment": new.environment, "verifications": erased.verifications, "messages": erased.messages,
        "attempts": erased.attempts, "reports": erased.reports, "events": erased.events, "counters": erased.counters,
    });
    AuditRow {
        id: new.id.clone(),
        at: new.now,
        actor: new.actor.clone(),
        action: action::ERASURE.to_owned(),
        environment: new.environment.clone(),
        target: None,
        detail,
        outcome: "done".to_owned(),
    }
}
