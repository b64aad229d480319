//! TLS on the listener, by real clients: what is spoken, what is exchanged while it runs, who is left waiting.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use countersign::config::TlsConfig;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::support::process::{Running, beside, output};
use crate::support::service::{ADMIN_KEY, Service};
use crate::support::tls::{Authority, NAME, client, handshake, shown};
use crate::support::within;

mod files;
mod slow;

/// A service whose certificate is in files of `dir`.
async fn service(authority: &Authority, dir: &Path) -> (Service, SocketAddr) {
    let (certificate, key) = authority.issue(NAME).write(dir);
    let service = Service::with(|config| {
        config.server.public_url = Some(format!("https://{NAME}").parse().unwrap());
        config.server.tls = Some(TlsConfig { certificate: Some(certificate), key: Some(key), acme: None });
    })
    .await;
    let address = service.address();
    (service, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_1_2_and_1_3_are_spoken_with_http_2_and_http_1_1() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (_service, address) = service(&authority, dir.path()).await;
    for version in rustls::ALL_VERSIONS {
        for (protocols, expected) in [
            (&["h2", "http/1.1"][..], reqwest::Version::HTTP_2),
            (&["http/1.1"], reqwest::Version::HTTP_11),
            (&[], reqwest::Version::HTTP_11),
        ] {
            let client = client(authority.speaking(&[version], protocols), NAME, address);
            let url = format!("https://{NAME}:{}/v1/keys", address.port());
            let answer = within("an answer", client.get(url).bearer_auth(ADMIN_KEY).send()).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.version()), (200, expected), "{version:?} {protocols:?}");
        }
    }
    let unknown = authority.speaking(rustls::ALL_VERSIONS, &["smtp"]);
    assert!(handshake(address, unknown, NAME).await.is_err(), "no protocol in common");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_an_answer_names_begins_as_the_one_that_was_called() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (certificate, key) = authority.issue("localhost").write(dir.path());
    let service = Service::with(|config| {
        config.server.tls = Some(TlsConfig { certificate: Some(certificate), key: Some(key), acme: None });
    })
    .await;
    // By HTTP/2, where the name stands in the URL alone.
    let client = client(authority.trusting(), "localhost", service.address());
    let origin = format!("https://localhost:{}", service.address().port());
    let hook = client.put(format!("{origin}/v1/environments/development/hooks/sms")).bearer_auth(ADMIN_KEY);
    let made = within("an answer", hook.json(&json!({"sender": "generic"})).send()).await.unwrap();
    assert_eq!((made.status().as_u16(), made.version()), (201, reqwest::Version::HTTP_2));
    let told = made.text().await.unwrap();
    assert!(told.contains(&format!("{origin}/hooks/development/sms")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_to_come_by_tls_only_where_the_public_address_is_https() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (_service, address) = service(&authority, dir.path()).await;
    let told = async |service: &Service, host: &str| {
        let answer = within("an answer", service.request(reqwest::Method::GET, "/").header("host", host).send()).await;
        answer.unwrap().headers().get("strict-transport-security").map(|value| value.to_str().unwrap().to_owned())
    };
    let client = client(authority.trusting(), NAME, address);
    let answer = client.get(format!("https://{NAME}:{}/docs", address.port())).send().await.unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    // Behind a proxy that ends TLS it is the public name that counts; this machine's own names are promised nothing.
    let proxied = Service::with(|config| config.server.public_url = Some(format!("https://{NAME}").parse().unwrap()));
    let proxied = proxied.await;
    assert_eq!(told(&proxied, NAME).await.as_deref(), Some("max-age=31536000"));
    assert_eq!(told(&proxied, "localhost").await, None);
    let plain = Service::with(|config| config.server.public_url = Some(format!("http://{NAME}").parse().unwrap()));
    assert_eq!(told(&plain.await, NAME).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_a_tls_port_is_told_what_is_wrong() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (_service, address) = service(&authority, dir.path()).await;
    let said = async |bytes: &[u8]| {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        within("the end of the connection", socket.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8(answer).unwrap()
    };
    for request in [
        "GET /docs HTTP/1.1\r\nhost: otp.example.com\r\n\r\n",
        "POST /v1/verifications HTTP/1.1\r\nhost: otp.example.com\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        let answer = said(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    }
    for noise in [&b"\x00\x00\x00\x00"[..], b"SSH-2.0-x\r\n\r\n", &[0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]] {
        let answer = within("a clean end", async {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(noise).await.unwrap();
            let mut answer = Vec::new();
            let _ = socket.read_to_end(&mut answer).await;
            answer
        });
        assert!(!answer.await.starts_with(b"HTTP/1.1 2"), "{noise:?}");
    }
    assert!(handshake(address, authority.trusting(), NAME).await.is_ok(), "and others are served");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_greeting_and_the_inbox_page_say_https() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let (certificate, key) = authority.issue(NAME).write(dir.path());
    let config = dir.path().join("countersign.toml");
    std::fs::write(&config, format!("[server.tls]\ncertificate = {certificate:?}\nkey = {key:?}\n")).unwrap();
    let running = crate::support::process::serve(dir.path(), &["--config", config.to_str().unwrap()]);
    let address: SocketAddr = running.url.strip_prefix("https://").unwrap().parse().unwrap();
    // HTTP/1.1, whose Host may differ from the name in the URL.
    let client = client(authority.speaking(rustls::ALL_VERSIONS, &["http/1.1"]), NAME, address);
    let page = client.get(format!("https://{NAME}:{}/inbox", address.port())).header("host", "localhost").send();
    let page = page.await.unwrap().text().await.unwrap();
    assert!(page.contains("curl -s https://"), "{page}");
}
