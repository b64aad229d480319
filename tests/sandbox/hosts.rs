//! Where a guest would like to go: foreign hosts, private addresses, names that change their mind.

use std::net::IpAddr;

use countersign::egress::{Names, Script};
use serde_json::json;

use super::requests::{TOKEN, schema, stolen, told};
use super::{Ring, failure_of, kind, text_of};
use crate::support::guests::{self, Pack};
use crate::support::service::{Service, number};

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_the_manifest_does_not_name_is_not_reached_and_the_refusal_says_what_would_be_needed() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "forbidden-host", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "invalid-config", "not-sent"), "{delivery}");
    let text = delivery["failure"]["text"].as_str().unwrap();
    assert!(text.contains("elsewhere.example.net") && text.contains("manifest"), "{text}");
    assert!(service.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_is_refused_in_every_spelling() {
    let service = Service::start().await;
    let port = service.provider.url.rsplit(':').next().unwrap().to_owned();
    let hosts = [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://[::ffff:7f00:1]:{port}"),
        "169.254.169.254".into(),
        "10.0.0.1".into(),
    ];
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let schema = json!({"type": "object", "properties": {"url": {"type": "string"}}, "examples": [{}]});
    let pack = Pack { hosts: &hosts, schema, ..Pack::default() };
    for (n, url) in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0177.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data".into(),
        "https://10.0.0.1/".into(),
        format!("http://user:pw@127.0.0.1:{port}/"),
    ]
    .into_iter()
    .enumerate()
    {
        if n == 0 {
            service.serve_guest("named-url", &pack, json!({"url": url})).await;
        } else {
            let (status, saved) =
                service.set_up("named-url", json!({"component": "named-url", "config": {"url": url}})).await;
            assert_eq!(status, 200, "{saved}");
        }
        let (_, made) = service.create(&number(u32::try_from(n).unwrap())).await;
        assert_eq!(kind(&made["delivery"]), ("refused", "invalid-config", "not-sent"), "{url}: {made}");
    }
    assert!(service.provider.requests().is_empty(), "nothing reached the provider");
}

/// A name, what it resolves to in order, and what the guest is told each time.
type Changing = (&'static str, Vec<Vec<IpAddr>>, Vec<&'static str>);

fn changing() -> Vec<Changing> {
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
