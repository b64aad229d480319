//! Whether a name leads to the service: the challenge tls-alpn-01 as an authority sees it (RFC 8737 §3).

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use super::Shared;
use crate::support::tls::{handshake, shown};

/// Takes any certificate: what counts is what it says.
#[derive(Debug)]
struct Any;

impl ServerCertVerifier for Any {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}

/// A client that offers these protocols, and takes any certificate.
pub fn offering(protocols: &[&str]) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.dangerous().with_custom_certificate_verifier(Arc::new(Any)).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config
}

/// Look, and write down what came of it.
pub async fn look(shared: Arc<Shared>, id: usize) {
    let (service, _) = shared.service().await;
    let (name, token, thumbprint) = {
        let book = shared.book.lock().unwrap();
        let authorization = &book.authorizations[id];
        (authorization.name.clone(), authorization.token.clone(), authorization.thumbprint.clone())
    };
    let seen = proof(service, &name, &format!("{token}.{thumbprint}")).await;
    let mut book = shared.book.lock().unwrap();
    let authorization = &mut book.authorizations[id];
    authorization.status = if seen.is_ok() { "valid" } else { "invalid" };
    authorization.error = seen.err();
}

async fn proof(service: SocketAddr, name: &str, key_authorization: &str) -> Result<(), String> {
    let stream = handshake(service, offering(&["acme-tls/1"]), name).await.map_err(|error| error.to_string())?;
    if stream.get_ref().1.alpn_protocol() != Some(b"acme-tls/1") {
        return Err("acme-tls/1 was not negotiated".into());
    }
    let shown = shown(&stream);
    let (_, certificate) = X509Certificate::from_der(&shown).map_err(|error| error.to_string())?;
    let names = certificate.subject_alternative_name().ok().flatten().ok_or("it names nobody")?;
    if names.value.general_names != [GeneralName::DNSName(name)] {
        return Err(format!("it is not for `{name}` alone"));
    }
    // id-pe-acmeIdentifier: critical, an OCTET STRING of 32 bytes.
    let proof = certificate.extensions().iter().find(|found| found.oid.to_id_string() == "1.3.6.1.5.5.7.1.31");
    let proof = proof.filter(|found| found.critical).ok_or("it has no critical acmeIdentifier")?;
    let expected = [&[4, 32][..], &Sha256::digest(key_authorization)].concat();
    if proof.value == expected { Ok(()) } else { Err("the proof is another's".into()) }
}
