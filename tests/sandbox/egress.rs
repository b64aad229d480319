//! Where a guest would like to go, and what it would like to take there.

use std::net::IpAddr;

use countersign::egress::{Names, Script};
use serde_json::{Value, json};

use super::{Ring, kind, text_of};
use crate::support::guests::{self, Pack};
use crate::support::provider::Answer;

const CANARY: &str = "canary-of-the-thieves-0123456789";

/// A manifest's lines for one credential, bound to `POST /send`.
pub const TOKEN: &str = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/send\"]\n";

pub fn schema() -> Value {
    json!({"type": "object", "properties": {"api_token": {"type": "string", "writeOnly": true}}, "examples": [{}]})
}

fn told(method: &str, url: &str, headers: &[(&str, &str)]) -> Value {
    json!({"api_token": CANARY, "method": method, "url": url, "headers": headers})
}

/// A ring in which `as-told` may go to these hosts.
async fn ring(names: Names, hosts: &[&str]) -> Ring {
    let ring = Ring::with(names, |_| {}).await;
    let pack = Pack { hosts, more: TOKEN, schema: schema(), ..Pack::default() };
    let first = told("POST", "https://api.example.com/elsewhere", &[]);
    ring.fight_with("as-told", &guests::unpacked("as-told"), &pack, first).await;
    ring
}

