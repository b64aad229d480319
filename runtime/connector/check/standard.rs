//! The standard faults of a provider, and what a connector may make of each. `wit/manifest.md` has the same table.

use bytes::Bytes;

use crate::connector::contract::{Certainty, FailureKind};
use crate::egress::{Fault, Response};

/// One fault that a provider is made to have.
pub(super) struct Standard {
    /// For programs.
    pub(super) check: &'static str,
    /// For people.
    pub(super) name: &'static str,
    pub(super) reply: Reply,
    /// Which failures are right; any, if there is none.
    pub(super) kinds: &'static [FailureKind],
    /// Which certainty is; either, if none.
    pub(super) certainty: Option<Certainty>,
    /// Why, for whoever says something else.
    pub(super) why: &'static str,
}

/// What the stand-in does.
#[derive(Clone, Copy)]
pub(super) enum Reply {
    /// An answer: status, headers, body.
    Answer(u16, &'static [(&'static str, &'static str)], &'static [u8]),
    /// No answer.
    Silence,
    /// The connection is reset after the request was read.
    Reset,
    /// A body that is larger than any host takes.
    Large,
}

/// What the provider asks to wait, in seconds: a number that nobody would say by chance.
pub(super) const RETRY_AFTER: u32 = 37;
/// Bytes of the large body.
const LARGE_BYTES: usize = 10 << 20;

const PAGE: &[u8] = b"<!DOCTYPE html>\n<html><head><title>Temporarily unavailable</title></head>\
<body><h1>Temporarily unavailable</h1><p>Please try again later.</p></body></html>\n";
const TRUNCATED: &[u8] = b"{\"messages\": [{\"id\": \"4f6b";
/// "Zustellung nicht m\u{f6}glich: ung\u{fc}ltige Anfrage" as ISO 8859-1 writes it.
const LATIN: &[u8] = b"Zustellung nicht m\xf6glich: ung\xfcltige Anfrage";
/// "ung\u{fc}ltig" in UTF-16, with its mark.
const UTF16: &[u8] = b"\xff\xfeu\0n\0g\0\xfc\0l\0t\0i\0g\0";

const HTML: &[(&str, &str)] = &[("content-type", "text/html; charset=utf-8")];
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

use Certainty::{NotSent, Unknown};
use FailureKind as K;

/// Any failure but a wrong word on time or money: nothing that the provider said supports those.
const UNREADABLE: &[K] = &[K::InvalidResponse, K::ProviderUnavailable, K::Other];
const UNREACHED: &[K] = &[K::ProviderUnavailable, K::Timeout, K::InvalidResponse, K::Other];
const LIMITED: &[K] = &[K::RateLimited, K::QuotaExceeded];
const REFUSED: &[K] = &[
    K::InvalidConfig,
    K::AuthenticationFailed,
    K::InvalidRecipient,
    K::UnsupportedDestination,
    K::ContentRejected,
    K::InvalidResponse,
    K::Other,
];

const LEFT: &str = "the request had left, so the message may have been sent";
const SAID_YES: &str = "the status says yes and the body says nothing, so the message may have been sent";
const SAID_NO: &str = "the provider said no: nothing was sent";

pub(super) const STANDARD: &[Standard] = &[
    fault("no-answer", "no answer", Reply::Silence, &[K::Timeout, K::ProviderUnavailable], Some(Unknown), LEFT),
    fault("reset", "connection reset", Reply::Reset, UNREACHED, Some(Unknown), LEFT),
    fault("too-many", "429", Reply::Answer(429, &[], b""), LIMITED, Some(NotSent), SAID_NO),
    fault(
        "too-many-retry-after",
        "429 with Retry-After",
        Reply::Answer(429, &[("retry-after", "37")], b""),
        LIMITED,
        Some(NotSent),
        SAID_NO,
    ),
    fault(
        "server-error",
        "500",
        Reply::Answer(500, &[], b""),
        &[K::ProviderUnavailable, K::InvalidResponse, K::Other],
        Some(Unknown),
        "a 500 may come after the provider took the message",
    ),
    // A balancer that has nobody to ask says so with 503, and so do providers that did ask: either word is right.
    fault(
        "unavailable-page",
        "503 with an HTML page",
        Reply::Answer(503, HTML, PAGE),
        &[K::ProviderUnavailable, K::RateLimited, K::InvalidResponse, K::Other],
        None,
        "",
    ),
    fault("empty-body", "200 with no body", Reply::Answer(200, &[], b""), UNREADABLE, Some(Unknown), SAID_YES),
    fault(
        "truncated-json",
        "200 with truncated JSON",
        Reply::Answer(200, JSON, TRUNCATED),
        UNREADABLE,
        Some(Unknown),
        SAID_YES,
    ),
    fault("html-page", "200 with an HTML page", Reply::Answer(200, HTML, PAGE), UNREADABLE, Some(Unknown), SAID_YES),
    fault("large-body", "200 with 10 MB", Reply::Large, UNREADABLE, Some(Unknown), LEFT),
    fault(
        "latin-1",
        "200 with text in ISO 8859-1",
        Reply::Answer(200, &[("content-type", "text/plain; charset=iso-8859-1")], LATIN),
        UNREADABLE,
        Some(Unknown),
        SAID_YES,
    ),
    fault(
        "utf-16",
        "200 with text in UTF-16",
        Reply::Answer(200, &[("content-type", "text/plain; charset=utf-16")], UTF16),
        UNREADABLE,
        Some(Unknown),
        SAID_YES,
    ),
    fault(
        "utf-16-refusal",
        "400 with text in UTF-16",
        Reply::Answer(400, &[("content-type", "text/plain; charset=utf-16")], UTF16),
        REFUSED,
        Some(NotSent),
        SAID_NO,
    ),
];

const fn fault(
    check: &'static str,
    name: &'static str,
    reply: Reply,
    kinds: &'static [FailureKind],
    certainty: Option<Certainty>,
    why: &'static str,
) -> Standard {
    Standard { check, name, reply, kinds, certainty, why }
}

impl Standard {
    /// Whether its status alone says yes.
    pub(super) fn is_good_status(&self) -> bool {
        matches!(self.reply, Reply::Answer(200..=299, ..))
    }

    /// Whether the provider says how long to wait.
    pub(super) fn asks_to_wait(&self) -> bool {
        matches!(self.reply, Reply::Answer(_, [("retry-after", _)], _))
    }
}

impl Reply {
    pub(super) fn made(self) -> Result<Response, Fault> {
        match self {
            Self::Answer(status, headers, body) => {
                let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
                let headers = headers.iter().map(header).collect();
                Ok(Response { status, headers, body: Bytes::from_static(body) })
            }
            Self::Silence => Err(Fault::Timeout { began: true }),
            Self::Reset => Err(Fault::Protocol("connection reset by peer".to_owned())),
            Self::Large => Err(Fault::TooLarge(LARGE_BYTES)),
        }
    }
}
