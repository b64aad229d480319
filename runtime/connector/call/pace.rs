//! What a call's time is counted by, while its future is polled.
//!
//! The threat: an epoch tick says that a guest ran into a new millisecond, not for how long it had run. A single
//! `memory.fill` over its whole memory takes tens of milliseconds between two checks, and a guest that sleeps by a WASI
//! clock keeps what it had when it went to sleep. So a call is charged what its thread really spent on it, whether it
//! ended in a check or in a wait, and whoever waits for anything gives its turn back.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::time::{ClockId, clock_gettime};

use super::lane::Turn;

/// The CPU time of one call. One thread at a time polls a call, so the counters need no order among each other.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Counters>);

#[derive(Default)]
struct Counters {
    spent_ns: AtomicU64,
    /// The thread's clock when the part began that is being spent now.
    since_ns: AtomicU64,
    /// Set while the host works for the guest: its TLS handshake is not the guest's computing.
    resting: AtomicBool,
}

impl Meter {
    /// What the guest has computed so far, in milliseconds.
    pub(super) fn spent_ms(&self) -> u64 {
        self.spent_us() / 1_000
    }

    /// The same, in microseconds.
    pub(super) fn spent_us(&self) -> u64 {
        self.spend();
        self.0.spent_ns.load(Ordering::Relaxed) / 1_000
    }

    /// The host works now.
    pub(super) fn rest(&self) {
        self.spend();
        self.0.resting.store(true, Ordering::Relaxed);
    }

    /// The guest goes on.
    pub(super) fn resume(&self) {
        self.0.resting.store(false, Ordering::Relaxed);
        self.begin();
    }

    fn begin(&self) {
        if !self.0.resting.load(Ordering::Relaxed) {
            self.0.since_ns.store(thread_ns(), Ordering::Relaxed);
        }
    }

    fn spend(&self) {
        if !self.0.resting.load(Ordering::Relaxed) {
            let now = thread_ns();
            let since = self.0.since_ns.swap(now, Ordering::Relaxed);
            self.0.spent_ns.fetch_add(now.saturating_sub(since), Ordering::Relaxed);
        }
    }
}

/// Run a call's future. A turn is held only while it is polled: a poll that ends leaves the guest waiting.
pub(super) async fn paced<F: Future>(meter: &Meter, turn: &Turn, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        meter.begin();
        let polled = future.as_mut().poll(context);
        meter.spend();
        turn.end();
        polled
    })
    .await
}

/// CPU time of the thread that asks, in nanoseconds.
fn thread_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let whole = u64::try_from(now.tv_sec).unwrap_or(0).saturating_mul(1_000_000_000);
    whole.saturating_add(u64::try_from(now.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compute until the thread's clock has moved by that many milliseconds.
    fn compute(ms: u64) {
        let until = thread_ns() + ms * 1_000_000;
        while thread_ns() < until {}
    }

    #[tokio::test]
    async fn what_is_computed_counts_and_waiting_and_resting_do_not() {
        let (meter, turn) = (Meter::default(), Turn::default());
        paced(&meter, &turn, async {
            compute(3);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            meter.rest();
            compute(30);
            tokio::task::yield_now().await;
            compute(30);
            meter.resume();
            compute(2);
        })
        .await;
        let spent = meter.spent_ms();
        assert!((5..20).contains(&spent), "{spent}");
    }

    #[tokio::test]
    async fn two_calls_on_one_thread_do_not_pay_for_each_other() {
        let (one, other, turn) = (Meter::default(), Meter::default(), Turn::default());
        let work = |ms| async move {
            compute(ms);
            tokio::task::yield_now().await;
            compute(ms);
        };
        tokio::join!(paced(&one, &turn, work(1)), paced(&other, &turn, work(20)));
        let (one, other) = (one.0.spent_ns.load(Ordering::Relaxed), other.0.spent_ns.load(Ordering::Relaxed));
        assert!(one < 20_000_000 && other >= 40_000_000, "{one} {other}");
    }
}
