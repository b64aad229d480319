//! What has to be done now and then: content erased when its life ends, rows purged, attempts of a crash settled.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::clock::Clock;
use crate::store::Store;

const EVERY: Duration = Duration::from_secs(30);

/// Start the task; abort the handle to end it.
pub(super) fn start(store: Arc<dyn Store>, clock: Clock) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = store.purge(clock.now()).await {
                tracing::warn!(%error, "expired rows could not be purged; trying again in {} s", EVERY.as_secs());
            }
        }
    })
}
