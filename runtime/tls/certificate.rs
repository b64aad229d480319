//! A certificate with its chain and key, read and looked at before anybody sees it.

use std::sync::Arc;
use std::time::Duration;

use rustls::InconsistentKeys;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use crate::clock::Timestamp;

/// Why a certificate can't serve. Never shows the key.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// No certificate among what was read.
    #[error("holds no PEM certificate")]
    NoCertificate,
    /// Something that is no certificate.
    #[error("is not a certificate chain in PEM: {0}")]
    Chain(String),
    /// No key among what was read.
    #[error("holds no private key in PEM; an encrypted one has to be decrypted first")]
    NoKey,
    /// A key that is none, or of a kind that TLS has no use for.
    #[error("is not a private key that TLS can use")]
    Key,
    /// The key of another certificate.
    #[error("is not the key of the first certificate in the chain")]
    Mismatch,
}

impl CertificateError {
    /// Whether the key is at fault rather than the chain.
    pub fn is_of_the_key(&self) -> bool {
        matches!(self, Self::NoKey | Self::Key | Self::Mismatch)
    }
}

/// One that can serve.
#[derive(Clone, Debug)]
pub struct Certificate {
    certified: Arc<CertifiedKey>,
    /// Valid from then on.
    pub not_before: Timestamp,
    /// Valid until then.
    pub not_after: Timestamp,
}

impl Certificate {
    /// From a chain in PEM, its own certificate first, and the key's PEM.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let broken = |error: &dyn std::fmt::Display| CertificateError::Chain(error.to_string());
        let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(|error| broken(&error))?;
        let own = chain.first().ok_or(CertificateError::NoCertificate)?;
        let (_, read) = x509_parser::parse_x509_certificate(own).map_err(|error| broken(&error))?;
        let at = |time: x509_parser::time::ASN1Time| {
            Timestamp::from_millis(u64::try_from(time.timestamp()).unwrap_or(0).saturating_mul(1000))
        };
        let (not_before, not_after) = (at(read.validity().not_before), at(read.validity().not_after));
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            rustls::pki_types::pem::Error::NoItemsFound => CertificateError::NoKey,
            _ => CertificateError::Key,
        })?;
        let certified = CertifiedKey::from_der(chain, key, &default_provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => CertificateError::Mismatch,
            rustls::Error::InvalidCertificate(_) => broken(&error),
            _ => CertificateError::Key,
        })?;
        Ok(Self { certified: Arc::new(certified), not_before, not_after })
    }

    /// As the handshake takes it.
    pub(super) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }

    /// Whether its life has begun and not ended.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.not_before <= now && now < self.not_after
    }

    /// Whether a client that asks for this name would take it.
    pub fn is_for(&self, name: &str) -> bool {
        let Ok(name) = ServerName::try_from(name.trim_start_matches('[').trim_end_matches(']').to_owned()) else {
            return false;
        };
        let parsed = self.certified.cert.first().and_then(|own| ParsedCertificate::try_from(own).ok());
        parsed.is_some_and(|own| rustls::client::verify_server_name(&own, &name).is_ok())
    }

    /// How long it is valid, from first to last.
    pub fn life(&self) -> Duration {
        self.not_after.since(self.not_before)
    }
}
