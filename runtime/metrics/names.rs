//! The list: every metric with its type, its labels and what it says. `examples/grafana/README.md` shows it as a table;
//! a test compares that table, the dashboard and the alerts with this list, and the list with what is served.

use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Metric, Registry, Unit};

/// What kind of metric it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It only grows, from the start of the process on.
    Counter,
    /// It goes up and down.
    Gauge,
    /// How values are spread: `_bucket`, `_sum`, `_count`.
    Histogram,
}

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name, with its unit and `_total`.
    pub name: &'static str,
    /// Its type.
    pub shape: Shape,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says, without a full stop.
    pub help: &'static str,
}

impl Shape {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    fn kind(self) -> MetricType {
        match self {
            Self::Counter => MetricType::Counter,
            Self::Gauge => MetricType::Gauge,
            Self::Histogram => MetricType::Histogram,
        }
    }
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Named {
    Named { name, shape: Shape::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Named {
    Named { name, shape: Shape::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Named {
    Named { name, shape: Shape::Histogram, labels, help }
}

/// Every one of them.
pub const ALL: &[Named] = &[
    VERIFICATIONS,
    MESSAGES,
    CHECKS,
    REFUSALS,
    DECISIONS,
    ATTESTATIONS,
    ATTEMPTS,
    ATTEMPT_SECONDS,
    FAILOVERS,
    CODES_SENT,
    CODES_USED,
    REPORTS,
    REPORTED,
    REPORT_SECONDS,
    BREAKERS,
    NETWORK_BREAKERS,
    IN_FLIGHT,
    REVISIONS,
    QUARANTINED,
    SWAPS,
    CALLS,
    CALL_CPU,
    CALL_MEMORY,
    COMPILE_SECONDS,
    PLACES,
    PLACES_FREE,
    EGRESS,
    EGRESS_SENT,
    EGRESS_RECEIVED,
    QUEUE,
    WEBHOOK_EVENTS_DROPPED,
    STORE_SECONDS,
    STORE_WAITING,
    SPANS,
    REQUESTS,
    REQUEST_SECONDS,
    BUILD,
    START_SECONDS,
    RESIDENT_BYTES,
    PROCESS_CPU,
];

/// Verifications.
pub const VERIFICATIONS: Named = counter(
    "countersign_verifications_created_total",
    &["environment", "country", "purpose"],
    "Verifications that were made",
);
/// Messages.
pub const MESSAGES: Named = counter(
    "countersign_messages_created_total",
    &["environment", "country", "source"],
    "Messages that were taken to be sent, by what asked for them: verification (first codes and resends), api, hook, twilio",
);
/// Checks.
pub const CHECKS: Named = counter(
    "countersign_checks_total",
    &["environment", "result"],
    "Codes that were presented: approved, wrong, not-pending, back-off, locked, mismatch, not-found, or unchecked where a provider that makes the codes did not answer",
);
/// Refused sends.
pub const REFUSALS: Named = counter(
    "countersign_sends_refused_total",
    &["environment", "purpose", "rule"],
    "Messages that were refused before anybody was asked to send them, by the rule: a limit, a closed destination or purpose, the budget, a rule of the guard, an attestation, or no-route",
);
/// The guard.
pub const DECISIONS: Named = counter(
    "countersign_guard_decisions_total",
    &["environment", "country", "rule", "outcome"],
    "Rules of the guard that fired, each by what became of its message: refused, recorded or allowed; several may fire for one message",
);
/// Proofs that a person asks.
pub const ATTESTATIONS: Named = counter(
    "countersign_attestations_total",
    &["environment", "outcome"],
    "Attestations that were asked for: passed, failed, replayed, missing, or where nobody could tell unchecked-allowed and unchecked-refused",
);
/// Attempts.
pub const ATTEMPTS: Named = counter(
    "countersign_attempts_total",
    &["environment", "connector", "country", "outcome", "kind"],
    "Attempts to have a message sent: accepted, refused (certainly not sent) or unknown; kind is why it failed, none if it did not",
);
/// Their time.
pub const ATTEMPT_SECONDS: Named =
    histogram("countersign_attempt_duration_seconds", &["environment", "connector"], "How long attempts took");
/// Failovers.
pub const FAILOVERS: Named = counter(
    "countersign_failovers_total",
    &["environment", "connector", "after"],
    "Messages that went on to the next connector, by the one that they left, after a refused, an unknown or an undelivered attempt",
);
/// Codes that can be used.
pub const CODES_SENT: Named = counter(
    "countersign_codes_sent_total",
    &["environment", "connector", "country"],
    "Messages that a provider accepted and of which it is told whether their code is used: what conversion divides by",
);
/// Codes that were used.
pub const CODES_USED: Named = counter(
    "countersign_codes_used_total",
    &["environment", "connector", "country"],
    "Codes that were used, by the connector that sent them last",
);
/// Webhooks' backlog.
pub const WEBHOOK_EVENTS_DROPPED: Named = counter(
    "countersign_webhook_events_dropped_total",
    &["environment"],
    "Events that a webhook was not told: it took nothing for so long that the oldest were dropped",
);
/// Reports.
pub const REPORTS: Named = counter(
    "countersign_reports_total",
    &["environment", "connector", "status", "verified"],
    "Delivery reports as providers sent them, repeated ones too; what is not verified moves nothing",
);
/// What they moved.
pub const REPORTED: Named = counter(
    "countersign_reported_attempts_total",
    &["environment", "connector", "country", "status"],
    "Attempts that a delivery report moved: to accepted, delivered or undelivered, each once",
);
/// How late they are.
pub const REPORT_SECONDS: Named = histogram(
    "countersign_report_delay_seconds",
    &["environment", "connector"],
    "From the beginning of an attempt to the report that it was delivered",
);
/// Breakers of countries.
pub const BREAKERS: Named = gauge(
    "countersign_breaker_state",
    &["environment", "connector", "country", "state"],
    "Where the breaker of a serving connector stands in a country: 1 for its state, 0 for the others of closed, open, probation",
);
/// Breakers of networks.
pub const NETWORK_BREAKERS: Named = gauge(
    "countersign_network_breakers",
    &["environment", "connector", "state"],
    "How many breakers of mobile networks a serving connector has in each state; which networks, the API tells",
);
/// Sends under way.
pub const IN_FLIGHT: Named = gauge(
    "countersign_sends_in_flight",
    &["environment", "connector"],
    "Sends that are under way, those of revisions that were swapped out included",
);
/// What serves.
pub const REVISIONS: Named =
    gauge("countersign_connector_revision", &["environment", "connector"], "Number of the revision that serves");
/// What must not serve.
pub const QUARANTINED: Named = gauge(
    "countersign_connector_quarantined",
    &["environment", "connector"],
    "Whether the serving revision is quarantined, since it gave out a secret",
);
/// Swaps.
pub const SWAPS: Named = counter(
    "countersign_swaps_total",
    &["environment", "connector", "what"],
    "Swaps under traffic: another revision of the connector took its place, or the connector became the active one",
);
/// Calls.
pub const CALLS: Named = counter(
    "countersign_connector_calls_total",
    &["environment", "connector", "export", "ending"],
    "Calls of connectors by how they ended: answered, not-begun (it could not be asked), or stopped by trap, deadline, cpu, memory, table, secret; test sends included, those of drafts as connector draft",
);
/// Their computing.
pub const CALL_CPU: Named =
    histogram("countersign_connector_call_cpu_seconds", &["environment", "connector"], "CPU time of calls");
/// Their memory.
pub const CALL_MEMORY: Named = histogram(
    "countersign_connector_call_memory_bytes",
    &["environment", "connector"],
    "The most linear memory that a call had",
);
/// Compiling.
pub const COMPILE_SECONDS: Named = histogram(
    "countersign_component_compile_seconds",
    &[],
    "How long components took to compile; none if the cache had them",
);
/// Places.
pub const PLACES: Named = gauge("countersign_sandbox_places", &[], "Calls that the sandbox can have at once");
/// Free places.
pub const PLACES_FREE: Named =
    gauge("countersign_sandbox_places_free", &[], "Places of the sandbox that nobody has; at 0, calls wait");
/// Requests that leave.
pub const EGRESS: Named = counter(
    "countersign_egress_requests_total",
    &["environment", "connector", "status"],
    "Requests of connectors to their providers, also those for tokens: the class of the answer's status (2xx), or denied, dns, connect, proxy, tls, timeout, too-large, broken",
);
/// Bytes that leave.
pub const EGRESS_SENT: Named = counter(
    "countersign_egress_sent_bytes_total",
    &["environment", "connector"],
    "Bytes of request bodies that may have left",
);
/// Bytes that come.
pub const EGRESS_RECEIVED: Named = counter(
    "countersign_egress_received_bytes_total",
    &["environment", "connector"],
    "Bytes of answers' bodies, as they came",
);
/// The queue.
pub const QUEUE: Named =
    gauge("countersign_queue_messages", &[], "Messages that were answered 202 and that this process has in hand");
/// Writing.
pub const STORE_SECONDS: Named = histogram(
    "countersign_store_write_seconds",
    &[],
    "From when a write is asked for to when it is on disk, the wait for its turn included",
);
/// Writes that wait.
pub const STORE_WAITING: Named = gauge("countersign_store_waiting_writes", &[], "Writes that wait for their turn");
/// Spans.
pub const SPANS: Named = counter(
    "countersign_trace_spans_total",
    &["outcome"],
    "Spans of traces: exported, dropped where too many waited for the collector, or lost where it did not take them",
);
/// Requests that come.
pub const REQUESTS: Named = counter(
    "countersign_http_requests_total",
    &["method", "route", "status"],
    "Requests that this service answered; route is the template of the address, or unmatched",
);
/// Their time.
pub const REQUEST_SECONDS: Named =
    histogram("countersign_http_request_duration_seconds", &["method", "route"], "How long answers took");
/// The build.
pub const BUILD: Named = gauge(
    "countersign_build_info",
    &["version", "engine"],
    "1; which version this is, and of which WebAssembly engine",
);
/// The start.
pub const START_SECONDS: Named =
    gauge("process_start_time_seconds", &[], "When the service started, in seconds since 1970");
/// Memory.
pub const RESIDENT_BYTES: Named = gauge("process_resident_memory_bytes", &[], "Memory that the process has in RAM");
/// Computing.
pub const PROCESS_CPU: Named = counter("process_cpu_seconds_total", &[], "CPU time of the process");

impl Named {
    /// Its name without what follows from its type and its unit, and its unit.
    fn parts(&self) -> (&'static str, Option<Unit>) {
        let name = self.name.strip_suffix("_total").unwrap_or(self.name);
        if let Some(name) = name.strip_suffix("_seconds") {
            return (name, Some(Unit::Seconds));
        }
        name.strip_suffix("_bytes").map_or((name, None), |name| (name, Some(Unit::Bytes)))
    }

    pub(super) fn register(&self, registry: &mut Registry, metric: &(impl Metric + Clone)) {
        match self.parts() {
            (name, Some(unit)) => registry.register_with_unit(name, self.help, unit, metric.clone()),
            (name, None) => registry.register(name, self.help, metric.clone()),
        }
    }

    /// Begin it among what is read when somebody asks.
    pub(super) fn begin<'a>(
        &self,
        encoder: &'a mut DescriptorEncoder<'_>,
        unit: &'a mut Option<Unit>,
    ) -> Result<MetricEncoder<'a>, std::fmt::Error> {
        let (name, of) = self.parts();
        *unit = of;
        encoder.encode_descriptor(name, &format!("{}.", self.help), unit.as_ref(), self.shape.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions_and_no_two_are_the_same() {
        let mut names: Vec<_> = ALL.iter().map(|named| named.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        for Named { name, shape, help, .. } in ALL {
            assert!(name.starts_with("countersign_") || name.starts_with("process_"), "{name}");
            assert_eq!(name.ends_with("_total"), *shape == Shape::Counter, "{name}");
            assert!(!help.ends_with('.') && !help.contains(['\n', '|', '\\', '"']), "{name}: {help}");
        }
    }
}