/// Requests of the hostile one: the good connector's name itself.
fn stolen(ring: &Ring) -> Vec<String> {
    let requests = ring.service.provider.requests();
    let hostile = requests.iter().filter(|request| request.header("x-connector").is_empty());
    hostile.map(|request| format!("{} {}", request.path, request.header("authorization"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_goes_to_its_own_path_in_its_own_spelling_only() {
    let ring = ring(Names::System, &["api.example.com"]).await;
    for url in [
        "https://api.example.com/keys",
        "https://api.example.com/send/../keys",
        "https://api.example.com/send/%2e%2e/keys",
        "https://api.example.com/send%2f..%2fkeys",
        "https://api.example.com/keys/..%2fsend",
        "https://api.example.com/keys%3f/send",
        "https://api.example.com//send",
        "https://api.example.com/send/",
        "https://api.example.com/send//",
        "https://api.example.com/SEND",
        "https://api.example.com/sen%64",
        "https://api.example.com/send;a=b",
        "https://api.example.com/send;/../keys",
        "https://api.example.com/send%00",
        "https://api.example.com/send%0a",
        "https://api.example.com/send#/keys",
        "https://api.example.com/\tsend",
        "https://api.example.com/keys\n/send",
        "https://api.example.com\\send",
        "https:\\\\api.example.com\\send",
        "https:api.example.com/send",
        "https://api.example.com./send",
        "https://api.example.com:8443/send",
        "https://api.example.com:80/send",
        "http://api.example.com/send",
        "https://thief@api.example.com/send",
        "https://api.example.com@evil.example.net/send",
        "https://api.example.com\\@evil.example.net/send",
        "https://api.example.com%2f@evil.example.net/send",
        "https://evil.example.net/send",
        "https://аpi.example.com/send",
        "https://api。example.com/send",
        "https://api.example.com.evil.example.net/send",
        "file:///send",
        "",
    ] {
        let tested = ring.told("as-told", told("POST", url, &[])).await;
        assert_eq!(kind(&tested), ("refused", "invalid-config", "not-sent"), "{url:?}: {tested}");
        assert_eq!(stolen(&ring), Vec::<String>::new(), "{url:?}");
    }
    for method in ["GET", "PUT", "DELETE", "HEAD", "post", "CONNECT", "TRACE", "OPTIONS", "POST /keys", ""] {
        let tested = ring.told("as-told", told(method, "https://api.example.com/send", &[])).await;
        assert_eq!(kind(&tested), ("refused", "invalid-config", "not-sent"), "{method:?}: {tested}");
    }
    assert_eq!(stolen(&ring), Vec::<String>::new());
    for url in ["https://api.example.com/send?to=1", "HTTPS://API.example.com:443/send?to=1"] {
        let tested = ring.told("as-told", told("POST", url, &[])).await;
        assert_eq!(tested["status"], "accepted", "{url}: {tested}");
        assert!(!tested.to_string().contains(CANARY), "{tested}");
    }
    assert_eq!(stolen(&ring), vec![format!("/send?to=1 Bearer {CANARY}"); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_the_hosts_or_that_makes_another_request_of_it_is_not_sent() {
    let ring = ring(Names::System, &["api.example.com"]).await;
    let url = "https://api.example.com/send";
    for (name, value) in [
        ("Host", "evil.example.net"),
        ("Content-Length", "0"),
        ("content_length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "authorization"),
        ("Keep-Alive", "timeout=1"),
        ("TE", "trailers"),
        ("Trailer", "authorization"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA"),
        ("Expect", "100-continue"),
        ("Range", "bytes=0-1"),
        ("Accept-Encoding", "gzip"),
        ("Origin", "https://evil.example.net"),
        ("Referer", "https://evil.example.net"),
        ("Cookie", "a=b"),
        ("Proxy-Authorization", "x"),
        ("Proxy-Connection", "close"),
        ("X-HTTP-Method-Override", "GET"),
        ("X_HTTP_METHOD_OVERRIDE", "GET"),
        ("X-HTTP-Method", "DELETE"),
        ("X-Method-Override", "GET"),
        ("X-Original-URL", "/keys"),
        ("X-Rewrite-URL", "/keys"),
        ("X-Forwarded-Host", "evil.example.net"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Prefix", "/keys"),
        ("Forwarded", "host=evil.example.net"),
        ("Content-Encoding", "gzip"),
        ("Authorization", "Bearer other"),
        ("X-A", "b\r\nHost: evil.example.net"),
        ("X-A", "b\r\n c"),
        ("X-A", "b\nc"),
        ("X-A", "b\u{0}c"),
        ("X-A", "b\u{10d}c"),
        ("X-A: b\r\nX-B", "c"),
        ("X A", "b"),
        (":path", "/keys"),
        (":authority", "evil.example.net"),
        ("", "b"),
    ] {
        let tested = ring.told("as-told", told("POST", url, &[(name, value)])).await;
        assert_eq!(kind(&tested), ("refused", "invalid-config", "not-sent"), "{name:?}: {tested}");
    }
    let many: Vec<(String, String)> = (0..65).map(|n| (format!("x-{n}"), "v".into())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(kind(&ring.told("as-told", told("POST", url, &many)).await).0, "refused");
    assert_eq!(stolen(&ring), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_takes_a_credential_nowhere() {
    let ring = Ring::start().await;
    let pack = Pack { more: TOKEN, schema: schema(), ..Pack::default() };
    let config = json!({"api_token": CANARY});
    ring.fight_with("redirect-thief", &guests::unpacked("redirect-thief"), &pack, config).await;
    let mut expected = vec![format!("/send Bearer {CANARY}")];
    for elsewhere in [
        "https://evil.example.net/send",
        "https://api.example.com/keys",
        "https://api.example.com/send/../keys",
        "http://api.example.com/send",
        "//evil.example.net/send",
        "/keys",
        "https://api.example.com@evil.example.net/send",
    ] {
        ring.service.provider.answers(Answer::Redirect(elsewhere.into()));
        let tested = ring.alone("redirect-thief").await;
        // The first request left and was answered; what the guest says of the second is its own word.
        assert_eq!(kind(&tested).1, "invalid-config", "{elsewhere}: {tested}");
        expected.push(format!("/send Bearer {CANARY}"));
        assert_eq!(stolen(&ring), expected, "{elsewhere}");
    }
}

/// A name of each answer, and what the guest is told.
fn changing() -> Vec<(&'static str, Vec<Vec<IpAddr>>, Vec<&'static str>)> {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    // Nobody has been given addresses in 2000::/16: judged as public, reached by no route.
    let (public, loopback) = (address("2000::1"), address("127.0.0.1"));
    let (no_connection, refused) = ("no connection", "egress.allow");
    vec![
        ("first-public.example", vec![vec![public], vec![loopback]], vec![no_connection, refused, refused]),
        (
            "first-private.example",
            vec![vec![loopback], vec![public], vec![loopback]],
            vec![refused, no_connection, refused],
        ),
        ("both.example", vec![vec![loopback, public]], vec![no_connection, no_connection]),
        ("also-both.example", vec![vec![public, loopback, address("::1")]], vec![no_connection]),
        ("127.0.0.1.nip.example", vec![vec![loopback]], vec![refused]),
        ("mapped.example", vec![vec![address("::ffff:127.0.0.1")]], vec![refused]),
        ("translated.example", vec![vec![address("64:ff9b::7f00:1"), address("2002:7f00:1::")]], vec![refused]),
        ("metadata.example", vec![vec![address("169.254.169.254"), address("fd00:ec2::254")]], vec![refused]),
        ("nothing.example", vec![vec![]], vec!["does not resolve"]),
        ("unknown.example", vec![], vec!["does not resolve"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_changes_its_mind_is_dialled_only_at_addresses_that_were_judged() {
    let script = Script::default();
    let cases = changing();
    for (name, answers, _) in cases.iter().filter(|(_, answers, _)| !answers.is_empty()) {
        script.add(name, answers.clone());
    }
    // The port is the provider's, which listens on loopback: whoever dials a private answer is heard there.
    let ring = Ring::with(Names::Scripted(script), |_| {}).await;
    let port = ring.service.provider.url.rsplit(':').next().unwrap().to_owned();
    let hosts: Vec<String> = cases.iter().map(|(name, ..)| format!("{name}:{port}")).collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let pack = Pack { hosts: &hosts, more: TOKEN, schema: schema(), ..Pack::default() };
    let first = told("POST", "https://api.example.com/elsewhere", &[]);
    ring.fight_with("as-told", &guests::unpacked("as-told"), &pack, first).await;
    for (name, _, expected) in cases {
        for words in expected {
            let tested = ring.told("as-told", told("POST", &format!("https://{name}:{port}/send"), &[])).await;
            assert_eq!((kind(&tested).0, kind(&tested).2), ("refused", "not-sent"), "{name}: {tested}");
            assert!(text_of(&tested).contains(words), "{name}, {words}: {tested}");
        }
    }
    assert_eq!(stolen(&ring), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_in_more_spellings_and_this_service_itself_are_not_reached() {
    let ring = Ring::start().await;
    let port = ring.service.url.rsplit(':').next().unwrap().to_owned();
    let hosts = [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://[::1]:{port}"),
        format!("http://[::ffff:7f00:1]:{port}"),
        format!("http://[64:ff9b::7f00:1]:{port}"),
        format!("http://[2002:7f00:1::]:{port}"),
        "0.0.0.0".into(),
        "192.168.0.1".into(),
        "100.64.0.1".into(),
        "[fe80::1]".into(),
        "[fd00:ec2::254]".into(),
        "a.localhost".into(),
    ];
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let schema = json!({"type": "object", "properties": {"url": {"type": "string"}}, "examples": [{}]});
    let pack = Pack { hosts: &hosts, schema, ..Pack::default() };
    let first = json!({"url": format!("http://127.0.0.1:{port}/readyz")});
    ring.fight_with("named-url", &guests::unpacked("named-url"), &pack, first).await;
    for host in [
        "127.0.0.1",
        "0177.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.1",
        "127.0.0.1.",
        "127.000.000.001",
        "１２７.0.0.1",
        "127。0.0.1",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:7f00:1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::1%25lo]",
        "0",
        "0.0.0.0",
        "[::]",
    ] {
        let tested = ring.told("named-url", json!({"url": format!("http://{host}:{port}/readyz")})).await;
        assert_eq!(kind(&tested), ("refused", "invalid-config", "not-sent"), "{host}: {tested}");
    }
    for url in [
        "https://192.168.0.1/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://a.localhost/",
    ] {
        let tested = ring.told("named-url", json!({"url": url})).await;
        assert_eq!(kind(&tested), ("refused", "invalid-config", "not-sent"), "{url}: {tested}");
    }
}
