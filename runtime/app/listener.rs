//! The listener's TLS: opened before anything is made, its certificates looked after while the service runs.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::config::Config;
use crate::tls::{self, Files, Serving};

/// TLS, and where its certificates come from.
pub(super) struct Tls {
    serving: Arc<Serving>,
    source: Source,
}

enum Source {
    Files(Files),
}

/// What the configuration asks for. Fails where the first handshake would.
pub(super) fn open(config: &Config, clock: &Clock) -> anyhow::Result<Option<Tls>> {
    let Some(tls) = &config.server.tls else { return Ok(None) };
    let (Some(certificate), Some(key)) = (tls.certificate.clone(), tls.key.clone()) else { return Ok(None) };
    let (files, serving) = Files::open(certificate, key, clock.clone())?;
    warn_of_other_names(config, &serving);
    Ok(Some(Tls { serving, source: Source::Files(files) }))
}

/// Begin to look after the certificates; abort the task to end it.
pub(super) fn start(tls: Option<Tls>) -> anyhow::Result<(Option<TlsAcceptor>, JoinHandle<()>)> {
    let Some(Tls { serving, source }) = tls else { return Ok((None, tokio::spawn(async {}))) };
    let acceptor = tls::acceptor(&serving)?;
    let task = match source {
        Source::Files(files) => tokio::spawn(files.watch(serving)),
    };
    Ok((Some(acceptor), task))
}

/// A certificate for another name serves, since it may be meant for a proxy that knows it; but clients will ask.
fn warn_of_other_names(config: &Config, serving: &Serving) {
    if let (Some(host), Some(certificate)) = (config.server.public_host(), serving.now())
        && !certificate.is_for(host)
    {
        tracing::warn!(host, "the certificate is not for the host of `server.public_url`; clients will refuse it");
    }
}
