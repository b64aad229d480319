//! What the host saw of a call.

use std::fmt;

use serde::Serialize;

use super::Pair;
use crate::connector::transcript::WireFault;
use crate::credentials::QUARANTINE_BYTES_MIN;

/// One line of a connector's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// `debug`, `info`, `warning` or `critical`.
    pub level: &'static str,
    /// What the connector wrote, cut to the limit.
    pub text: String,
}

/// One HTTP exchange as a test shows it: the request as the connector made it, with a label wherever the host placed
/// a credential, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Upper case.
    pub method: String,
    /// As the connector wrote it.
    pub url: String,
    /// As the connector wrote them; a placed credential shows as `‹credential NAME›`.
    pub headers: Vec<Pair>,
    /// As the connector wrote it, lossily as UTF-8 and cut at 64 KiB.
    pub body: String,
    /// Names of the credentials that the host placed.
    pub credentials: Vec<String>,
    /// The answer's status, if there was an answer.
    pub status: Option<u16>,
    /// The answer's headers.
    pub response_headers: Vec<Pair>,
    /// The answer's body, lossily as UTF-8 and cut at 64 KiB.
    pub response_body: String,
    /// Why there was no answer.
    pub fault: Option<String>,
    /// The same in a transcript's words; none where nothing left the sandbox.
    #[serde(skip)]
    pub wire_fault: Option<WireFault>,
    /// Whether the host made it, for a token: then it shows neither what it asked nor what came.
    #[serde(skip)]
    pub by_host: bool,
    /// Wall-clock time of the exchange.
    pub elapsed_ms: u64,
}

/// A secret that a component gave out: in a request, a log line, a receipt or a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The field that holds it, or the credential that it was made for.
    pub secret: String,
    /// Its length in bytes.
    pub bytes: usize,
    /// Where it stood.
    pub place: &'static str,
}

impl Leak {
    /// Whether its revision must not serve any more: a secret of this length does not stand anywhere by chance.
    pub fn quarantines(&self) -> bool {
        self.bytes >= QUARANTINE_BYTES_MIN
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the connector gave out the secret `{}` in {}", self.secret, self.place)
    }
}
