//! Counting what connectors ask their providers.

use std::sync::Arc;

use super::Metrics;
use super::labels::{Answer, Nothing};
use super::series::Whose;

/// One connector's requests.
#[derive(Clone, Debug)]
pub struct Traffic {
    metrics: Arc<Metrics>,
    whose: Whose,
}

impl Traffic {
    /// Of a connector.
    pub fn of(metrics: Arc<Metrics>, environment: &str, connector: &str) -> Self {
        Self { metrics, whose: Whose::connector_of(environment, connector) }
    }

    /// A request ended, with an answer of that class or without one.
    pub(crate) fn ended(&self, status: &'static str) {
        self.metrics.egress.at(self.whose.clone(), Answer { status }).inc();
    }

    /// So many bytes may have left.
    pub(crate) fn sent(&self, bytes: usize) {
        self.metrics.egress_sent.at(self.whose.clone(), Nothing).inc_by(bytes as u64);
    }

    /// So many bytes came.
    pub(crate) fn received(&self, bytes: usize) {
        self.metrics.egress_received.at(self.whose.clone(), Nothing).inc_by(bytes as u64);
    }
}
