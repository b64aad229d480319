//! A proxy that says no, nonsense or nothing: certainly not sent, whichever it is.

use std::net::SocketAddr;

use countersign::egress::Script;
use serde_json::{Value, json};

use super::{ADDRESS, HOST, PASSWORD, address, names, send, service, through};
use crate::support::authority::{Authority, TlsProvider};
use crate::support::proxy::{Mood, Proxy};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_proxy_is_certainly_not_sent_and_says_what_it_was() {
    let proxy = Proxy::start(Some("Basic somebody-else"), None).await;
    let service = service(names(), |config| {
        config.egress.connect_ms = 500;
        through(proxy.address)(config);
    })
    .await;
    let moods = [
        (Mood::Connects, "status 407"),
        (Mood::Says("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno"), "status 403"),
        (Mood::Says("HTTP/1.1 502 Bad Gateway\r\n\r\n"), "status 502"),
        (Mood::Says("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\n\r\n"), "status 302"),
        (Mood::Says(""), "broke off"),
        (Mood::Says("SSH-2.0-OpenSSH_9.6\r\n\r\n"), "broke off"),
        (Mood::Silent, "can't be reached: nothing within 500 ms"),
    ];
    for (n, (mood, words)) in moods.into_iter().enumerate() {
        proxy.is(mood);
        refused(&send(&service, u32::try_from(n).unwrap()).await, words, proxy.address);
    }
    assert_eq!(proxy.asked().len(), 7, "each is asked once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_gone_is_certainly_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let service = service(names(), through(nobody)).await;
    refused(&send(&service, 1).await, "the proxy can't be reached", nobody);
}

/// Certainly not sent, with these words, and with nothing that is the operator's alone.
fn refused(delivery: &Value, words: &str, proxy: SocketAddr) {
    let text = delivery["failure"]["text"].as_str().unwrap_or_default();
    assert_eq!((&delivery["status"], &delivery["failure"]["certainty"]), (&json!("refused"), &json!("not-sent")));
    assert!(text.contains(words), "{words}: {delivery}");
    let told = delivery.to_string();
    assert!(!told.contains(PASSWORD) && !told.contains(&proxy.to_string()), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_the_proxy_cannot_reach_is_followed_by_the_next_one() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let provider = TlsProvider::start(authority.acceptor(&[HOST])).await;
    let proxy = Proxy::start(None, None).await;
    proxy.knows(&format!("{ADDRESS}:443"), provider.address);
    let script = Script::default();
    script.add(HOST, [vec![address("2606:4700::1"), address("10.0.0.1"), address(ADDRESS)]]);
    let ca = authority.file(dir.path());
    let service = service(script, |config| {
        config.egress.ca_files.push(ca);
        through(proxy.address)(config);
    })
    .await;
    assert_eq!(send(&service, 1).await["status"], "accepted");
    assert_eq!(proxy.asked(), ["[2606:4700::1]:443".to_owned(), format!("{ADDRESS}:443")]);
}
