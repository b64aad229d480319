//! What has to be done now and then: content erased when its life ends, rows purged, attempts of a crash settled.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::clock::{Clock, Timestamp};
use crate::nodes::Nodes;
use crate::nodes::leases::Work;
use crate::otp::Otp;
use crate::store::{Retention, Store};
use crate::traces::Traces;
use crate::webhooks::Webhooks;

const EVERY: Duration = Duration::from_secs(30);

/// A message of the queue that is older was left by a crash, or could not be sent when it was taken.
const QUEUED: Duration = Duration::from_secs(60);

/// What is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    /// How long.
    pub(super) spans: Retention,
    /// How many events that a webhook did not take.
    pub(super) of_webhook_max: u32,
}

/// Start the task; abort the handle to end it.
pub(super) fn start(
    store: Arc<dyn Store>,
    otp: Arc<Otp>,
    webhooks: Arc<Webhooks>,
    clock: Clock,
    keep: Keep,
    (nodes, traces): (Arc<Nodes>, &Traces),
) -> JoinHandle<()> {
    tokio::spawn(traces.around(async move {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut made_before = take_over(&*store, &nodes, &clock).await;
        loop {
            tick.tick().await;
            if let Err(error) = otp.resume_queued(made_before).await {
                tracing::warn!(%error, "the queue could not be read; trying again in {} s", EVERY.as_secs());
            }
            made_before = clock.now().minus(QUEUED);
            if !nodes.leads(Work::Upkeep).await {
                continue;
            }
            if let Err(error) = store.purge(clock.now(), keep.spans).await {
                tracing::warn!(%error, "expired rows could not be purged; trying again in {} s", EVERY.as_secs());
            }
            if let Err(error) = webhooks.drop_backlog(keep.of_webhook_max).await {
                tracing::warn!(%error, "what waits for webhooks could not be counted; trying again in {} s", EVERY.as_secs());
            }
        }
    }))
}

/// What the last process took and did not send, it can't send any more, whatever its clock said; and what it had under way
/// has no end. Where there are other nodes, they may have it in hand. Answers before when messages were made that nobody has.
async fn take_over(store: &dyn Store, nodes: &Nodes, clock: &Clock) -> Timestamp {
    let started = clock.now();
    if nodes.is_shared() && !nodes.is_alone_in_the_end().await {
        return started.minus(QUEUED);
    }
    if let Err(error) = store.settle(started).await {
        tracing::warn!(%error, "what was cut off is settled later");
    }
    Timestamp::NEVER
}
