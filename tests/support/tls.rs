//! A certificate authority, and clients that trust it alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign::clock::Clock;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::within;

/// The name that the tests' services are asked for.
pub const NAME: &str = "otp.example.com";

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key.
pub struct Issued {
    pub chain_pem: String,
    pub key_pem: String,
    pub der: CertificateDer<'static>,
}

impl Issued {
    /// Write both files; a service is pointed to them by their paths.
    pub fn write(&self, dir: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (dir.join("certificate.pem"), dir.join("key.pem"));
        std::fs::write(&certificate, &self.chain_pem).unwrap();
        std::fs::write(&key, &self.key_pem).unwrap();
        (certificate, key)
    }
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub fn issue(&self, name: &str) -> Issued {
        self.issue_with(name, |_| {})
    }

    pub fn issue_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let chain_pem = format!("{}{}", certificate.pem(), self.issuer.pem());
        Issued { chain_pem, key_pem: key.serialize_pem(), der: certificate.der().clone() }
    }

    /// Sign what a request asks for, as an authority does at the end of an order.
    pub fn sign(&self, csr: &[u8], change: impl FnOnce(&mut CertificateParams)) -> (String, CertificateDer<'static>) {
        let mut csr = rcgen::CertificateSigningRequestParams::from_der(&csr.to_vec().into()).unwrap();
        change(&mut csr.params);
        let certificate = csr.signed_by(&self.issuer).unwrap();
        (format!("{}{}", certificate.pem(), self.issuer.pem()), certificate.der().clone())
    }

    /// A client of HTTP/2 and HTTP/1.1.
    pub fn trusting(&self) -> ClientConfig {
        self.speaking(rustls::ALL_VERSIONS, &["h2", "http/1.1"])
    }

    pub fn speaking(&self, versions: &[&'static SupportedProtocolVersion], protocols: &[&str]) -> ClientConfig {
        self.config(versions, protocols, Arc::new(DefaultTimeProvider))
    }

    /// A client for which it is as late as that clock says.
    pub fn trusting_at(&self, clock: &Clock) -> ClientConfig {
        self.config(rustls::ALL_VERSIONS, &["h2", "http/1.1"], Arc::new(ClockTime(clock.clone())))
    }

    fn config(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
        time: Arc<dyn TimeProvider>,
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_details(provider, time).with_protocol_versions(versions).unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        config
    }
}

#[derive(Debug)]
struct ClockTime(Clock);

impl TimeProvider for ClockTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_millis(self.0.now().as_millis())))
    }
}

/// A client for which `name` is at `address`.
pub fn client(config: ClientConfig, name: &str, address: SocketAddr) -> reqwest::Client {
    let client = reqwest::Client::builder().tls_backend_preconfigured(config).resolve(name, address);
    client.no_proxy().build().unwrap()
}

/// One handshake.
pub async fn handshake(address: SocketAddr, config: ClientConfig, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let socket = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    within("a handshake", TlsConnector::from(Arc::new(config)).connect(name, socket)).await
}

/// The certificate that the other side showed.
pub fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}
