//! Spans that ended wait here to be exported: so many, and no more. Who ends one never waits.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::metrics::Metrics;

/// Some 4 MiB.
const WAITING_MAX: usize = 4096;

/// Takes what ended.
pub(super) struct Queue {
    ended: Sender<SpanData>,
    metrics: Arc<Metrics>,
}

/// A queue, and its other end.
pub(super) fn make(metrics: Arc<Metrics>) -> (Queue, Receiver<SpanData>) {
    let (ended, waiting) = channel(WAITING_MAX);
    (Queue { ended, metrics }, waiting)
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.ended.try_send(span).is_err() {
            self.metrics.spans("dropped", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    /// The exporter ends by itself.
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
