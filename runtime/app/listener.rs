//! The listener's TLS: opened before anything is made, its certificates looked after while the service runs.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::acme::{self, Acme};
use crate::clock::Clock;
use crate::config::{AcmeConfig, Config};
use crate::egress::Egress;
use crate::tls::{self, Files, Serving};

/// TLS, and where its certificates come from.
pub(super) struct Tls {
    serving: Arc<Serving>,
    source: Source,
}

enum Source {
    Files(Files),
    Acme(Acme),
}

/// What the configuration asks for. Fails where the first handshake would.
pub(super) fn open(config: &Config, egress: &Egress, clock: &Clock) -> anyhow::Result<Option<Tls>> {
    let Some(tls) = &config.server.tls else { return Ok(None) };
    let (source, serving) = match (&tls.acme, &tls.certificate, &tls.key) {
        (Some(acme), ..) => {
            let (acme, serving) = open_acme(config, acme, egress, clock)?;
            (Source::Acme(acme), serving)
        }
        (None, Some(certificate), Some(key)) => {
            let (files, serving) = Files::open(certificate.clone(), key.clone(), clock.clone())?;
            warn_of_other_names(config, &serving);
            (Source::Files(files), serving)
        }
        _ => anyhow::bail!("`server.tls`: needs certificate files or a section `[server.tls.acme]`"),
    };
    Ok(Some(Tls { serving, source }))
}

fn open_acme(
    config: &Config,
    acme: &AcmeConfig,
    egress: &Egress,
    clock: &Clock,
) -> anyhow::Result<(Acme, Arc<Serving>)> {
    let read = |path: &PathBuf| {
        std::fs::read(path).with_context(|| format!("`server.tls.acme.ca`: can't read `{}`", path.display()))
    };
    let ca_pem = acme.ca.as_ref().map(read).transpose()?;
    let options = acme::Options {
        directory: acme.directory.clone(),
        names: acme.names(config.server.public_host())?,
        contact: acme.contact.clone(),
        folder: config.data.dir.join("acme"),
    };
    Ok(Acme::open(options, egress.authority(ca_pem.as_deref())?, clock.clone()))
}

/// Begin to look after the certificates; abort the task to end it.
pub(super) fn start(tls: Option<Tls>) -> anyhow::Result<(Option<TlsAcceptor>, JoinHandle<()>)> {
    let Some(Tls { serving, source }) = tls else { return Ok((None, tokio::spawn(async {}))) };
    let acceptor = tls::acceptor(&serving)?;
    let task = match source {
        Source::Files(files) => tokio::spawn(files.watch(serving)),
        Source::Acme(acme) => tokio::spawn(acme.run()),
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
