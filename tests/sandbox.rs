//! Hostile guests, one each: the caller gets a typed failure in time, and the others go on being served.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use countersign::config::Config;
use countersign::egress::Names;
use serde_json::{Value, json};

use crate::support::guests::{self, Pack, pack_bytes};
use crate::support::handmade;
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, number};

/// Uploads that are made to be expensive.
mod bombs;

/// Where a guest would like to go, and what it would like to take there.
mod egress;

/// What guests take and do not give back: memory, tables, handles, time.
mod limits;

/// Providers that answer what no connector expects.
mod provider;

/// A service with a good connector that goes on sending while a hostile one is called beside it.
pub struct Ring {
    pub service: Service,
    sent: AtomicU32,
}

/// Wall-clock time of a call in the ring.
const SEND_MS: u64 = 1000;
/// By how much an answer may be later than its call's end.
const SLACK_MS: u64 = 100;

impl Ring {
    pub async fn start() -> Self {
        Self::with(Names::System, |_| {}).await
    }

    pub async fn with(names: Names, change: impl FnOnce(&mut Config)) -> Self {
        let service = Service::named(names, |config| {
            config.delivery.send_ms = SEND_MS;
            config.delivery.call_ms = 3 * SEND_MS;
            // Few places: an instance that is not given back is missed soon.
            config.sandbox.slots = Some(4);
            config.egress.connect_ms = 300;
            change(config);
        })
        .await;
        service.serve_marker("marker-a").await;
        Self { service, sent: AtomicU32::new(0) }
    }

    /// Call a handmade guest beside the good connector; answers what became of the call.
    pub async fn fight(&self, case: &str) -> Value {
        self.fight_with(case, &handmade::named(case), &Pack::default(), json!({})).await
    }

    /// The same with any component.
    pub async fn fight_with(&self, id: &str, wasm: &[u8], pack: &Pack<'_>, config: Value) -> Value {
        let (status, answer) = self.service.upload(pack_bytes(wasm, id, pack)).await;
        if status != 201 {
            return answer;
        }
        let (status, answer) = self.service.set_up(id, json!({"component": id, "config": config})).await;
        assert_eq!(status, 201, "{answer}");
        self.again(id).await
    }

    /// Save another configuration of a connector, and call it.
    pub async fn told(&self, name: &str, config: Value) -> Value {
        let (status, answer) = self.service.set_up(name, json!({"component": name, "config": config})).await;
        assert!(status < 300, "{answer}");
        self.again(name).await
    }

    /// Call a connector that is set up, beside the good one.
    pub async fn again(&self, name: &str) -> Value {
        let (tested, ()) = tokio::join!(self.alone(name), self.neighbour());
        tested
    }

    /// Call a connector that is set up.
    pub async fn alone(&self, name: &str) -> Value {
        let path = format!("/v1/environments/development/connectors/{name}/test");
        let (status, tested) = self.service.post(&path, json!({"to": TO})).await;
        assert_eq!(status, 200, "{tested}");
        let elapsed_ms = tested["elapsed_ms"].as_u64().unwrap();
        assert!(elapsed_ms <= SEND_MS + SLACK_MS, "{name}: {elapsed_ms} ms");
        tested
    }

    /// The good connector sends.
    pub async fn neighbour(&self) {
        let (status, made) = self.service.create(&number(self.sent.fetch_add(1, Ordering::Relaxed))).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
    }
}

/// Every guest has a test: this one fails if a folder has none.
const GUESTS: [&str; 19] = [
    "agent",
    "as-told",
    "credential-thief",
    "deep-recursion",
    "endless-loop",
    "false-success",
    "forbidden-host",
    "greedy",
    "header-smuggler",
    "log-flood",
    "marker-a",
    "marker-b",
    "memory-balloon",
    "named-url",
    "redirect-thief",
    "reporter",
    "signer",
    "trap",
    "trap-after-send",
];

/// Those that no crate can express.
const HANDMADE: [&str; 19] = [
    "asks-for-everything",
    "bulk-fill",
    "exit",
    "handle-hoard",
    "output-flood",
    "output-zeroes",
    "own-handle-hoard",
    "poll-flood",
    "post-return-loop",
    "random-flood",
    "realloc-loop",
    "realloc-outside",
    "sleeper",
    "sleeper-after-work",
    "start-loop",
    "start-trap",
    "table-balloon",
    "trap-with-handle",
    "worker",
];

