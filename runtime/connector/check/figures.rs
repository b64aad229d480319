//! What a component costs here and now: the median of several fresh instances, against a stand-in that answers at once.

use super::examine::{PLAIN, Subject};
use super::rig::Rig;
use super::scene::Scene;
use super::verdict::{Figures, Finding};
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

/// Whether a send stays within its limit, and far enough from it for a slower machine than this one.
pub(super) fn cpu(send_cpu_us: u64, cpu_ms: u64) -> Finding {
    let limit_us = cpu_ms.saturating_mul(1_000);
    let text = format!("a send takes {send_cpu_us} µs of CPU time, and may take {cpu_ms} ms");
    let hint = "compute less before the request, or ask for more: `cpu_ms` under `[limits]` of connector.toml";
    match send_cpu_us {
        used if used > limit_us => Finding::fault("cpu", text).hint(hint),
        used if used > limit_us / 2 => Finding::warning("cpu", text).hint(hint),
        _ => Finding::ok("cpu", "a send takes less than half of the CPU time that it may"),
    }
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Level;
    use super::*;

    #[test]
    fn what_takes_half_of_its_cpu_time_is_warned_of_and_what_takes_more_than_all_is_a_fault() {
        for (used_us, level) in [
            (0, Level::Ok),
            (25_000, Level::Ok),
            (25_001, Level::Warning),
            (50_000, Level::Warning),
            (50_001, Level::Fault),
            (u64::MAX, Level::Fault),
        ] {
            assert_eq!(cpu(used_us, 50).level, level, "{used_us} µs");
        }
    }
}
