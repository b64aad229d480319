//! Verifications whose life is over, noted for whoever wants to be told. Nobody looks at each of them: their end is on the
//! row, and what is looked at is the span since the last look, by the index of ends.
//!
//! Several nodes may look at once: each end is noted in a transaction of its own that looks again under the lock of the
//! number's codes, so that it is told once.

use super::*;
use crate::clock::Timestamp;
use crate::webhooks::EventType;

/// Rows that are looked up at once.
const BATCH: usize = 200;
/// Up to where ends were noted, in milliseconds.
const META: &str = "expiries_noted";
/// What was written while the look before it ran may end within it, and nodes' clocks differ.
const OVERLAP_MS: i64 = 6 * 60_000;

/// Since when somebody wants to be told: what happened before is not told. And up to where ends were noted.
const SINCE: &str =
    "SELECT (SELECT min(changed_at) FROM webhooks WHERE enabled AND (events IS NULL OR events::jsonb ? $1)),
    (SELECT convert_from(value, 'UTF8')::bigint FROM meta WHERE name = $2)";

/// In the environments where somebody wants to know. Who is noted is pending no more, and so not found again.
const ENDED: &str = "SELECT v.environment, v.id FROM verifications v
    WHERE v.expires_at > $2 AND v.expires_at <= $3 AND v.status = 'pending' AND v.environment IN (
      SELECT environment FROM webhooks WHERE enabled AND (events IS NULL OR events::jsonb ? $1))
    ORDER BY v.expires_at LIMIT $4";

/// Note those that have ended by `now`. Where nobody wants to know, that is one look at the webhooks.
pub(super) async fn note(store: &Postgres, now: Timestamp) -> Stored<()> {
    let kind = EventType::VerificationExpired.as_str();
    let Some(line) = store.line(SINCE, given![kind, META]).await? else { return Ok(()) };
    let Some(wanted) = line.get::<Option<i64>>(0)? else { return Ok(()) };
    // A clock that was set back does not make us wait for it.
    let noted = line.get::<Option<i64>>(1)?.unwrap_or(0).min(ms(now));
    let from = noted.saturating_sub(OVERLAP_MS).max(wanted);
    loop {
        let ended = store.lines(ENDED, given![kind, from, now, BATCH]).await?;
        for line in &ended {
            let (environment, id): (String, String) = (line.get(0)?, line.get(1)?);
            otp::end_unnoticed(store, &environment, &id, now).await?;
        }
        if ended.len() < BATCH {
            break;
        }
    }
    let mut flight = Flight::new();
    upkeep::remember(&mut flight, META, ms(now));
    store.begin().await?.commit(flight).await.map(|_| ())
}
