//! A fault that an operator injects, and how a request meets it: the outcome is that of the real thing, so certainty and
//! failover are those of a bad day.
//!
//! | kind | what the connector gets | whether the request leaves |
//! |---|---|---|
//! | latency | the provider's answer, late; or none in time | yes: what is late is sent all the same |
//! | status | an answer of that status | no |
//! | silent | the given answer, as if it had been taken | no |
//! | reset | a connection that broke after the request was written | no |
//! | refused | no connection | no |
//! | bad TLS | no connection: the certificate is not good | no |
//! | half an answer | an answer that breaks off | yes: the provider took it |
//!
//! It only ever takes away: what may not leave is judged before, and nothing goes anywhere but where it would have gone.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::{Fault, FetchLimits, Response};

/// What a provider's bad day looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Injected {
    /// The answer comes that much later.
    Latency(Duration),
    /// An answer of this status.
    Status {
        /// It.
        status: u16,
        /// Its `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// The connection breaks once the request is written.
    Reset,
    /// Nobody listens.
    Refused,
    /// The provider's certificate is not good.
    BadTls,
    /// The answer breaks off.
    HalfAnswer,
    /// It is taken, and nothing arrives.
    Silent {
        /// Status of the answer.
        status: u16,
        /// Its type.
        content_type: String,
        /// Its body.
        body: String,
    },
}

/// A fault of one call.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    fault: Arc<Injected>,
    met: Arc<AtomicBool>,
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(late) => write!(f, "latency of {} ms", late.as_millis()),
            Self::Status { status, .. } => write!(f, "status {status}"),
            Self::Reset => f.write_str("reset"),
            Self::Refused => f.write_str("refused"),
            Self::BadTls => f.write_str("bad TLS"),
            Self::HalfAnswer => f.write_str("half an answer"),
            Self::Silent { status, .. } => write!(f, "silent, status {status}"),
        }
    }
}

impl Meeting {
    pub(super) fn with(fault: Arc<Injected>) -> Self {
        Self { fault, met: Arc::default() }
    }

    /// What a request met, if one was made.
    pub(super) fn met(&self) -> Option<String> {
        self.met.load(Ordering::Relaxed).then(|| self.fault.to_string())
    }

    /// Whether a request for a token meets it: a silent provider lets everybody in.
    pub(super) fn is_met_by_logins(&self) -> bool {
        !matches!(*self.fault, Injected::Silent { .. })
    }

    /// `real` is the exchange as it would be; most faults never begin it.
    pub(super) async fn answer(
        &self,
        real: impl Future<Output = Result<Response, Fault>>,
        limits: FetchLimits,
    ) -> Result<Response, Fault> {
        self.met.store(true, Ordering::Relaxed);
        match &*self.fault {
            Injected::Latency(late) => {
                let answer = real.await?;
                let at = Instant::now() + *late;
                sleep_until(at.min(limits.deadline)).await;
                if at < limits.deadline { Ok(answer) } else { Err(Fault::Timeout { began: true }) }
            }
            Injected::Status { status, retry_after } => {
                let told = retry_after.map(|seconds| ("retry-after".to_owned(), seconds.to_string()));
                let headers = told.into_iter().collect();
                Ok(Response { status: *status, headers, body: Bytes::new() })
            }
            Injected::Silent { status, content_type, body } => {
                let headers = vec![("content-type".to_owned(), content_type.clone())];
                Ok(Response { status: *status, headers, body: Bytes::from(body.clone()) })
            }
            Injected::Reset => Err(Fault::Protocol("connection reset by peer".to_owned())),
            Injected::Refused => Err(Fault::Connect("connection refused".to_owned())),
            Injected::BadTls => Err(Fault::Tls("invalid peer certificate: Expired".to_owned())),
            Injected::HalfAnswer => {
                real.await?;
                Err(Fault::Protocol("the answer ended in the middle".to_owned()))
            }
        }
    }
}
