//! No send fails, none uses the old component after the swap was answered, and memory stays.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::load::{self, Load, Shared, ms};
use crate::service::Service;
use crate::{Options, promise};

const MARKERS: [&str; 2] = ["marker-a", "marker-b"];

pub async fn measure(service: &Arc<Service>, options: &Options) -> bool {
    println!("Swaps under load: {} sends, {} callers, {} swaps", options.sends, options.concurrency, options.swaps);
    let shared = Arc::new(Shared::default());
    let first = swap(service, &shared).await;
    assert_eq!(first, 1, "the first revision");
    shared.stop.store(true, Ordering::SeqCst);
    let still = load::send(service, &shared, "development", options.concurrency, options.sends / 4).await;
    still.line("no swap (baseline)");
    let (load, times) = swapping(service, &shared, options, options.swaps).await;
    load.line("swapped");
    println!(
        "  a swap took                 p50 {:>6.1} ms   max {:>6.1} ms",
        ms(times[times.len() / 2]),
        ms(times[times.len() - 1])
    );
    println!(
        "  ratio to the baseline       sends {:.2}   p99 {:.2}",
        load.rate() / still.rate(),
        ms(load.within(0.99)) / ms(still.within(0.99))
    );
    let before = service.resident_kib();
    let mut kept = judge(service, &[&still, &load]);
    let (rest, _) = swapping(service, &shared, options, options.swaps * 9).await;
    rest.line("swapped nine times as often");
    let after = service.resident_kib();
    kept &= judge(service, &[&still, &load, &rest]);
    let ratio = after as f64 / before as f64;
    println!(
        "  resident after {} swaps {before} KiB, after {} {after} KiB: ratio {ratio:.3}",
        options.swaps,
        options.swaps * 10
    );
    kept & promise("memory after ten times the swaps is within 5 %", ratio <= 1.05)
}

/// Send, and swap `swaps` times spread over the sends.
async fn swapping(
    service: &Arc<Service>,
    shared: &Arc<Shared>,
    options: &Options,
    swaps: u32,
) -> (Load, Vec<Duration>) {
    shared.done.store(0, Ordering::SeqCst);
    shared.stop.store(false, Ordering::SeqCst);
    let swapper = tokio::spawn({
        let (service, shared, sends) = (Arc::clone(service), Arc::clone(shared), options.sends);
        async move {
            let mut times = Vec::new();
            for n in 0..swaps {
                let due = u64::from(n) * u64::from(sends) / u64::from(swaps);
                while u64::from(shared.done.load(Ordering::SeqCst)) < due {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let started = Instant::now();
                swap(&service, &shared).await;
                times.push(started.elapsed());
            }
            shared.stop.store(true, Ordering::SeqCst);
            times.sort_unstable();
            times
        }
    });
    let load = load::send(service, shared, "development", options.concurrency, options.sends).await;
    (load, swapper.await.unwrap())
}

async fn swap(service: &Service, shared: &Shared) -> u64 {
    let next = shared.answered.load(Ordering::SeqCst) + 1;
    let revision = service.swap(marker_of(next)).await;
    shared.answered.store(revision, Ordering::SeqCst);
    revision
}

/// Revisions take turns.
fn marker_of(revision: u64) -> &'static str {
    MARKERS[usize::from(revision.is_multiple_of(2))]
}

/// Compare what callers were told with what the provider got.
fn judge(service: &Service, loads: &[&Load]) -> bool {
    let mut marks: HashMap<String, Vec<String>> = HashMap::new();
    for request in service.provider.requests() {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let number = body.split('&').find_map(|pair| pair.strip_prefix("to=%2B")).unwrap().to_owned();
        marks.entry(format!("+{number}")).or_default().push(request.header("x-connector"));
    }
    let (mut failed, mut stale, mut wrong) = (0, 0, 0);
    for sent in loads.iter().flat_map(|load| &load.sent) {
        let revision = sent.delivery["revision"].as_u64().unwrap_or(0);
        failed += u32::from(sent.status != 201 || sent.delivery["status"] != "accepted");
        stale += u32::from(revision < sent.after);
        wrong += u32::from(marks.get(&sent.number) != Some(&vec![marker_of(revision).to_owned()]));
    }
    promise(&format!("no send failed ({failed})"), failed == 0)
        & promise(&format!("none used the old component after the swap was answered ({stale})"), stale == 0)
        & promise(
            &format!("the provider got each send once, from the component that was named ({wrong} others)"),
            wrong == 0,
        )
}
