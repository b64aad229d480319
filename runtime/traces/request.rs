//! The span of a request that comes in.

use http::HeaderMap;
use opentelemetry::trace::{SpanKind, TraceContextExt as _};

use super::{Said, Span, Traces, w3c};

/// Asked every few seconds, by machines: a trace of that tells nobody anything.
const PROBES: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/assets"];

/// Whose word on their own traces counts: programs that call us. Not browsers, nor providers that report: what they would
/// say of a trace is none of its caller's business.
const CALLERS: [&str; 4] = ["/v1/", "/v2/", "/2010-04-01/", "/hooks/"];

impl Traces {
    /// A request began. `method` is a known word; `route` is the template that it matched, and what stands in the address
    /// itself is none of it.
    pub fn request(&self, method: &'static str, route: Option<&str>, headers: &HeaderMap) -> Span {
        let (Some(on), Some(route)) = (&self.0, route) else { return Span::default() };
        if PROBES.iter().any(|probe| route.starts_with(probe)) || route.contains("/assets/") {
            return Span::default();
        }
        let parent = w3c::read(headers).filter(|_| CALLERS.iter().any(|path| route.starts_with(path)));
        let above = match parent {
            Some(parent) => on.context().with_remote_span_context(parent),
            None => on.context(),
        };
        let span = on.begin(format!("{method} {route}").into(), SpanKind::Server, &above);
        span.say(Said::Method(method));
        span.say(Said::Route(route));
        span
    }
}
