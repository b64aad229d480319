//! When a connector last had success: noted as it happens, so that nobody looks for it among its messages.

use std::collections::BTreeMap;

use super::flight::Flight;
use super::given::given;
use crate::clock::Timestamp;

/// What is to be noted: the latest of each connector.
#[derive(Default)]
pub(super) struct Noted(BTreeMap<(String, String), Timestamp>);

impl Noted {
    /// It had success then.
    pub(super) fn note(&mut self, environment: &str, connector: &str, then: Timestamp) {
        let noted = self.0.entry((environment.to_owned(), connector.to_owned())).or_insert(then);
        *noted = then.max(*noted);
    }

    /// What is told late moves nothing back. Whoever has the row at this moment notes another success, or saves
    /// something and is done at once: no message waits for that.
    pub(super) fn write(self, flight: &mut Flight) {
        let sql = "UPDATE connectors SET last_success_at = $3 WHERE (environment, name) IN (
                     SELECT c.environment, c.name FROM connectors c WHERE c.environment = $1 AND c.name = $2
                       AND NOT c.deleted AND coalesce(c.last_success_at, 0) < $3 FOR NO KEY UPDATE SKIP LOCKED)";
        for ((environment, connector), then) in self.0 {
            flight.ask(sql, given![environment, connector, then]);
        }
    }
}
