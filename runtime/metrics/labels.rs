//! Labels whose values come from closed sets. What operators name stands beside them: [`super::series::Whose`].

use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};

use crate::texts::PURPOSES;

/// What is not one of the known words.
pub(super) const OTHER: &str = "other";

macro_rules! labels {
    ($($(#[$what:meta])* $name:ident { $($label:ident: $value:ty),* })*) => {$(
        $(#[$what])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EncodeLabelSet)]
        pub(super) struct $name {
            $(pub(super) $label: $value),*
        }
    )*};
}

labels! {
    /// Of a verification.
    Meant { purpose: &'static str }
    /// Of a message.
    Message { source: &'static str }
    /// Of a presented code.
    Checked { result: &'static str }
    /// Of a refused send.
    Refusal { purpose: &'static str, rule: &'static str }
    /// Of a rule of the guard that fired.
    Decision { rule: &'static str, outcome: &'static str }
    /// Of a proof that a person asks.
    Attested { outcome: &'static str }
    /// Of an attempt.
    Attempt { outcome: &'static str, kind: &'static str }
    /// Of a failover.
    Failover { after: &'static str }
    /// Of a report that was read.
    Report { status: &'static str, verified: bool }
    /// Of an attempt that a report moved.
    Reported { status: &'static str }
    /// Of a connector's call.
    Call { export: &'static str, ending: &'static str }
    /// Of a request to a provider.
    Answer { status: &'static str }
    /// Of a swap.
    Swap { what: &'static str }
    /// Of a span.
    Fate { outcome: &'static str }
    /// Of a request to this service. Templates of routes are ours; the router has them as text.
    Request { method: &'static str, route: String, status: u16 }
    /// The same, whatever the answer.
    Route { method: &'static str, route: String }
}

/// No labels besides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Nothing;

impl EncodeLabelSet for Nothing {
    fn encode(&self, _: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

/// A purpose as a label: callers may name others than the known ones.
pub(super) fn purpose(asked: &str) -> &'static str {
    PURPOSES.iter().copied().find(|known| *known == asked).unwrap_or(OTHER)
}

/// What asked for a message, as a label: hooks have names of their own.
pub(super) fn source(source: &str) -> &'static str {
    let door = source.split(':').next().unwrap_or_default();
    ["verification", "api", "hook", "twilio"].into_iter().find(|known| *known == door).unwrap_or(OTHER)
}

/// A method as a label.
pub(crate) fn method(asked: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == asked).unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_writes_is_a_known_word_or_other() {
        assert_eq!((purpose("sign-in"), purpose("a-million-and-1"), purpose("")), ("sign-in", OTHER, OTHER));
        assert_eq!((source("hook:supabase"), source("twilio"), source("x:api")), ("hook", "twilio", OTHER));
        assert_eq!((method("GET"), method("get"), method("BREW")), ("GET", OTHER, OTHER));
    }
}
