//! TLS for every way out: rustls with the Web's roots compiled in, so that a container without a certificate folder
//! works, and with the operator's own authorities beside them.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

use super::{EgressError, Identity};

mod anyone;

/// One configuration, shared by all clients: sessions are resumed by server name, roots are parsed once.
pub(super) fn config(extra_ca_pem: &[Vec<u8>]) -> Result<ClientConfig, EgressError> {
    Ok(builder(usual_roots(extra_ca_pem)?)?.with_no_client_auth())
}

/// For connections that identify themselves.
pub(super) fn identified(extra_ca_pem: &[Vec<u8>], identity: &Identity) -> Result<ClientConfig, EgressError> {
    let refused = |error: &dyn std::fmt::Display| EgressError::Identity(error.to_string());
    let roots = match &identity.ca_pem {
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            add(&mut roots, pem.as_bytes()).map_err(|error| refused(&error))?;
            roots
        }
        None => usual_roots(extra_ca_pem)?,
    };
    let chain = CertificateDer::pem_slice_iter(identity.certificate_pem.as_bytes());
    let chain: Vec<CertificateDer<'static>> = chain.collect::<Result<_, _>>().map_err(|error| refused(&error))?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.expose()).map_err(|error| refused(&error))?;
    if chain.is_empty() {
        return Err(refused(&"no certificate found"));
    }
    builder(roots)?.with_client_auth_cert(chain, key).map_err(|error| refused(&error))
}

/// For finding out who is there although their certificate is bad.
pub(super) fn trusting_anyone() -> Result<ClientConfig, EgressError> {
    let mut config = builder(RootCertStore::empty())?.with_no_client_auth();
    let provider = Arc::clone(config.crypto_provider());
    config.dangerous().set_certificate_verifier(Arc::new(anyone::Anyone(provider)));
    Ok(config)
}

/// For a certificate authority: its own, where it has one, and no other.
pub(super) fn for_authority(extra_ca_pem: &[Vec<u8>], ca_pem: Option<&[u8]>) -> Result<ClientConfig, EgressError> {
    let Some(pem) = ca_pem else { return config(extra_ca_pem) };
    let mut roots = RootCertStore::empty();
    add(&mut roots, pem).map_err(|error| match error {
        EgressError::Certificate(why) => EgressError::Authority(why),
        other => other,
    })?;
    Ok(builder(roots)?.with_no_client_auth())
}

fn usual_roots(extra_ca_pem: &[Vec<u8>]) -> Result<RootCertStore, EgressError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    extra_ca_pem.iter().try_for_each(|pem| add(&mut roots, pem))?;
    Ok(roots)
}

fn add(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), EgressError> {
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let refused = |error: String| EgressError::Certificate(error);
        let certificate = certificate.map_err(|error| refused(error.to_string()))?;
        roots.add(certificate).map_err(|error| refused(error.to_string()))?;
    }
    if roots.len() > before { Ok(()) } else { Err(EgressError::Certificate("no certificate found".into())) }
}

fn builder(roots: RootCertStore) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, EgressError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| EgressError::Client(error.to_string()))?;
    Ok(builder.with_root_certificates(roots))
}
