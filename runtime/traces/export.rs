//! Sends batches of spans to the collector, from a task of its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use prost::Message as _;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::egress::CollectorClient;
use crate::metrics::Metrics;

/// Spans in one request.
const BATCH_MAX: usize = 512;
/// How long a batch waits for more of them.
const GATHERED: Duration = Duration::from_secs(1);
/// How long a collector may take.
const WALL: Duration = Duration::from_secs(5);
/// Between one try and the next, where the collector may take it yet.
const WAITS: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];
/// How long the end of the service waits for what is left.
const LAST: Duration = Duration::from_secs(5);
/// How often a collector that takes nothing is told of.
const TOLD_EVERY: Duration = Duration::from_secs(600);

/// What came of sending a batch.
enum Came {
    /// Taken, but for so many.
    Taken(u64),
    /// Not now.
    Later(String),
    /// Never.
    Refused(String),
}

/// Sends spans. It works once it is started.
pub struct Exporter {
    ended: Receiver<SpanData>,
    collector: CollectorClient,
    metrics: Arc<Metrics>,
    resource: ResourceAttributesWithSchema,
    gathered: Vec<SpanData>,
    /// A batch, and how many it holds: kept until its fate is known.
    batch: Option<(Bytes, u64)>,
    /// When it was told last that nothing is taken, whether that stands, and what was lost since.
    told: Option<Instant>,
    is_down: bool,
    lost: u64,
}

/// An exporter at work.
pub struct Exporting {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Exporting {
    /// Send what is left, for a few seconds at most.
    pub async fn finish(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(LAST, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Exporter {
    pub(super) fn new(
        ended: Receiver<SpanData>,
        collector: CollectorClient,
        metrics: Arc<Metrics>,
        resource: &Resource,
    ) -> Self {
        let (resource, gathered) = (resource.into(), Vec::with_capacity(BATCH_MAX));
        Self { ended, collector, metrics, resource, gathered, batch: None, told: None, is_down: false, lost: 0 }
    }

    /// Begin.
    pub fn start(mut self) -> Exporting {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            while stopped.run_until_cancelled(self.gather()).await.is_some() {
                if stopped.run_until_cancelled(self.deliver()).await.is_none() {
                    break;
                }
            }
            self.send_the_rest().await;
        });
        Exporting { stop, task }
    }

    /// Wait for spans, and a moment for more. What was gathered stays where this is not waited for any more.
    async fn gather(&mut self) {
        if self.gathered.is_empty() && self.ended.recv_many(&mut self.gathered, BATCH_MAX).await == 0 {
            // Nobody can end one any more.
            std::future::pending::<()>().await;
        }
        if self.gathered.len() < BATCH_MAX {
            tokio::time::sleep(GATHERED).await;
        }
        self.pack();
    }

    fn pack(&mut self) {
        while self.gathered.len() < BATCH_MAX
            && let Ok(span) = self.ended.try_recv()
        {
            self.gathered.push(span);
        }
        let spans = std::mem::replace(&mut self.gathered, Vec::with_capacity(BATCH_MAX));
        let count = spans.len() as u64;
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let request = ExportTraceServiceRequest { resource_spans };
        self.batch = (count > 0).then(|| (Bytes::from(request.encode_to_vec()), count));
    }

    /// Send the batch, again and again for a while.
    async fn deliver(&mut self) {
        for wait in WAITS.into_iter().map(Some).chain([None]) {
            let Some((batch, count)) = self.batch.clone() else { return };
            match (self.post(batch).await, wait) {
                (Came::Later(why), Some(wait)) => {
                    self.complain(&why);
                    tokio::time::sleep(wait).await;
                }
                (came, _) => self.settle(came, count),
            }
        }
    }

    /// Once, and no more: the service ends.
    async fn send_the_rest(&mut self) {
        loop {
            if self.batch.is_none() {
                self.pack();
            }
            let Some((batch, count)) = self.batch.clone() else { return };
            let came = self.post(batch).await;
            let is_taken = matches!(came, Came::Taken(_));
            self.settle(came, count);
            if !is_taken {
                return;
            }
        }
    }

    async fn post(&self, batch: Bytes) -> Came {
        match self.collector.post(batch, WALL).await {
            Ok(answer) => match answer.status().as_u16() {
                200..300 => {
                    let said = ExportTraceServiceResponse::decode(answer.into_body()).ok();
                    let rejected = said.and_then(|said| said.partial_success).map_or(0, |some| some.rejected_spans);
                    Came::Taken(u64::try_from(rejected).unwrap_or(0))
                }
                // Those that OTLP has tried again.
                status @ (429 | 502 | 503 | 504) => Came::Later(format!("it answered {status}")),
                status => Came::Refused(format!("it answered {status}")),
            },
            Err(fault) => Came::Later(fault.to_string()),
        }
    }

    fn settle(&mut self, came: Came, count: u64) {
        self.batch = None;
        let (taken, lost) = match &came {
            Came::Taken(rejected) => (count.saturating_sub(*rejected), count.min(*rejected)),
            Came::Later(_) | Came::Refused(_) => (0, count),
        };
        self.metrics.spans("exported", taken);
        self.metrics.spans("lost", lost);
        self.lost += lost;
        match came {
            Came::Taken(0) => self.rejoice(),
            Came::Taken(_) => self.complain("it took only a part of a batch"),
            Came::Later(why) | Came::Refused(why) => self.complain(&why),
        }
    }

    /// One line now and then, however many batches fail.
    fn complain(&mut self, why: &str) {
        if self.told.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return;
        }
        (self.told, self.is_down) = (Some(Instant::now()), true);
        let (host, lost) = (self.collector.host(), self.lost);
        tracing::warn!(host, lost, why, "the collector takes no spans; sends go on, and what it does not take is lost");
    }

    fn rejoice(&mut self) {
        if std::mem::take(&mut self.is_down) {
            let (host, lost) = (self.collector.host(), std::mem::take(&mut self.lost));
            tracing::info!(host, lost, "the collector takes spans again");
        }
    }
}
