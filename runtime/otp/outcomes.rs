//! Whether codes that callers make are used: what they tell, and who tells anything at all.
//!
//! A code of ours is checked here, so its use is known. Of a caller's own code it is known only if he tells. A source
//! that never told anything is silent, not failing: what it sends counts neither as used nor as unused, and whoever
//! delivers it is judged by attempts and delivery reports alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Otp, OtpError};
use crate::delivery::health::Place;
use crate::store::{OutcomeTold, SOURCE_VERIFICATION, Store, StoreError, Thanked};

/// Which sources tell outcomes, as far as this process has asked: one entry for each source, and those are few.
pub(super) struct Outcomes {
    store: Arc<dyn Store>,
    known: Mutex<HashMap<(String, String), bool>>,
}

impl Outcomes {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Mutex::default() }
    }

    /// Whether anybody tells of what this source sends if its code was used.
    pub(super) async fn are_told(&self, environment: &str, source: &str) -> Result<bool, StoreError> {
        if source == SOURCE_VERIFICATION {
            return Ok(true);
        }
        let key = (environment.to_owned(), source.to_owned());
        if let Some(told) = self.known().get(&key) {
            return Ok(*told);
        }
        let told = self.store.outcomes_are_told(environment, source).await?;
        // What was told meanwhile stays told.
        Ok(*self.known().entry(key).and_modify(|known| *known |= told).or_insert(told))
    }

    fn tells(&self, environment: &str, source: String) {
        self.known().insert((environment.to_owned(), source), true);
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), bool>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Otp {
    /// The caller says whether the code of his own message was used; erases its content. The first time that it is told
    /// to be used, whoever most likely delivered it is thanked; whatever is told again changes nothing.
    pub async fn message_outcome(&self, environment: &str, id: &str, used: bool) -> Result<(), OtpError> {
        match self.store.message_outcome(environment, id, used, self.clock.now()).await? {
            OutcomeTold::Missing => Err(OtpError::NotFound("message")),
            OutcomeTold::OfVerification => Err(OtpError::OutcomeOfCheck),
            OutcomeTold::Written { source, used } => {
                self.outcomes.tells(environment, source);
                if let Some(Thanked { connector, revision, country, area, network, sent_at }) = used {
                    let place = Place { environment: environment.to_owned(), connector, revision, country, area };
                    self.delivery.converted(&place, network.as_deref(), sent_at, true);
                }
                Ok(())
            }
        }
    }
}
