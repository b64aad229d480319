//! Carries out what trials come to: a revision that does worse is rolled back by nobody's hand.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::delivery::health::Health;
use crate::setup::Setup;

/// Start the task; abort the handle to end it.
pub(super) fn start(health: Arc<Health>, setup: Arc<Setup>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let Some(mut verdicts) = health.trials().verdicts() else { return };
        while let Some(verdict) = verdicts.recv().await {
            let environment = verdict.environment.clone();
            if let Err(error) = setup.end_canary(verdict).await {
                tracing::error!(environment, %error, "a revision that does worse could not be rolled back; trying again");
                health.trials().tell_again(&environment);
            }
        }
    })
}
