//! Delivery reports: each kept once, and what it moves, in one transaction.

mod batch;
mod early;
mod moving;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::flight::{Answers, Flight, Seat};
use super::given::given;
use super::{Postgres, attempts, locking, trouble};
use crate::store::{Moved, NewReport, Stored, Subject};
use batch::Batch;

pub(super) use early::{ask_waiting, waiting};

/// The message and the attempt of a provider's id, by the report's place among those that come together.
type Found = HashMap<usize, (String, u32)>;

/// Two nodes that are told the same at once come one after the other: by the locks of the ids, and of the messages.
pub(super) async fn apply_reports(store: &Postgres, reports: Vec<NewReport>) -> Stored<Vec<Moved>> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    for _ in 1..attempts::ANEW_MAX {
        match apply(store, &reports).await {
            Err(error) if trouble::is_in_the_way(&error) => {}
            other => return other,
        }
    }
    apply(store, &reports).await
}

async fn apply(store: &Postgres, reports: &[NewReport]) -> Stored<Vec<Moved>> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    let found = match ask_found(&mut flight, reports) {
        Some(seat) => found(&work.send(flight).await?, seat)?,
        None => Found::new(),
    };
    let mut flight = Flight::new();
    let asked = batch::ask(&mut flight, reports, &messages(reports, &found));
    let answers = work.send(flight).await?;
    let mut batch = Batch::read(&answers, asked)?;
    for (place, report) in reports.iter().enumerate() {
        batch.apply(report, found.get(&place));
    }
    let mut flight = Flight::new();
    let moved = batch.write(&mut flight, &answers)?;
    work.commit(flight).await?;
    Ok(moved)
}

/// Lock what reports name by ids of providers, and look for it; none where each names its message.
fn ask_found(flight: &mut Flight, reports: &[NewReport]) -> Option<Seat> {
    let (mut places, mut environments, mut connectors, mut ids) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, report) in reports.iter().enumerate() {
        let Subject::ProviderIds(of_report) = &report.subject else { continue };
        for id in of_report {
            places.push(i64::try_from(place).unwrap_or(i64::MAX));
            environments.push(report.environment.clone());
            connectors.push(report.connector.clone());
            ids.push(id.clone());
        }
    }
    if ids.is_empty() {
        return None;
    }
    locking::take_ids(flight, environments.clone(), connectors.clone(), ids.clone());
    let sql = "SELECT DISTINCT ON (r.place) r.place, a.message_id, a.number
               FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
                 WITH ORDINALITY AS r (place, environment, connector, id, nth)
               JOIN provider_ids p
                 ON p.environment = r.environment AND p.connector = r.connector AND p.provider_id = r.id
               JOIN attempts a ON a.message_id = p.message_id AND a.number = p.attempt ORDER BY r.place, r.nth";
    Some(flight.ask(sql, given![places, environments, connectors, ids]))
}

/// The first id of each report that has an attempt.
fn found(answers: &Answers, seat: Seat) -> Stored<Found> {
    answers.lines(seat).iter().map(|line| Ok((line.get(0)?, (line.get(1)?, line.get(2)?)))).collect()
}

/// All that may be moved, in the order in which they are locked.
fn messages(reports: &[NewReport], found: &Found) -> BTreeSet<String> {
    let named = reports.iter().filter_map(|report| match &report.subject {
        Subject::Message(id) => Some(id.clone()),
        Subject::ProviderIds(_) => None,
    });
    named.chain(found.values().map(|(message, _)| message.clone())).collect()
}

/// A connector of an environment.
type Place = (String, String);

/// How much is kept already.
#[derive(Default)]
struct Counted {
    /// Of each message.
    of_message: BTreeMap<String, u32>,
    /// Waiting for its attempt, at each connector.
    waiting: BTreeMap<Place, u32>,
}
