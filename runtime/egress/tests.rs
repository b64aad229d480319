//! Through real sockets: what leaves, what does not, what comes back.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;

/// A server that reads one request's head per connection and answers `reply`; hands back what it read.
async fn server(reply: &'static [u8]) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (seen, read) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = vec![0; 4096];
            let length = socket.read(&mut buffer).await.unwrap_or(0);
            seen.send(String::from_utf8_lossy(&buffer[..length]).into_owned()).ok();
            socket.write_all(reply).await.ok();
            if reply.is_empty() {
                // Hold the connection open: the client has to give up by itself.
                std::future::pending::<()>().await;
            }
        }
    });
    (port, read)
}

fn outlet(options: EgressOptions, hosts: &[&str]) -> Arc<Outlet> {
    let hosts = hosts.iter().map(|host| HostPattern::parse(host).unwrap()).collect();
    Egress::new(options).unwrap().outlet(Grants { hosts, development: true, internal: None }).unwrap()
}

fn mapped(port: u16) -> EgressOptions {
    let target = Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    EgressOptions { overrides: [("api.example.com".to_owned(), target)].into(), ..EgressOptions::default() }
}

fn get(url: &str) -> Request {
    Request {
        method: http::Method::GET,
        url: Url::parse(url).unwrap(),
        headers: http::HeaderMap::new(),
        body: Bytes::new(),
    }
}

fn limits(ms: u64) -> FetchLimits {
    FetchLimits { deadline: Instant::now() + Duration::from_millis(ms), response_bytes_max: 1000, secret: false }
}

#[tokio::test]
async fn a_mapped_host_keeps_its_path_query_and_host_header() {
    let (port, mut read) = server(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok").await;
    let answer = outlet(mapped(port), &["api.example.com"])
        .fetch(get("https://api.example.com/a?b=c"), limits(5000))
        .await
        .unwrap();
    assert_eq!((answer.status, &answer.body[..]), (201, &b"ok"[..]));
    let head = read.recv().await.unwrap();
    assert!(
        head.starts_with("GET /a?b=c HTTP/1.1\r\n") && head.to_lowercase().contains("host: api.example.com\r\n"),
        "{head}"
    );
    assert!(!head.to_lowercase().contains("accept-encoding"), "{head}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (port, mut read) =
        server(b"HTTP/1.1 302 Found\r\nlocation: https://api.example.com/x\r\ncontent-length: 0\r\n\r\n").await;
    let answer =
        outlet(mapped(port), &["api.example.com"]).fetch(get("https://api.example.com/"), limits(5000)).await.unwrap();
    assert_eq!(answer.status, 302);
    read.recv().await.unwrap();
    assert!(read.try_recv().is_err(), "one request only");
}

#[tokio::test]
async fn a_body_over_the_cap_is_not_read_to_its_end() {
    let (port, _read) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n").await;
    let out = outlet(mapped(port), &["api.example.com"]);
    assert_eq!(out.fetch(get("https://api.example.com/"), limits(5000)).await.unwrap_err(), Fault::TooLarge(1000));
}

#[tokio::test]
async fn silence_ends_at_the_deadline_and_counts_as_begun() {
    let (port, _read) = server(b"").await;
    let fault = outlet(mapped(port), &["api.example.com"])
        .fetch(get("https://api.example.com/"), limits(200))
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::Timeout { began: true }), "{fault:?}");
}

#[tokio::test]
async fn a_deadline_that_ends_before_there_is_a_connection_began_nothing() {
    // A proxy that takes connections and says nothing: what is behind it heard nothing.
    let (port, mut read) = server(b"").await;
    let script = Script::default();
    script.add("api.example.com", [vec!["93.184.216.34".parse().unwrap()]]);
    let proxy = Some(format!("http://127.0.0.1:{port}").parse().unwrap());
    let options = EgressOptions { proxy, names: Names::Scripted(script), ..EgressOptions::default() };
    let fault =
        outlet(options, &["api.example.com"]).fetch(get("https://api.example.com/"), limits(200)).await.unwrap_err();
    assert_eq!(fault, Fault::Timeout { began: false });
    assert!(read.recv().await.unwrap().starts_with("CONNECT 93.184.216.34:443 "));
}

#[tokio::test]
async fn a_name_is_paired_with_an_address_on_that_port_alone() {
    let (port, mut read) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let allow = vec![format!("gateway.test=127.0.0.1:{}", port.wrapping_add(1)).parse().unwrap()];
    let names = Names::Scripted(Script::default());
    let options = EgressOptions { allow, names, ..EgressOptions::default() };
    let url = format!("http://gateway.test:{port}");
    let fault = outlet(options, &[&url]).fetch(get(&url), limits(5000)).await.unwrap_err();
    assert_eq!(fault, Fault::Dns("gateway.test".into()));
    assert!(read.try_recv().is_err(), "nothing arrived");
}

