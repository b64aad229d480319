//! A collector: a real server that reads what it gets as OTLP does.

use std::collections::BTreeMap;

use axum::response::IntoResponse as _;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::sync::Arc;

use crate::support::provider::{Answer, Provider, Recorded};

pub struct Collector {
    server: Provider,
    url: String,
}

/// A span as it was exported.
#[derive(Clone, Debug)]
pub struct Seen {
    pub trace: String,
    pub id: String,
    pub parent: String,
    pub state: String,
    pub name: String,
    pub kind: &'static str,
    pub attributes: BTreeMap<String, String>,
    pub links: Vec<(String, String)>,
    pub failed: bool,
    pub began: u64,
}

impl Seen {
    pub fn said(&self, name: &str) -> String {
        self.attributes.get(name).cloned().unwrap_or_else(|| panic!("{name} of {self:?}"))
    }
}

impl Collector {
    pub async fn start() -> Self {
        let server = Provider::start().await;
        // An empty message: all of it was taken.
        server.answers(Answer::By(Arc::new(|_| ().into_response())));
        Self { url: server.url.clone(), server }
    }

    /// One that is somewhere else than it should be.
    pub async fn at(url: &str) -> Self {
        Self { url: url.to_owned(), ..Self::start().await }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn answers(&self, answer: Answer) {
        self.server.answers(answer);
    }

    pub async fn arrived(&self) {
        self.server.arrived().await;
    }

    pub fn requests(&self) -> Vec<Recorded> {
        self.server.requests()
    }

    /// Every span so far.
    pub fn spans(&self) -> Vec<Seen> {
        let batches = self.requests().into_iter().map(|one| ExportTraceServiceRequest::decode(one.body).unwrap());
        let scopes = batches.flat_map(|batch| batch.resource_spans).flat_map(|of| of.scope_spans);
        scopes.flat_map(|scope| scope.spans).map(seen).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seen(span: Span) -> Seen {
    let text = |value: Option<Value>| match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let pairs = span.attributes.into_iter().map(|pair| (pair.key, text(pair.value.and_then(|any| any.value))));
    Seen {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        state: span.trace_state,
        name: span.name,
        kind: ["", "internal", "server", "client", "producer", "consumer"][usize::try_from(span.kind).unwrap()],
        attributes: pairs.collect(),
        links: span.links.iter().map(|link| (hex(&link.trace_id), hex(&link.span_id))).collect(),
        failed: span.status.is_some_and(|status| status.code == 2),
        began: span.start_time_unix_nano,
    }
}