#[test]
fn every_guest_has_a_test() {
    assert_eq!(guests::names(), GUESTS);
    assert_eq!(handmade::names(), HANDMADE);
}

/// Serve a guest and ask it to send; answers what became of it.
async fn failure_of(service: &Service, guest: &str, pack: &Pack<'_>, config: Value) -> Value {
    service.serve_guest(guest, pack, config).await;
    let (status, made) = service.create(TO).await;
    assert_eq!(status, 201, "{made}");
    made["delivery"].clone()
}

/// Status, kind and certainty of a delivery or of a test's result.
fn kind(delivery: &Value) -> (&str, &str, &str) {
    let failure = &delivery["failure"];
    (
        delivery["status"].as_str().unwrap(),
        failure["kind"].as_str().unwrap_or(""),
        failure["certainty"].as_str().unwrap_or(""),
    )
}

/// What the failure says.
fn text_of(delivery: &Value) -> &str {
    delivery["failure"]["text"].as_str().unwrap_or("")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_is_ended_by_its_cpu_budget_and_a_neighbour_goes_on() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let started = Instant::now();
    let delivery = failure_of(&service, "endless-loop", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
    assert!(delivery.to_string().contains("50 ms of CPU"), "{delivery}");
    assert!(started.elapsed() < Duration::from_secs(20));
    service.put("/v1/environments/development/channels/sms", json!({"active": "main"})).await;
    assert_eq!(service.create(&number(1)).await.1["delivery"]["status"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_balloon_ends_at_its_limit() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "memory-balloon", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
    let text = delivery["failure"]["text"].as_str().unwrap();
    assert!(text.contains("memory") || text.contains("CPU"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_is_a_failure_and_its_words_are_in_the_connectors_log() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "trap", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
    let (_, tested) = service.post("/v1/environments/development/connectors/trap/test", json!({"to": TO})).await;
    assert!(tested["log"].to_string().contains("a fault of this connector"), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_after_the_request_leaves_a_doubt() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "trap-after-send", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("unknown", "other", "unknown"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recursion_without_end_is_a_trap() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "deep-recursion", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_success_without_a_request_is_not_believed() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "false-success", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "invalid-response", "not-sent"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_log_lines_is_cut_and_shows_neither_number_nor_code() {
    let service = Service::start().await;
    service.serve_guest("log-flood", &Pack { more: "[limits]\ncpu_ms = 2000\n", ..Pack::default() }, json!({})).await;
    let (_, tested) = service.post("/v1/environments/development/connectors/log-flood/test", json!({"to": TO})).await;
    let log = tested["log"].to_string();
    assert!(log.len() < 40_000, "{} bytes", log.len());
    assert!(
        !log.contains("4155550123") && !log.contains("verification code") && !log.contains("\\u001b"),
        "{}",
        &log[..500]
    );
    assert!(!tested["failure"].to_string().contains("000000"), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_a_call_may_make_are_refused() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "greedy", &Pack::default(), json!({})).await;
    assert!(delivery["failure"]["text"].as_str().unwrap().contains("4 requests"), "{delivery}");
    assert_eq!(service.provider.requests().len(), 4);
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
async fn a_provider_that_answers_without_end_redirects_or_never_is_bounded() {
    let service = Service::with(|config| {
        config.delivery.send_ms = 400;
        config.delivery.call_ms = 1000;
    })
    .await;
    service.serve_marker("marker-a").await;
    service.provider.answers(Answer::Huge(3 << 20));
    let (_, huge) = service.create(&number(1)).await;
    assert_eq!(kind(&huge["delivery"]), ("unknown", "invalid-response", "unknown"), "{huge}");
    service.provider.answers(Answer::Redirect("https://api.example.com/elsewhere".into()));
    service.create(&number(2)).await;
    assert!(service.provider.requests().iter().all(|request| request.path == "/send"), "a redirect is not followed");
    service.provider.answers(Answer::Wait(std::sync::Arc::new(tokio::sync::Notify::new())));
    let started = Instant::now();
    let (_, silent) = service.create(&number(3)).await;
    assert_eq!(
        (silent["delivery"]["status"].as_str(), silent["delivery"]["failure"]["certainty"].as_str()),
        (Some("unknown"), Some("unknown")),
        "{silent}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}
