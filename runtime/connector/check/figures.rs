//! What a component costs here and now: the median of several fresh instances, against a stand-in that answers at once.

use super::examine::{PLAIN, Subject};
use super::rig::Rig;
use super::scene::Scene;
use super::verdict::Figures;
use crate::connector::package::Package;

/// Odd, so that the median is one of them.
const RUNS: usize = 7;

/// What is known without running it.
pub(super) fn sizes(subject: &Subject<'_>) -> Figures {
    let packed_bytes = subject.wasm.len() as u64;
    let package_bytes = Package::bytes_in(subject.wasm) as u64;
    Figures {
        component_bytes: packed_bytes.saturating_sub(package_bytes),
        packed_bytes,
        compile_ms: subject.compile_ms,
        ..Figures::default()
    }
}

/// Run it some times.
pub(super) async fn measure(rig: &Rig<'_>, scene: &Scene, known: Figures) -> Result<Figures, String> {
    let (mut instantiate_us, mut send_cpu_us, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        instantiate_us.push(rig.component.time_instance().await.map_err(|error| error.to_string())?);
        let report = rig.send(scene, PLAIN).await?.report;
        send_cpu_us.push(report.cpu_us);
        peak = peak.max(report.memory_bytes);
    }
    Ok(Figures {
        instantiate_us: median(instantiate_us),
        send_cpu_us: median(send_cpu_us),
        peak_memory_kib: peak >> 10,
        ..known
    })
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
