//! A connection that identifies itself by a certificate whose key the guest never has.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{config, manifest, schema, tested};
use crate::support::guests::{self, Pack};
use crate::support::service::Service;
use crate::support::within;

/// An authority, and a provider under it that lets in only whom it has signed.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// Listens, and answers each request that comes over a connection that was let in.
    async fn provider(&self) -> u16 {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
        let (certificate, key) = self.issue("api.example.net");
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let server =
            server.with_client_cert_verifier(verifier).with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, acceptor) = (listener.local_addr().unwrap().port(), TlsAcceptor::from(Arc::new(server)));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(socket).await else { return };
                    let mut head = [0; 4096];
                    if stream.read(&mut head).await.is_ok_and(|length| length > 0) {
                        let _ = stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok").await;
                        let _ = stream.shutdown().await;
                    }
                });
            }
        });
        port
    }
}

const CREDENTIALS: &str = r#"
[credentials.identity]
kind = "mtls"
certificate = "{config.certificate}"
secret = "client_key"
ca = "{config.ca}"
methods = ["POST"]
paths = ["/send"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_wants_a_certificate_gets_it_from_the_host_and_only_inside_the_binding() {
    let authority = Authority::new();
    let port = within("the provider", authority.provider()).await;
    let service = Service::with(|config| {
        config.egress.allow.push(format!("api.example.net=127.0.0.1:{port}").parse().unwrap());
    })
    .await;
    let (certificate, key) = authority.issue("client");
    let (host, secrets) = (format!("api.example.net:{port}"), [("client_key", key.serialize_pem())]);
    let secrets: Vec<(&str, &str)> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let step = |path: &str, credentials: &[&str]| json!({"then": "accept", "steps": [{"url": format!("https://{host}{path}"), "credentials": credentials}]});
    let with = |program| {
        let mut config = config(&secrets, &program);
        config["certificate"] = json!(certificate.pem());
        config["ca"] = json!(authority.issuer.pem());
        config
    };
    let mut schema = schema(&secrets);
    for field in ["certificate", "ca"] {
        schema["properties"][field] = json!({"type": "string"});
    }
    let more = manifest(&secrets, CREDENTIALS);
    let pack = Pack { hosts: &[&host], more: &more, schema, ..Pack::default() };
    assert_eq!(service.upload(guests::packed("agent", &pack)).await.0, 201);
    let set_up = async |config: serde_json::Value| {
        service.set_up("agent", json!({"component": "agent", "config": config})).await
    };

    let mut broken = with(step("/send", &["identity"]));
    broken["client_key"] =
        json!("-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5IGJ1dCBiYXNlNjQ=\n-----END PRIVATE KEY-----");
    let (status, refused) = set_up(broken).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/config/client_key")), "{refused}");
    let (status, saved) = set_up(with(step("/send", &["identity"]))).await;
    assert_eq!(status, 201, "{saved}");
    assert!(
        saved["granted"].to_string().contains("identifies the connection by a certificate with the key client_key"),
        "{saved}"
    );
    let told = tested(&service).await;
    assert_eq!((&told["status"], &told["exchanges"][0]["status"]), (&json!("accepted"), &json!(201)), "{told}");
    for (program, word) in [(step("/send", &[]), "TLS"), (step("/keys", &["identity"]), "path is outside the binding")]
    {
        assert_eq!(set_up(with(program)).await.0, 200);
        let told = tested(&service).await;
        assert_ne!(told["status"], "accepted", "{told}");
        assert!(told["failure"]["text"].as_str().unwrap().contains(word), "{word}: {told}");
    }
    // Another authority's certificate is not let in, and the connector is told so in time.
    let (other, other_key) = Authority::new().issue("client");
    let mut stranger = with(step("/send", &["identity"]));
    stranger["certificate"] = json!(other.pem());
    stranger["client_key"] = json!(other_key.serialize_pem());
    assert_eq!(set_up(stranger).await.0, 200);
    assert_ne!(tested(&service).await["status"], "accepted");
}
