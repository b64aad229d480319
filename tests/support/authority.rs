//! A certificate authority, and servers under it that speak TLS and record who called whom.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// Its certificate, as a file for `egress.ca_files`.
    pub fn file(&self, dir: &Path) -> PathBuf {
        let file = dir.join("authority.pem");
        std::fs::write(&file, self.issuer.pem()).unwrap();
        file
    }

    /// TLS under a certificate for these names and addresses.
    pub fn acceptor(&self, names: &[&str]) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Speaks TLS before a service that does not, as a proxy in front of it: forwards a connection unless its first request
/// is for one of `refused`, which it answers itself.
pub async fn front(acceptor: TlsAcceptor, service: SocketAddr, refused: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else { return Ok(()) };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await?);
                }
                let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
                if refused.iter().any(|refused| path.starts_with(refused)) {
                    stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await?;
                    return stream.shutdown().await;
                }
                let mut service = TcpStream::connect(service).await?;
                service.write_all(&head).await?;
                tokio::io::copy_bidirectional(&mut stream, &mut service).await.map(drop)
            });
        }
    });
    address
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Whom TLS asked for.
    pub server_name: Option<String>,
    /// Request line and headers.
    pub head: String,
    pub body: String,
    /// Number of the connection that it came over.
    pub connection: usize,
}

/// Answers every request with a token, which is also an id.
#[derive(Clone)]
pub struct TlsProvider {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    handshakes: Arc<Mutex<usize>>,
    /// By how much its clock is ahead of ours.
    ahead_seconds: Arc<Mutex<i64>>,
}

pub const ANSWER: &str = r#"{"access_token":"token-of-the-provider-0123","expires_in":600,"id":"p_1"}"#;

impl TlsProvider {
    pub async fn start(acceptor: TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let made = Self {
            address: listener.local_addr().unwrap(),
            heard: Arc::default(),
            handshakes: Arc::default(),
            ahead_seconds: Arc::default(),
        };
        let provider = made.clone();
        tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, provider) = (acceptor.clone(), provider.clone());
                connection += 1;
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(socket).await {
                        *provider.handshakes.lock().unwrap() += 1;
                        let _ = provider.serve(stream, connection).await;
                    }
                });
            }
        });
        made
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    pub fn handshakes(&self) -> usize {
        *self.handshakes.lock().unwrap()
    }

    pub fn is_ahead(&self, seconds: i64) {
        *self.ahead_seconds.lock().unwrap() = seconds;
    }

    fn date(&self) -> String {
        let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(*self.ahead_seconds.lock().unwrap());
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).unwrap()
    }

    async fn serve(&self, mut stream: TlsStream<TcpStream>, connection: usize) -> std::io::Result<()> {
        loop {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            let head = String::from_utf8(head).unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            stream.read_exact(&mut body).await?;
            let server_name = stream.get_ref().1.server_name().map(str::to_owned);
            let answer = format!(
                "HTTP/1.1 201 Created\r\ndate: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
                self.date(),
                ANSWER.len(),
                if head.starts_with("HEAD ") { "" } else { ANSWER }
            );
            let body = String::from_utf8(body).unwrap();
            self.heard.lock().unwrap().push(Heard { server_name, head, body, connection });
            stream.write_all(answer.as_bytes()).await?;
        }
    }
}