#[tokio::test]
async fn with_one_familys_source_address_the_other_family_is_not_dialled() {
    let script = Script::default();
    script.add("api.example.com", [vec!["2000::1".parse().unwrap()]]);
    let source_addresses = vec!["127.0.0.1".parse().unwrap()];
    let options = EgressOptions { source_addresses, names: Names::Scripted(script), ..EgressOptions::default() };
    let fault =
        outlet(options, &["api.example.com"]).fetch(get("https://api.example.com/"), limits(5000)).await.unwrap_err();
    assert!(matches!(&fault, Fault::Connect(why) if why.contains("egress.source_address")), "{fault:?}");
}

#[tokio::test]
async fn a_closed_port_is_a_refused_connection_and_nothing_began() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let fault = outlet(mapped(port), &["api.example.com"])
        .fetch(get("https://api.example.com/"), limits(5000))
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::Connect(_)) && !fault.began(), "{fault:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_off_counts_as_begun() {
    let (port, _read) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf").await;
    let fault = outlet(mapped(port), &["api.example.com"]).fetch(get("https://api.example.com/"), limits(5000)).await;
    // The stand-in closes when it has written: what came is not what was announced.
    assert!(fault.is_err_and(|fault| fault.began()));
}

#[tokio::test]
async fn a_private_address_is_refused_in_every_spelling_and_says_what_would_allow_it() {
    for url in [
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::1]/",
        "https://0/",
        "https://169.254.169.254/",
    ] {
        let parsed = Url::parse(url).unwrap();
        let named = HostPattern::parse(parsed.host_str().unwrap()).unwrap().to_string();
        let fault = outlet(EgressOptions::default(), &[&named]).fetch(get(url), limits(5000)).await.unwrap_err();
        assert!(matches!(&fault, Fault::Denied(why) if why.contains("egress.allow")), "{url}: {fault:?}");
    }
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused() {
    let fault = outlet(EgressOptions::default(), &["localhost:1"])
        .fetch(get("https://localhost:1/"), limits(5000))
        .await
        .unwrap_err();
    assert!(matches!(&fault, Fault::Denied(why) if why.contains("localhost=")), "{fault:?}");
}

#[tokio::test]
async fn a_name_stays_refused_when_only_the_address_is_allowed_and_goes_when_paired() {
    let (port, _read) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let url = format!("http://gateway.test:{port}/");
    let host = format!("http://gateway.test:{port}");
    let with =
        |entry: String| outlet(EgressOptions { allow: vec![entry.parse().unwrap()], ..Default::default() }, &[&host]);
    assert!(with(format!("127.0.0.1:{port}")).fetch(get(&url), limits(5000)).await.is_err());
    assert_eq!(
        with(format!("gateway.test=127.0.0.1:{port}")).fetch(get(&url), limits(5000)).await.unwrap().status,
        200
    );
}

#[tokio::test]
async fn a_credential_goes_without_tls_only_by_the_operators_word() {
    let (port, _read) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let (url, host) = (format!("http://127.0.0.1:{port}/"), format!("http://127.0.0.1:{port}"));
    let with =
        |entry: String| outlet(EgressOptions { allow: vec![entry.parse().unwrap()], ..Default::default() }, &[&host]);
    let secret = FetchLimits { secret: true, ..limits(5000) };
    let fault = with(format!("127.0.0.1:{port}")).fetch(get(&url), secret).await.unwrap_err();
    assert!(matches!(&fault, Fault::Denied(why) if why.contains("without TLS")), "{fault:?}");
    assert_eq!(with(format!("http://127.0.0.1:{port}")).fetch(get(&url), secret).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_empty_list_of_hosts_permits_nothing_and_production_knows_no_override() {
    let fault = outlet(mapped(1), &[]).fetch(get("https://api.example.com/"), limits(5000)).await.unwrap_err();
    assert!(matches!(fault, Fault::Denied(_)), "{fault:?}");
    let hosts = vec![HostPattern::parse("127.0.0.1").unwrap()];
    let target = Url::parse("http://127.0.0.1:1").unwrap();
    let options = EgressOptions { overrides: [("127.0.0.1".to_owned(), target)].into(), ..Default::default() };
    let out = Egress::new(options).unwrap().outlet(Grants { hosts, development: false, internal: None }).unwrap();
    assert!(matches!(out.fetch(get("https://127.0.0.1/"), limits(5000)).await, Err(Fault::Denied(_))));
}

#[tokio::test]
async fn this_service_is_not_called_even_where_an_operator_has_paired_or_named_its_address() {
    let (port, mut read) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for (entry, url) in [
        (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}")),
        (format!("gateway.test=127.0.0.1:{port}"), format!("http://gateway.test:{port}")),
    ] {
        let options = EgressOptions { allow: vec![entry.parse().unwrap()], ..Default::default() };
        let egress = Egress::new(options).unwrap();
        egress.add_own_listener(([0, 0, 0, 0], port).into());
        let hosts = vec![HostPattern::parse(&url).unwrap()];
        let out = egress.outlet(Grants { hosts, development: true, internal: None }).unwrap();
        let fault = out.fetch(get(&url), limits(5000)).await.unwrap_err();
        assert_eq!(fault, Fault::Denied("this service does not call itself".into()), "{url}");
    }
    assert!(read.try_recv().is_err(), "nothing arrived");
}
