//! What a guest would like to take along: credentials to other paths, headers that are the host's.

use countersign::egress::Names;
use serde_json::{Value, json};

use super::{Ring, failure_of, kind};
use crate::support::guests::{self, Pack};
use crate::support::provider::Answer;
use crate::support::service::{Service, number};

const CANARY: &str = "canary-of-the-thieves-0123456789";

/// A manifest's lines for one credential, bound to `POST /send`.
pub const TOKEN: &str = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/send\"]\n";

pub fn schema() -> Value {
    json!({"type": "object", "properties": {"api_token": {"type": "string", "writeOnly": true}}, "examples": [{}]})
}

pub fn told(method: &str, url: &str, headers: &[(&str, &str)]) -> Value {
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
pub fn stolen(ring: &Ring) -> Vec<String> {
    let requests = ring.service.provider.requests();
    let hostile = requests.iter().filter(|request| request.header("x-connector").is_empty());
    hostile.map(|request| format!("{} {}", request.path, request.header("authorization"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_the_host_or_a_line_break_is_not_smuggled() {
    let service = Service::start().await;
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "value": {"type": "string"}}, "examples": [{}]});
    let pack = Pack { schema, ..Pack::default() };
    let mut first = true;
    for (n, (name, value)) in [
        ("Host", "evil.example"),
        ("Content-Length", "0"),
        ("X-A", "b\r\nX-C: d"),
        ("Transfer-Encoding", "chunked"),
        ("Proxy-Authorization", "x"),
    ]
    .into_iter()
    .enumerate()
    {
        let config = json!({"name": name, "value": value});
        if first {
            service.serve_guest("header-smuggler", &pack, config).await;
            first = false;
        } else {
            service.set_up("header-smuggler", json!({"component": "header-smuggler", "config": config})).await;
        }
        let (_, made) = service.create(&number(u32::try_from(n).unwrap())).await;
        assert_eq!(kind(&made["delivery"]), ("refused", "invalid-config", "not-sent"), "{name}: {made}");
    }
    assert!(service.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_not_placed_on_a_foreign_path_of_its_own_host() {
    let service = Service::start().await;
    let more = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/send\"]\n";
    let schema =
        json!({"type": "object", "properties": {"api_token": {"type": "string", "writeOnly": true}}, "examples": [{}]});
    let delivery = failure_of(
        &service,
        "credential-thief",
        &Pack { more, schema, ..Pack::default() },
        json!({"api_token": "canary-0123456789"}),
    )
    .await;
    assert_eq!(kind(&delivery), ("refused", "invalid-config", "not-sent"), "{delivery}");
    assert!(delivery["failure"]["text"].as_str().unwrap().contains("path"), "{delivery}");
    assert!(service.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_a_call_may_make_are_refused() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "greedy", &Pack::default(), json!({})).await;
    assert!(delivery["failure"]["text"].as_str().unwrap().contains("4 requests"), "{delivery}");
    assert_eq!(service.provider.requests().len(), 4);
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
