//! What verifications show of their delivery, where the node that would have written it ended before.

use super::super::{Postgres, given, suppressed};
use super::{alone, remember};
use crate::store::Stored;

/// Sets it to their newest message, of those verifications `v` that meet a condition. They are locked in their order.
pub(super) fn newest(condition: &str) -> String {
    format!(
        "UPDATE verifications u SET delivery = n.delivery FROM (
           SELECT v.id, (SELECT json_build_object('status', m.status, 'message', m.id, 'connector', a.connector,
               'revision', a.revision, 'code_by_provider', a.code_by_provider)::text
             FROM messages m JOIN attempts a ON a.message_id = m.id
             WHERE m.verification_id = v.id AND m.environment = v.environment
             ORDER BY m.id DESC, a.number DESC LIMIT 1) AS delivery
           FROM verifications v WHERE {condition} ORDER BY v.id FOR UPDATE OF v) n
         WHERE u.id = n.id AND n.delivery IS NOT NULL"
    )
}

/// Up to where ended verifications were looked through, in milliseconds.
const META: &str = "deliveries_noted";

/// Those whose node ended between a known outcome and noting it. They are found once their life is over, when nobody sends
/// them again: each is looked at once, but for a minute that is looked through twice, since what was written while the
/// look before ran may end within it.
const UNNOTED: &str = "v.expires_at > least(coalesce((SELECT convert_from(k.value, 'UTF8')::bigint FROM meta k
      WHERE k.name = $2), 0), $1) - 60000 AND v.expires_at <= $1 AND NOT v.suppressed
    AND (v.delivery IS NULL OR v.delivery::jsonb ->> 'status' = 'sending')";

/// Note what became of all that was under way before a time, and of those that seemed to be.
pub(super) async fn note_ended(store: &Postgres, before: i64) -> Stored<()> {
    let mut flight = alone();
    flight.ask(suppressed::SETTLE, given![before]);
    flight.ask(newest(UNNOTED), given![before, META]);
    remember(&mut flight, META, before);
    store.begin().await?.commit(flight).await.map(|_| ())
}

/// The same of all that was written before a time, where no other node may still note it.
pub(super) async fn note_cut_off(store: &Postgres, before: i64) -> Stored<()> {
    let mut flight = alone();
    flight.ask(suppressed::SETTLE, given![before]);
    let unnoted = "v.updated_at < $1 AND NOT v.suppressed
        AND (v.delivery IS NULL OR v.delivery::jsonb ->> 'status' = 'sending')";
    flight.ask(newest(unnoted), given![before]);
    store.begin().await?.commit(flight).await.map(|_| ())
}
