//! TLS for every way out: rustls with the Web's roots compiled in, so that a container without a certificate folder
//! works, and with the operator's own authorities beside them.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::EgressError;

/// One configuration, shared by all clients: sessions are resumed by server name, roots are parsed once.
pub(super) fn config(extra_ca_pem: &[Vec<u8>]) -> Result<ClientConfig, EgressError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for pem in extra_ca_pem {
        let mut any = false;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let refused = |error: String| EgressError::Certificate(error);
            let certificate = certificate.map_err(|error| refused(error.to_string()))?;
            roots.add(certificate).map_err(|error| refused(error.to_string()))?;
            any = true;
        }
        if !any {
            return Err(EgressError::Certificate("no certificate found".into()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| EgressError::Client(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
