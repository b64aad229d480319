//! Many sends at once over real connections, to a provider in a process of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::rig::{self, Rig};
use super::rounds::{Comparison, Round, Side, Started, in_turn};
use super::{CALLERS, Options};
use crate::connector::serving::Serving;

pub(super) async fn measure(rig: &Rig, options: &Options) -> anyhow::Result<Comparison> {
    in_turn(options.rounds, options.sends, CALLERS, async |side: Side, sends| {
        round(Arc::new(rig.side(side)), sends).await
    })
    .await
}

async fn round(serving: Arc<Serving>, sends: u32) -> anyhow::Result<Round> {
    let left = Arc::new(AtomicU32::new(sends));
    let started = Started::now();
    let running: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(caller(Arc::clone(&serving), Arc::clone(&left)))).collect();
    for caller in running {
        caller.await??;
    }
    Ok(started.end(sends))
}

async fn caller(serving: Arc<Serving>, left: Arc<AtomicU32>) -> anyhow::Result<()> {
    let message = rig::message();
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
        rig::send(&serving, &message).await?;
    }
    Ok(())
}
