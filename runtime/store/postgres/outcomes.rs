//! What callers tell of their own codes: used or not, once and for all.

use super::flight::Flight;
use super::given::given;
use super::line::Line;
use super::{Postgres, guard};
use crate::clock::Timestamp;
use crate::store::{OutcomeTold, Stored, Thanked};

const OF_SOURCE: &str =
    "EXISTS (SELECT 1 FROM told_sources t WHERE t.environment = m.environment AND t.source = m.source)";

/// Under the message's lock: of two that tell of it at the same time, one is the first.
pub(super) async fn message_outcome(
    store: &Postgres,
    environment: &str,
    id: &str,
    used: bool,
    now: Timestamp,
) -> Stored<OutcomeTold> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    let sql = format!(
        "SELECT m.verification_id IS NOT NULL, m.source, coalesce(m.used, FALSE), {OF_SOURCE} FROM messages m
         WHERE m.environment = $1 AND m.id = $2 FOR UPDATE OF m"
    );
    let message = flight.ask(sql, given![environment, id]);
    let receipt = guard::ask_receipt(&mut flight, id);
    let thanked = flight.ask(THANKED, given![id]);
    let answers = work.send(flight).await?;
    let Some(line) = answers.line(message) else { return Ok(OutcomeTold::Missing) };
    if line.get(0)? {
        return Ok(OutcomeTold::OfVerification);
    }
    let (source, known, is_told): (String, bool, bool) = (line.get(1)?, line.get(2)?, line.get(3)?);

    let mut flight = Flight::new();
    // A code that was used can't become unused: what is told late or twice changes nothing.
    let sql = "UPDATE messages SET used = coalesce(used, FALSE) OR $2, content = NULL WHERE id = $1";
    flight.ask(sql, given![id, used]);
    let mut thanks = None;
    if used && !known {
        if let Some(kept) = guard::kept(&answers, receipt)? {
            guard::write_used(&mut flight, environment, id, &kept, now);
        }
        thanks = answers.line(thanked).map(thanked_row).transpose()?;
    }
    if !is_told {
        let sql = "INSERT INTO told_sources (environment, source) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        flight.ask(sql, given![environment, &source]);
    }
    work.commit(flight).await?;
    Ok(OutcomeTold::Written { source, used: thanks })
}

/// The attempt that the code most likely came from, as conversion counts it.
const THANKED: &str =
    "SELECT a.connector, a.revision, m.country, m.area, a.network, a.started_at + coalesce(a.elapsed_ms, 0)
    FROM messages m JOIN attempts a ON a.message_id = m.id WHERE m.id = $1 AND a.message_id = $1
    ORDER BY CASE a.status WHEN 'delivered' THEN 0 WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2
      WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END, a.number DESC LIMIT 1";

fn thanked_row(line: &Line) -> Stored<Thanked> {
    Ok(Thanked {
        connector: line.get(0)?,
        revision: line.get(1)?,
        country: line.get(2)?,
        area: line.get(3)?,
        network: line.get(4)?,
        sent_at: line.get(5)?,
    })
}

pub(super) async fn outcomes_are_told(store: &Postgres, environment: &str, source: &str) -> Stored<bool> {
    let sql = "SELECT 1 FROM told_sources WHERE environment = $1 AND source = $2";
    Ok(store.line(sql, given![environment, source]).await?.is_some())
}
