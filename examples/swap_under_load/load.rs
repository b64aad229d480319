//! Callers that send at once, and how long their sends took.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::service::Service;

/// One send as its caller saw it.
pub struct Sent {
    pub number: String,
    pub delivery: Value,
    pub status: u16,
    pub took: Duration,
    /// The revision of the last swap that was answered before this send began.
    pub after: u64,
}

/// What the callers share.
#[derive(Default)]
pub struct Shared {
    /// Sends that are done.
    pub done: AtomicU32,
    /// The last revision whose swap was answered.
    pub answered: AtomicU64,
    /// Set to let callers without a number of sends of their own stop.
    pub stop: AtomicBool,
}

/// What a load of sends came to.
pub struct Load {
    pub sent: Vec<Sent>,
    pub took: Duration,
}

/// Send from `concurrency` callers until `sends` are done and `shared.stop` is set.
pub async fn send(
    service: &Arc<Service>,
    shared: &Arc<Shared>,
    environment: &'static str,
    concurrency: u32,
    sends: u32,
) -> Load {
    let started = Instant::now();
    let callers: Vec<_> = (0..concurrency)
        .map(|_| tokio::spawn(caller(Arc::clone(service), Arc::clone(shared), environment, sends)))
        .collect();
    let mut sent = Vec::new();
    for caller in callers {
        sent.extend(caller.await.unwrap());
    }
    Load { sent, took: started.elapsed() }
}

async fn caller(service: Arc<Service>, shared: Arc<Shared>, environment: &'static str, sends: u32) -> Vec<Sent> {
    let mut sent = Vec::new();
    while shared.done.load(Ordering::SeqCst) < sends || !shared.stop.load(Ordering::SeqCst) {
        let after = shared.answered.load(Ordering::SeqCst);
        let started = Instant::now();
        let (number, status, mut made) = service.create(environment).await;
        sent.push(Sent { number, delivery: made["delivery"].take(), status, took: started.elapsed(), after });
        shared.done.fetch_add(1, Ordering::SeqCst);
    }
    sent
}

impl Load {
    /// The time within which this share of the sends was answered.
    pub fn within(&self, share: f64) -> Duration {
        let mut times: Vec<Duration> = self.sent.iter().map(|sent| sent.took).collect();
        times.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = ((times.len() as f64) * share) as usize;
        times[index.min(times.len() - 1)]
    }

    /// Sends a second.
    pub fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.sent.len()).unwrap()) / self.took.as_secs_f64()
    }

    /// One line of figures.
    pub fn line(&self, name: &str) {
        println!(
            "  {name:<28}{:>8} sends {:>8.0} /s   p50 {:>6.1} ms   p99 {:>6.1} ms   max {:>7.1} ms",
            self.sent.len(),
            self.rate(),
            ms(self.within(0.5)),
            ms(self.within(0.99)),
            ms(self.within(1.0)),
        );
    }
}

pub fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}
