//! Traces: one span for each step that takes time, told to the operator's collector (OpenTelemetry, by OTLP over HTTP).
//!
//! Where no collector is configured there are none: each step then costs a look at a variable of its thread. A step has no
//! tracer handed to it: it goes by the context in which it runs ([`span()`]), work that leaves its task takes that along
//! ([`carried`]), and so do writes to the store. `w3c` reads and writes what goes between services, `names` lists every
//! span and every attribute, `queue` takes what ended, `export` sends it.
//!
//! **What a span says.** Only what [`Said`] has words for: words of closed sets, the names of environments and connectors, a
//! country, the template of a route. Never a number, a code, a text, a secret, an id, an address, or what a caller or a
//! provider wrote. Of a caller there is his own `tracestate`, which is his collector's.
//!
//! **What it may cost.** Spans wait in a bounded queue and leave in batches, from a task of its own: a collector that is slow
//! or down holds up nobody. What finds no room or is not taken is lost, and counted (`countersign_trace_spans_total`).

mod export;
mod names;
mod queue;
mod request;
mod span;
mod w3c;

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::future::Either;
use http::HeaderValue;
use opentelemetry::trace::{
    FutureExt as _, SpanBuilder, SpanContext, SpanKind, TraceContextExt as _, Tracer as _, TracerProvider as _,
    WithContext,
};
use opentelemetry::{Context, ContextGuard, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, SpanLimits};

use crate::config::{ConfigError, TracesConfig};
use crate::egress::{Egress, EgressError};
use crate::metrics::Metrics;

pub use export::{Exporter, Exporting};
pub use names::{
    ATTRIBUTES, CONNECTOR_CALL, MESSAGE_RESUME, MESSAGE_SEND, Named, REPORT_APPLY, ROUTE_SELECT, SPANS, Said,
    VERIFICATION_CHECK, VERIFICATION_CREATE, VERIFICATION_RESEND, WEBHOOK_DELIVER,
};
pub use span::Span;

/// A future that runs in a context, if there is one.
pub type Within<F> = Either<WithContext<F>, F>;

/// Why there can be no traces.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The way to the collector.
    #[error("the way to the collector of `traces.endpoint` can't be made: {0}")]
    Egress(#[from] EgressError),
}

/// The traces of a service. Cheap to clone.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<On>>);

struct On {
    tracer: SdkTracer,
    to_providers: bool,
}

/// What a context has of the service whose it is: no tracer is global, so that many services live in one process of tests.
#[derive(Clone)]
struct Ours(Arc<On>);

impl Traces {
    /// As configured, with what sends the spans: none of both where no collector is named.
    pub fn new(
        config: &TracesConfig,
        egress: &Egress,
        metrics: &Arc<Metrics>,
    ) -> Result<(Self, Option<Exporter>), TracesError> {
        // From the start, so that the first that is lost is a rise and not a series that begins.
        ["exported", "dropped", "lost"].into_iter().for_each(|outcome| metrics.spans(outcome, 0));
        let Some(address) = config.address() else { return Ok((Self::default(), None)) };
        let collector = egress.collector(address, config.collector_headers()?)?;
        let (queue, ended) = queue::make(Arc::clone(metrics));
        let name = env!("CARGO_PKG_NAME");
        let about = [KeyValue::new("service.name", name), KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))];
        let resource = Resource::builder_empty().with_attributes(about).build();
        // All that the library would take from the environment otherwise.
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample))))
            .with_span_limits(SpanLimits::default())
            .with_resource(resource.clone())
            .with_span_processor(queue)
            .build();
        let on = On { tracer: provider.tracer(name), to_providers: config.to_providers };
        let exporter = Exporter::new(ended, collector, Arc::clone(metrics), &resource);
        Ok((Self(Some(Arc::new(on))), Some(exporter)))
    }

    /// Work of the service's own, of no request: its steps begin traces.
    pub fn around<F: Future>(&self, work: F) -> Within<F> {
        within(self.0.as_ref().map(|on| on.context()), work)
    }
}

impl On {
    fn context(self: &Arc<Self>) -> Context {
        Context::new().with_value(Ours(Arc::clone(self)))
    }

    /// A span below whatever the context has.
    fn begin(&self, name: Cow<'static, str>, kind: SpanKind, above: &Context) -> Span {
        let builder = SpanBuilder::from_name(name).with_kind(kind);
        Span::of(above.with_span(self.tracer.build_with_context(builder, above)))
    }
}

/// What the current context has of ours, if anything.
fn ours<T>(read: impl FnOnce(&Context, &On) -> T) -> Option<T> {
    Context::map_current(|context| context.get::<Ours>().map(|Ours(on)| read(context, on)))
}

fn within<F: Future>(context: Option<Context>, work: F) -> Within<F> {
    match context {
        Some(context) => Either::Left(work.with_context(context)),
        None => Either::Right(work),
    }
}

/// A step of what is under way here.
pub fn span(named: &Named) -> Span {
    ours(|context, on| on.begin(named.name.into(), named.kind.clone(), context)).unwrap_or_default()
}

/// A step that goes on with what was under way when [`here`] was kept, perhaps in another process.
pub fn span_after(kept: Option<&str>, named: &Named) -> Span {
    let parent = |context: &Context| match kept.and_then(w3c::read_parent) {
        Some(parent) => context.with_remote_span_context(parent),
        None => context.clone(),
    };
    ours(|context, on| on.begin(named.name.into(), named.kind.clone(), &parent(context))).unwrap_or_default()
}

/// Work that is done apart, as a part of what is under way here.
pub fn carried<F: Future>(work: F) -> Within<F> {
    within(ours(|context, _| context.clone()), work)
}

/// What is under way here, to be taken to another thread.
pub struct Taken(Option<Context>);

/// Take along what is under way here.
pub fn taken() -> Taken {
    Taken(ours(|context, _| context.clone()))
}

impl Taken {
    /// Go on with it, for as long as the guard lives.
    pub fn enter(self) -> Option<ContextGuard> {
        self.0.map(Context::attach)
    }
}

fn current() -> Option<SpanContext> {
    let found = ours(|context, _| context.has_active_span().then(|| context.span().span_context().clone()));
    found.flatten().filter(SpanContext::is_valid)
}

/// The step that is under way here as a `traceparent`, to be kept or told.
pub fn here() -> Option<String> {
    current().map(|context| w3c::written(&context))
}

/// The same for a request to a provider, if providers are told.
pub fn to_provider() -> Option<HeaderValue> {
    let is_told = ours(|_, on| on.to_providers)?;
    is_told.then(here).flatten().and_then(|parent| HeaderValue::from_str(&parent).ok())
}

/// Ids of the trace and the step that are under way here, for the log.
pub fn ids() -> Option<(String, String)> {
    current().map(|context| (context.trace_id().to_string(), context.span_id().to_string()))
}
