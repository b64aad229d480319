//! Behind a proxy, and from a chosen address: what the proxy is asked, what it sees, and what its refusals come to.

mod refusals;

use std::net::{IpAddr, SocketAddr};

use countersign::app::{App, Replace};
use countersign::config::Config;
use countersign::egress::{Names, Script};
use serde_json::{Value, json};

use crate::support::authority::{Authority, TlsProvider};
use crate::support::guests::Pack;
use crate::support::proxy::Proxy;
use crate::support::service::{Service, TO, compiler, number};
use crate::support::within;

const HOST: &str = "sms.example.net";
/// A public address that nobody here has: only the proxy knows what is there.
const ADDRESS: &str = "93.184.216.34";
const PASSWORD: &str = "canary-of-the-proxy-0123";
/// `me` and the password, as Basic authentication has it.
const AUTHORIZATION: &str = "Basic bWU6Y2FuYXJ5LW9mLXRoZS1wcm94eS0wMTIz";
const SECRET: &str = "canary-client-secret-01";
const CREDENTIALS: &str = r#"
secrets = ["client_secret"]
[credentials.oauth]
kind = "oauth2-client-credentials"
token_url = "https://sms.example.net/oauth2/token"
client_id = "me"
secret = "client_secret"
client_auth = "form"
methods = ["POST"]
paths = ["/send"]
"#;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Names that resolve to the provider's address.
fn names() -> Script {
    let script = Script::default();
    script.add(HOST, [vec![address(ADDRESS)]]);
    script
}

/// A service that serves `agent`, which fetches a token and sends with it.
async fn service(script: Script, change: impl FnOnce(&mut Config)) -> Service {
    let service = Service::named(Names::Scripted(script), |config| {
        config.egress.connect_ms = 1000;
        change(config);
    })
    .await;
    let schema = json!({"type": "object", "properties": {"program": {"type": "string"},
        "client_secret": {"type": "string", "writeOnly": true}}, "examples": [{}]});
    let pack = Pack { hosts: &[HOST, "10.0.0.1"], more: CREDENTIALS, schema, ..Pack::default() };
    let config = json!({"client_secret": SECRET, "program": program(HOST, &["oauth"])});
    service.serve_guest("agent", &pack, config).await;
    service
}

fn program(host: &str, credentials: &[&str]) -> String {
    let step = json!({"url": format!("https://{host}/send"), "body": "text", "credentials": credentials});
    json!({"then": "accept", "steps": [step]}).to_string()
}

fn through(proxy: SocketAddr) -> impl Fn(&mut Config) {
    move |config| config.egress.proxy = Some(format!("http://me:{PASSWORD}@{proxy}").parse().unwrap())
}

