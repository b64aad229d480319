//! The listener's TLS: one certificate, exchanged while connections run.
//!
//! A connection keeps what its handshake was made with, and the next handshake takes the newest certificate, so an
//! exchange drops nothing. The threat is the other side: a certificate that is bad, late or half-written must never take
//! the place of one that works. So every new one is read, matched with its key and looked at before it serves.
//!
//! It comes from files (`files`) or by ACME ([`crate::acme`]), which also has its challenges answered here.

mod certificate;
mod files;
mod serving;

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;

pub use certificate::{Certificate, CertificateError};
pub use files::{Files, FilesError};
pub use serving::{ChallengeAnswered, Serving};

/// The protocol of the challenge (RFC 8737 §6.2): a connection that speaks it carries nothing else.
pub const ACME_TLS: &[u8] = b"acme-tls/1";

/// What answers handshakes with whatever serves at that moment: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1.
pub fn acceptor(serving: &Arc<Serving>) -> anyhow::Result<TlsAcceptor> {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth();
    let mut config = config.with_cert_resolver(Arc::clone(serving) as _);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    if serving.answers_challenges() {
        config.alpn_protocols.push(ACME_TLS.to_vec());
    }
    Ok(TlsAcceptor::from(Arc::new(config)))
}
