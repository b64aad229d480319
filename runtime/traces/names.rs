//! The list: every span, and every attribute that one may have. `examples/traces/README.md` shows both as tables; a test
//! compares them with this list, and the list with what is exported.

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;

/// A span.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name.
    pub name: &'static str,
    /// Which side of a call it is.
    pub kind: SpanKind,
    /// What it spans, without a full stop.
    pub help: &'static str,
}

const fn internal(name: &'static str, help: &'static str) -> Named {
    Named { name, kind: SpanKind::Internal, help }
}

/// Every span but those of requests, which are named by their method and the template of their route.
pub const SPANS: &[Named] = &[
    VERIFICATION_CREATE,
    VERIFICATION_RESEND,
    VERIFICATION_CHECK,
    MESSAGE_SEND,
    MESSAGE_RESUME,
    ROUTE_SELECT,
    CONNECTOR_CALL,
    REPORT_APPLY,
    WEBHOOK_DELIVER,
];

/// A verification.
pub const VERIFICATION_CREATE: Named = internal("verification.create", "A verification is made and its code sent");
/// A further message of one.
pub const VERIFICATION_RESEND: Named = internal("verification.resend", "The code of a verification is sent again");
/// A check.
pub const VERIFICATION_CHECK: Named = internal("verification.check", "A code is checked");
/// A message whose code the caller made.
pub const MESSAGE_SEND: Named = internal("message.send", "A message whose code its caller made is sent");
/// A message of the queue.
pub const MESSAGE_RESUME: Named =
    internal("message.resume", "A message that waits in the queue is taken up again, after a restart for instance");
/// The route.
pub const ROUTE_SELECT: Named = internal("route.select", "It is decided which connectors are asked, in which order");
/// An attempt.
pub const CONNECTOR_CALL: Named = Named {
    name: "connector.call",
    kind: SpanKind::Client,
    help: "One attempt: a connector is asked to send a message; or to check a code that its provider made",
};
/// A provider's report.
pub const REPORT_APPLY: Named =
    internal("report.apply", "A provider's delivery report moves an attempt; linked to the step that made the message");
/// An event of a webhook.
pub const WEBHOOK_DELIVER: Named = Named {
    name: "webhook.deliver",
    kind: SpanKind::Client,
    help: "One call of a webhook; below the step that it tells of, however much later",
};

/// Every attribute, and what it says.
pub const ATTRIBUTES: &[(&str, &str)] = &[
    ("countersign.environment", "The environment"),
    ("countersign.connector", "The connector"),
    ("countersign.revision", "Number of its revision"),
    ("countersign.attempt", "Number of the attempt of its message"),
    ("countersign.country", "The recipient's country"),
    ("countersign.outcome", "What it came to: a word of the metric for the same, such as accepted, refused, unknown"),
    ("countersign.cpu_us", "CPU time of the connector's call, in microseconds"),
    ("countersign.event", "Type of the event that a webhook is told"),
    ("error.type", "Why an attempt failed, in the words of the connectors' contract"),
    ("http.request.method", "Method of a request"),
    ("http.route", "Template of its route"),
    ("http.response.status_code", "Status of its answer"),
];

/// What a span can say. Whoever adds to it adds to [`ATTRIBUTES`], and never anything that somebody wrote.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// The environment.
    Environment(&'a str),
    /// The connector.
    Connector(&'a str),
    /// Its revision.
    Revision(u64),
    /// Number of the attempt.
    Attempt(u32),
    /// The recipient's country.
    Country(&'a str),
    /// What it came to.
    Outcome(&'static str),
    /// CPU time of the call.
    CpuUs(u64),
    /// Type of an event.
    Event(&'static str),
    /// Why it failed.
    Kind(&'static str),
    /// Method of a request.
    Method(&'static str),
    /// Template of its route.
    Route(&'a str),
    /// Status of an answer.
    Status(u16),
}

impl Said<'_> {
    pub(super) fn attribute(self) -> KeyValue {
        let text = |name, value: &str| KeyValue::new(name, value.to_owned());
        let whole = |name, value: u64| KeyValue::new(name, i64::try_from(value).unwrap_or(i64::MAX));
        match self {
            Self::Environment(name) => text("countersign.environment", name),
            Self::Connector(name) => text("countersign.connector", name),
            Self::Revision(number) => whole("countersign.revision", number),
            Self::Attempt(number) => whole("countersign.attempt", number.into()),
            Self::Country(word) => text("countersign.country", word),
            Self::Outcome(word) => KeyValue::new("countersign.outcome", word),
            Self::CpuUs(spent) => whole("countersign.cpu_us", spent),
            Self::Event(word) => KeyValue::new("countersign.event", word),
            Self::Kind(word) => KeyValue::new("error.type", word),
            Self::Method(word) => KeyValue::new("http.request.method", word),
            Self::Route(template) => text("http.route", template),
            Self::Status(status) => whole("http.response.status_code", status.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_can_be_said_is_on_the_list_and_nothing_else() {
        let all = [
            Said::Environment("e"),
            Said::Connector("c"),
            Said::Revision(1),
            Said::Attempt(1),
            Said::Country("US"),
            Said::Outcome("accepted"),
            Said::CpuUs(1),
            Said::Event("message.sent"),
            Said::Kind("timeout"),
            Said::Method("GET"),
            Said::Route("/"),
            Said::Status(200),
        ];
        let said: Vec<String> = all.iter().map(|said| said.attribute().key.to_string()).collect();
        let listed: Vec<&str> = ATTRIBUTES.iter().map(|(name, _)| *name).collect();
        assert_eq!(said, listed);
    }

    #[test]
    fn the_tables_show_the_list() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/traces/README.md")).unwrap();
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        let spans = SPANS.iter().map(|named| (named.name, named.help));
        let listed = spans.chain(ATTRIBUTES.iter().copied()).map(|(name, help)| format!("| `{name}` | {help} |"));
        assert_eq!(rows, listed.collect::<Vec<_>>());
    }
}
