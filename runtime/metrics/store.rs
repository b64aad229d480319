//! What a store counts of itself.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::names;

const WRITE_SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.5, 2.0, 10.0];

/// What a store counts of itself. Cheap to clone; clones count together.
#[derive(Clone, Debug)]
pub struct StoreFigures {
    /// How long writes take.
    pub write_seconds: Histogram,
    /// How many wait.
    pub waiting: Gauge,
}

impl Default for StoreFigures {
    fn default() -> Self {
        Self { write_seconds: Histogram::new(WRITE_SECONDS), waiting: Gauge::default() }
    }
}

impl StoreFigures {
    pub(super) fn register(&self, registry: &mut Registry) {
        names::STORE_SECONDS.register(registry, &self.write_seconds);
        names::STORE_WAITING.register(registry, &self.waiting);
    }
}
