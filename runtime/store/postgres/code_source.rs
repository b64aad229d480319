//! Whose code a verification has: read from the attempts that may have arrived, so that nothing can contradict them.

use super::Postgres;
use super::given::given;
use super::messages::messages_since;
use crate::store::{BoundCode, CodeSource, Stored};

/// What certainly did not arrive binds nobody. Of several starts by one provider the newest id counts that it gave.
pub(super) async fn code_source(store: &Postgres, verification_id: &str) -> Stored<CodeSource> {
    let sql = "SELECT a.connector, a.revision, a.reference, a.provider_ids, a.code_by_provider
               FROM messages m JOIN attempts a ON a.message_id = m.id
               WHERE m.verification_id = $1 AND a.status NOT IN ('refused', 'undelivered')
                 AND m.id >= $2 AND a.message_id >= $2
               ORDER BY m.id DESC, a.number DESC";
    let (mut bound, mut given): (Option<BoundCode>, bool) = (None, false);
    for line in store.lines(sql, given![verification_id, messages_since(verification_id, 0)]).await? {
        if !line.get::<bool>(4)? {
            given = true;
            continue;
        }
        let (connector, ids): (String, Vec<String>) = (line.get(0)?, line.json(3)?);
        let provider_id = ids.into_iter().next();
        let of_same = bound.as_ref().is_none_or(|bound| bound.connector == connector && bound.provider_id.is_none());
        if of_same && (bound.is_none() || provider_id.is_some()) {
            bound = Some(BoundCode { connector, revision: line.get(1)?, reference: line.get(2)?, provider_id });
        }
    }
    Ok(match bound {
        Some(bound) => CodeSource::Provider(bound),
        None if given => CodeSource::Given,
        None => CodeSource::Open,
    })
}