async fn send(service: &Service, n: u32) -> Value {
    let (status, made) = service.create(&number(n)).await;
    assert_eq!(status, 201, "{made}");
    made["delivery"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_is_asked_for_the_address_that_was_judged_and_tls_ends_at_the_provider() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let provider = TlsProvider::start(authority.acceptor(&[HOST])).await;
    let proxy = Proxy::start(Some(AUTHORIZATION), None).await;
    proxy.knows(&format!("{ADDRESS}:443"), provider.address);
    let ca = authority.file(dir.path());
    let service = service(names(), |config| {
        config.egress.ca_files.push(ca);
        through(proxy.address)(config);
    })
    .await;
    for n in 0..3 {
        assert_eq!(send(&service, n).await["status"], "accepted");
    }
    let expected = format!(
        "CONNECT {ADDRESS}:443 HTTP/1.1\r\nhost: {ADDRESS}:443\r\nproxy-authorization: {AUTHORIZATION}\r\n\r\n"
    );
    assert_eq!(proxy.heads(), [expected], "one connection, asked for once, carries them all");
    let heard = provider.heard();
    assert_eq!(heard.len(), 4, "the host's own request for a token, and three sends: {heard:?}");
    assert!(heard[0].head.starts_with("POST /oauth2/token ") && heard[0].body.contains(SECRET), "{heard:?}");
    for request in &heard {
        assert_eq!(request.server_name.as_deref(), Some(HOST));
        assert!(request.head.contains(&format!("host: {HOST}\r\n")) && request.connection == 1, "{request:?}");
        assert!(!request.head.contains("proxy-"), "what the proxy is told is not the provider's: {request:?}");
    }
    for secret in [SECRET, "token-of-the-provider", "/send", HOST] {
        // The name goes by once, where TLS says it (RFC 6066 §3).
        assert_eq!(proxy.saw(secret), secret == HOST, "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_speaks_tls_is_told_the_password_inside_it() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let provider = TlsProvider::start(authority.acceptor(&[HOST])).await;
    let proxy = Proxy::start(Some(AUTHORIZATION), Some(authority.acceptor(&["127.0.0.1"]))).await;
    proxy.knows(&format!("{ADDRESS}:443"), provider.address);
    let ca = authority.file(dir.path());
    let file = dir.path().join("proxy");
    std::fs::write(&file, format!("https://me:{PASSWORD}@{}\n", proxy.address)).unwrap();
    let trusting = service(names(), |config| {
        config.egress.ca_files.push(ca);
        config.egress.proxy_file = Some(file.clone());
    })
    .await;
    assert_eq!(send(&trusting, 1).await["status"], "accepted");
    assert_eq!(proxy.asked(), [format!("{ADDRESS}:443")]);
    let strange = service(names(), |config| config.egress.proxy_file = Some(file)).await;
    let failure = &send(&strange, 1).await["failure"];
    assert_eq!(failure["certainty"], "not-sent", "{failure}");
    assert!(failure["text"].as_str().unwrap().contains("TLS handshake with the proxy"), "{failure}");
    assert_eq!(proxy.asked().len(), 1, "whoever the proxy is, it was told nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_turns_private_is_not_asked_of_the_proxy() {
    let proxy = Proxy::start(None, None).await;
    let script = Script::default();
    script.add(HOST, [vec![address("10.0.0.1")], vec![address("169.254.169.254")], vec![address("127.0.0.1")]]);
    let service = service(script, through(proxy.address)).await;
    for n in 0..3 {
        let delivery = send(&service, n).await;
        assert_eq!(delivery["failure"]["certainty"], "not-sent", "{delivery}");
        assert!(delivery["failure"]["text"].as_str().unwrap().contains("egress.allow"), "{delivery}");
    }
    assert_eq!(proxy.heads(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_proxy_resolves_it_is_asked_for_the_name_and_literals_are_judged_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let provider = TlsProvider::start(authority.acceptor(&[HOST])).await;
    let proxy = Proxy::start(None, None).await;
    proxy.knows(&format!("{HOST}:443"), provider.address);
    let ca = authority.file(dir.path());
    // No name resolves here.
    let service = service(Script::default(), |config| {
        config.egress.ca_files.push(ca);
        config.egress.proxy_resolves = true;
        through(proxy.address)(config);
    })
    .await;
    assert_eq!(send(&service, 1).await["status"], "accepted");
    assert_eq!(proxy.asked(), [format!("{HOST}:443")]);
    let body = json!({"component": "agent", "config": {"program": program("10.0.0.1", &[])}});
    assert_eq!(service.set_up("agent", body).await.0, 200);
    let delivery = send(&service, 2).await;
    assert!(delivery["failure"]["text"].as_str().unwrap().contains("egress.allow"), "{delivery}");
    assert_eq!(proxy.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_put_on_this_machine_is_reached_past_the_proxy() {
    let proxy = Proxy::start(None, None).await;
    let service = Service::with(through(proxy.address)).await;
    service.serve_marker("marker-a").await;
    assert_eq!(send(&service, 1).await["status"], "accepted");
    assert_eq!((service.provider.requests().len(), proxy.heads().len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_leave_from_the_address_that_was_named() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let service = Service::with(|config| {
        config.egress.source_address = vec![address("127.0.0.2")];
        config.egress.overrides.insert("api.example.com".into(), target);
    })
    .await;
    service.serve_marker("marker-a").await;
    let (_, (_, peer)) = tokio::join!(service.create(TO), async {
        let (socket, peer) = within("a connection", listener.accept()).await.unwrap();
        (drop(socket), peer)
    });
    assert_eq!(peer.ip(), address("127.0.0.2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_another_machine_ends_the_start_by_the_options_name() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.dir = dir.path().join("data");
    config.egress.source_address = vec![address("192.0.2.1")];
    let replace = Replace { compiler: Some(compiler()), ..Replace::default() };
    let refused = format!("{:#}", App::with(config, replace).await.err().unwrap());
    assert!(refused.contains("egress.source_address") && refused.contains("192.0.2.1"), "{refused}");
}
