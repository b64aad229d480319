//! A revision whose component gave out a secret serves no more: at once for whoever holds it, and after a restart.

use serde_json::json;

use crate::actor::Actor;
use crate::audit::{self, Entry, action};
use crate::clock::Timestamp;
use crate::connector::contract::Report;
use crate::connector::serving::Serving;
use crate::store::Store;

/// Quarantine the revision if this call of it is a reason to. A draft (revision 0) is only told.
pub async fn judge<T>(store: &dyn Store, serving: &Serving, report: &Report<T>, now: Timestamp) {
    let Some(leak) = report.leak.as_ref().filter(|leak| leak.quarantines()) else { return };
    let (environment, connector, revision) = (&serving.environment, &serving.name, serving.revision);
    let why = leak.to_string();
    tracing::error!(environment, connector, revision, why, "quarantined: this revision serves no more");
    if serving.quarantine.set(why.clone()).is_err() || revision == 0 {
        return;
    }
    // In memory it holds whatever the disk says; only a restart would forget it.
    if let Err(error) = store.quarantine_revision(environment, connector, revision, &why, now).await {
        tracing::error!(environment, connector, revision, %error, "a quarantine could not be stored");
    }
    let told = json!({ "revision": revision, "why": why });
    let entry = Entry::of(action::CONNECTOR_QUARANTINE).within(environment).to(connector).with(told);
    audit::note(store, now, &Actor::host("quarantine"), entry).await;
}
