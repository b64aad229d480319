//! What serves at this moment, and what the next handshake is answered with.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::{ACME_TLS, Certificate, CertificateError};

/// The certificate that serves, exchanged by one atomic pointer, and certificates for challenges that are under way.
pub struct Serving {
    certificate: ArcSwapOption<Certificate>,
    /// By the name that is to be proven. None where certificates come from files.
    challenges: Option<Mutex<HashMap<String, Arc<CertifiedKey>>>>,
}

impl Serving {
    /// From files: there is a certificate from the start.
    pub fn certificate(certificate: Certificate) -> Arc<Self> {
        Arc::new(Self { certificate: ArcSwapOption::from_pointee(certificate), challenges: None })
    }

    /// By ACME: there may be none yet, and then handshakes fail, but for those of the challenge.
    pub fn challenged(certificate: Option<Certificate>) -> Arc<Self> {
        Arc::new(Self { certificate: ArcSwapOption::from_pointee(certificate), challenges: Some(Mutex::default()) })
    }

    /// What serves now.
    pub fn now(&self) -> Option<Arc<Certificate>> {
        self.certificate.load_full()
    }

    /// Let the next handshake take this one.
    pub fn exchange(&self, certificate: Certificate) {
        self.certificate.store(Some(Arc::new(certificate)));
    }

    /// Whether the challenge of ACME is spoken here.
    pub(super) fn answers_challenges(&self) -> bool {
        self.challenges.is_some()
    }

    /// Answer the challenge for a name with this certificate, until the guard is dropped. No client is to trust it.
    pub fn answer_challenge(
        self: &Arc<Self>,
        name: &str,
        certificate: CertificateDer<'static>,
        key: PrivateKeyDer<'static>,
    ) -> Result<ChallengeAnswered, CertificateError> {
        let key = any_supported_type(&key).map_err(|_| CertificateError::Key)?;
        let (name, certified) = (name.to_ascii_lowercase(), Arc::new(CertifiedKey::new(vec![certificate], key)));
        self.change(|challenges| {
            challenges.insert(name.clone(), certified);
        });
        Ok(ChallengeAnswered { serving: Arc::clone(self), name })
    }

    fn change(&self, by: impl FnOnce(&mut HashMap<String, Arc<CertifiedKey>>)) {
        if let Some(challenges) = &self.challenges {
            by(&mut challenges.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn challenge(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let mut found = None;
        self.change(|challenges| found = challenges.get(&name.to_ascii_lowercase()).cloned());
        found
    }
}

impl ResolvesServerCert for Serving {
    /// A validating authority offers the challenge's protocol and no other (RFC 8737 §3); everybody else gets the
    /// certificate, whatever name they ask for. None ends the handshake with an alert.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut offers = hello.alpn().into_iter().flatten();
        if (offers.next(), offers.next()) == (Some(ACME_TLS), None) {
            return hello.server_name().and_then(|name| self.challenge(name));
        }
        self.certificate.load().as_ref().map(|certificate| certificate.certified())
    }
}

impl fmt::Debug for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serving").finish_non_exhaustive()
    }
}

/// A challenge is answered as long as this lives.
pub struct ChallengeAnswered {
    serving: Arc<Serving>,
    name: String,
}

impl Drop for ChallengeAnswered {
    fn drop(&mut self) {
        self.serving.change(|challenges| {
            challenges.remove(&self.name);
        });
    }
}
