//! Counting calls of connectors.

use super::Metrics;
use super::labels::{Call, Nothing};
use super::series::Whose;

/// What a call used.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// CPU time, in microseconds.
    pub cpu_us: u64,
    /// The most memory that it had.
    pub memory_bytes: u64,
}

impl Metrics {
    /// A call of this export ended; `used` if it began.
    pub fn called(
        &self,
        environment: &str,
        connector: &str,
        export: &'static str,
        ending: &'static str,
        used: Option<Used>,
    ) {
        let whose = Whose::connector_of(environment, connector);
        if let Some(Used { cpu_us, memory_bytes }) = used {
            self.call_cpu.at(whose.clone(), Nothing).observe(cpu_us as f64 / 1e6);
            self.call_memory.at(whose.clone(), Nothing).observe(memory_bytes as f64);
        }
        self.calls.at(whose, Call { export, ending }).inc();
    }
}
