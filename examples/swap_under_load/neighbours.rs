//! A hostile component runs beside a good one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::load::{self, Shared, ms};
use crate::promise;
use crate::provider::Answer;
use crate::service::{SEND_MS, Service};

const SENDS: u32 = 4_000;

pub async fn measure(service: &Arc<Service>) -> bool {
    println!();
    println!("Hostile neighbours: 8 callers of a good component, 4 of a hostile one");
    let alone = good(service).await;
    alone.line("alone (baseline)");
    let mut kept = true;
    for guest in ["endless-loop", "memory-balloon", "deep-recursion", "trap"] {
        service.neighbour(guest).await;
        let shared = Arc::new(Shared::default());
        let bad = tokio::spawn({
            let (service, shared) = (Arc::clone(service), Arc::clone(&shared));
            async move { load::send(&service, &shared, "production", 4, 0).await }
        });
        let beside = good(service).await;
        shared.stop.store(true, Ordering::SeqCst);
        let bad = bad.await.unwrap();
        beside.line(&format!("beside {guest}"));
        bad.line(&format!("       {guest} itself"));
        let ratio = ms(beside.within(0.99)) / ms(alone.within(0.99));
        kept &= promise(&format!("the good one's p99 is within 2× of its own alone (ratio {ratio:.2})"), ratio <= 2.0);
        let typed = bad.sent.iter().all(|sent| sent.status == 201 && sent.delivery["failure"]["kind"].is_string());
        kept &= promise("each caller of the hostile one got a typed failure", typed);
        kept &= promise("within the deadline + 100 ms", ms(bad.within(1.0)) <= f64::from(SEND_MS + 100));
    }
    kept & silent(service).await
}

async fn good(service: &Arc<Service>) -> load::Load {
    let shared = Arc::new(Shared::default());
    shared.stop.store(true, Ordering::SeqCst);
    load::send(service, &shared, "development", 8, SENDS).await
}

/// A provider that never answers: the deadline of the wall clock, where the CPU budget has nothing to end.
async fn silent(service: &Arc<Service>) -> bool {
    println!();
    println!("A provider that never answers: 64 callers, deadline {SEND_MS} ms");
    service.provider.answers(Answer::Wait(Arc::new(tokio::sync::Notify::new())));
    let shared = Arc::new(Shared::default());
    shared.stop.store(true, Ordering::SeqCst);
    let load = load::send(service, &shared, "development", 64, 64).await;
    load.line("silence");
    let typed = load.sent.iter().all(|sent| sent.delivery["status"] == "unknown");
    promise("each send is `unknown`: it may have left", typed)
        & promise("within the deadline + 100 ms", ms(load.within(1.0)) <= f64::from(SEND_MS + 100))
}
