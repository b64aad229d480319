//! ACME (RFC 8555): a certificate that the service fetches and renews by itself.
//!
//! The challenge is tls-alpn-01 (RFC 8737), which the listener answers during a handshake: no second port, no file to
//! serve, no DNS to write. The promise is that trying costs nothing: an order that fails, an authority that is down or
//! says "later" leaves whatever serves as it is, and the next attempt comes later each time, as authorities count them.
//! Here is when; `order` is what.

mod account;
mod kept;
mod order;
mod schedule;
mod wire;

use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use self::kept::Kept;
use self::wire::Wire;
use crate::clock::{Clock, Timestamp};
use crate::egress::AuthorityClient;
use crate::tls::{Certificate, CertificateError, Serving};

/// What the operator asks for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The authority.
    pub directory: Url,
    /// The names for the certificate.
    pub names: Vec<String>,
    /// Whom the authority may write to.
    pub contact: Option<String>,
    /// Where account and certificate are kept.
    pub folder: PathBuf,
}

/// Why there is no new certificate. Read by the operator, in the log.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The authority refused, or can't be reached.
    #[error(transparent)]
    Authority(#[from] instant_acme::Error),
    /// It does not offer the challenge that is answered here.
    #[error("the authority offers no challenge tls-alpn-01 for `{0}`")]
    NoChallenge(String),
    /// It saw another answer than it expects, or none.
    #[error("the authority could not see that `{name}` leads here: {why}")]
    NotProven {
        /// The name that was to be proven.
        name: String,
        /// The authority's words.
        why: String,
    },
    /// The certificate can't serve.
    #[error("the authority's certificate {0}")]
    Certificate(#[from] CertificateError),
    /// It is not what was ordered.
    #[error("the authority's certificate is not for `{0}`")]
    OtherName(String),
    /// It is none for this moment; the clock of this machine may be wrong.
    #[error("the authority's certificate is valid from {0} to {1}, which is not now")]
    NotNow(Timestamp, Timestamp),
    /// A key or a request could not be made.
    #[error("can't make a key: {0}")]
    Key(#[from] rcgen::Error),
    /// The folder can't be written.
    #[error("can't keep it in `{path}`: {source}", path = .0.display(), source = .1)]
    Folder(PathBuf, std::io::Error),
}

/// Keeps a certificate valid.
pub struct Acme {
    options: Options,
    kept: Kept,
    clock: Clock,
    wire: Wire,
    serving: Arc<Serving>,
}

impl Acme {
    /// With the certificate that is kept from an earlier run, if it is there.
    pub fn open(options: Options, client: AuthorityClient, clock: Clock) -> (Self, Arc<Serving>) {
        let kept = Kept::new(&options);
        let serving = Serving::challenged(kept.certificate());
        (Self { options, kept, clock, wire: Wire::new(client), serving: Arc::clone(&serving) }, serving)
    }

    /// Order whenever it is time, for as long as the future is polled.
    pub async fn run(self) {
        self.tell_start();
        let mut due = self.first();
        let mut failures = 0;
        loop {
            self.clock.until(due).await;
            match self.order().await {
                Ok(certificate) => {
                    failures = 0;
                    due = self.renewal(&certificate).max(schedule::soonest(self.clock.now()));
                    tracing::info!(not_after = %certificate.not_after, renewal = %due, "a new certificate from the authority serves");
                }
                Err(error) => {
                    failures += 1;
                    due = schedule::again(self.clock.now(), failures, self.wire.asked_to_wait(), chance());
                    self.tell_failure(&error, due);
                }
            }
        }
    }

    /// At once, unless the kept certificate is for all names and young.
    fn first(&self) -> Timestamp {
        match self.serving.now() {
            Some(now) if self.options.names.iter().all(|name| now.is_for(name)) => self.renewal(&now),
            _ => self.clock.now(),
        }
    }

    fn renewal(&self, certificate: &Certificate) -> Timestamp {
        schedule::renewal(certificate.not_before, certificate.life(), chance())
    }

    /// One order, whole: from the account to the exchange.
    async fn order(&self) -> Result<Certificate, AcmeError> {
        self.wire.forget_wait();
        let account = account::open(&self.options, &self.kept, &self.wire).await?;
        let ordered = order::place(&account, &self.options.names, &self.serving).await;
        let (pem, certificate) = ordered.inspect_err(|error| account::forget_if_gone(error, &self.kept))?;
        if !certificate.is_valid_at(self.clock.now()) {
            return Err(AcmeError::NotNow(certificate.not_before, certificate.not_after));
        }
        // It serves even where it can't be kept: ordering again and again would be no cure for a full disk.
        self.serving.exchange(certificate.clone());
        if let Err(error) = self.kept.keep_certificate(&pem) {
            tracing::error!(%error, "the certificate serves, but a restart will have to order another");
        }
        Ok(certificate)
    }

    fn tell_start(&self) {
        let (directory, names) = (self.options.directory.as_str(), self.options.names.join(", "));
        match self.serving.now() {
            Some(now) => {
                tracing::info!(directory, names, not_after = %now.not_after, "the certificate of an earlier run serves");
            }
            None => tracing::info!(
                directory,
                names,
                "no certificate yet: handshakes are refused until the authority has given the first one; it connects to port 443 of each name"
            ),
        }
    }

    fn tell_failure(&self, error: &AcmeError, next: Timestamp) {
        match self.serving.now() {
            Some(now) if now.is_valid_at(self.clock.now()) => {
                tracing::warn!(%error, %next, not_after = %now.not_after, "no new certificate; the one that serves stays");
            }
            Some(_) => tracing::error!(%error, %next, "no new certificate, and the one that serves has expired"),
            None => tracing::error!(%error, %next, "no certificate; handshakes are refused until there is one"),
        }
    }
}

/// A draw for the schedule, so that services that were started together don't come together.
fn chance() -> f64 {
    f64::from(u16::from_le_bytes(crate::random::bytes())) / f64::from(u16::MAX)
}
