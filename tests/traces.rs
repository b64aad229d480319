//! Traces by the real door: a real collector gets every step of what real requests do, and nothing private.

mod collector;
mod private;
mod process;
mod webhooks;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::{Couriers, PUBLIC_URL};
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, answer, number};
use collector::{Collector, Seen};

/// A trace that a caller began, and the step of it that calls us.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{PARENT}-{flags}")
}

/// A service that tells a collector, with these connectors.
async fn traced(
    collector: &Collector,
    connectors: &[&str],
    change: impl FnOnce(&mut countersign::config::Config),
) -> Couriers {
    let endpoint = collector.url();
    let service = Service::with(move |config| {
        config.server.public_url = Some(PUBLIC_URL.parse().unwrap());
        config.traces.endpoint = Some(endpoint.parse().unwrap());
        change(config);
    })
    .await;
    Couriers::on(service, connectors, None).await
}

/// Ask for a verification with more headers.
async fn create(couriers: &Couriers, headers: &[(&str, &str)], to: &str) -> (u16, Value) {
    let mut request = couriers.service.request(Method::POST, "/v1/verifications");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(request.json(&json!({"to": to, "purpose": "sign-in"}))).await
}

/// All that was exported by the end of the service.
async fn exported(couriers: Couriers, collector: &Collector) -> Vec<Seen> {
    couriers.service.stop().await;
    collector.spans()
}

/// The only span of this name in the caller's trace.
fn of<'a>(spans: &'a [Seen], name: &str) -> &'a Seen {
    let found = all_of(spans, name);
    assert_eq!(found.len(), 1, "{name}: {spans:#?}");
    found[0]
}

fn all_of<'a>(spans: &'a [Seen], name: &str) -> Vec<&'a Seen> {
    let mut found: Vec<&Seen> = spans.iter().filter(|span| span.trace == TRACE && span.name == name).collect();
    found.sort_by_key(|span| span.began);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_trace_goes_on_to_every_attempt() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a", "b"], |_| {}).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    let parent = traceparent("01");
    let (status, made) = create(&couriers, &[("traceparent", &parent), ("tracestate", "app=1")], TO).await;
    assert_eq!((status, &made["delivery"]["connector"]), (201, &json!("b")), "{made}");
    let told: Vec<String> = couriers.service.provider.requests().iter().map(|one| one.header("traceparent")).collect();
    assert_eq!(told, ["", ""], "providers are told nothing");
    let spans = exported(couriers, &collector).await;

    let request = of(&spans, "POST /v1/verifications");
    assert_eq!((request.parent.as_str(), request.kind, request.state.as_str()), (PARENT, "server", "app=1"));
    assert_eq!(request.said("http.response.status_code"), "201");
    let create = of(&spans, "verification.create");
    assert_eq!((&create.parent, create.said("countersign.outcome")), (&request.id, "taken".to_owned()));
    assert_eq!(of(&spans, "route.select").parent, create.id);
    let attempts = all_of(&spans, "connector.call");
    let told: Vec<_> =
        attempts.iter().map(|one| (one.said("countersign.connector"), one.said("countersign.outcome"))).collect();
    assert_eq!(told, [("a".into(), "refused".into()), ("b".into(), "accepted".into())]);
    assert_eq!(attempts[0].said("error.type"), "provider-unavailable");
    assert!(attempts[0].failed && !attempts[1].failed);
    for (attempt, number) in attempts.into_iter().zip(["1", "2"]) {
        assert_eq!((&attempt.parent, attempt.kind), (&create.id, "client"));
        assert_eq!(attempt.said("countersign.attempt"), number);
        assert_eq!(attempt.said("countersign.revision"), "1");
        assert_eq!(attempt.said("countersign.country"), "US");
        assert!(attempt.said("countersign.cpu_us").parse::<u64>().unwrap() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_is_a_step_of_its_own_trace() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |_| {}).await;
    let (_, made) = create(&couriers, &[], TO).await;
    let code = couriers.sent()[0].code();
    let path = format!("/v1/verifications/{}/check", made["id"].as_str().unwrap());
    let request = couriers.service.request(Method::POST, &path).header("traceparent", traceparent("01"));
    assert_eq!(answer(request.json(&json!({"code": code}))).await.1["status"], "approved");
    let spans = exported(couriers, &collector).await;
    let request = of(&spans, "POST /v1/verifications/{id}/check");
    let check = of(&spans, "verification.check");
    assert_eq!((&check.parent, check.said("countersign.outcome")), (&request.id, "approved".to_owned()));
    let own: Vec<&Seen> = spans.iter().filter(|span| span.name == "verification.create").collect();
    assert!(own.len() == 1 && own[0].trace != TRACE, "a request without a parent begins a trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_began_a_trace_decides_whether_it_is_kept() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |config| config.traces.sample = 0.0).await;
    let unsampled = "00-11111111111111111111111111111111-b7ad6b7169203331-00";
    for (parent, to) in [(unsampled, number(1)), (&traceparent("01"), number(2))] {
        assert_eq!(create(&couriers, &[("traceparent", parent)], &to).await.0, 201);
    }
    assert_eq!(create(&couriers, &[], &number(3)).await.0, 201);
    let spans = exported(couriers, &collector).await;
    assert!(!spans.is_empty() && spans.iter().all(|span| span.trace == TRACE), "{spans:#?}");

    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |_| {}).await;
    assert_eq!(create(&couriers, &[("traceparent", unsampled)], TO).await.0, 201);
    let spans = exported(couriers, &collector).await;
    assert!(!spans.is_empty() && !spans.iter().any(|span| span.trace.starts_with("1111")), "{spans:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_traceparent_that_is_none_is_ignored() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |_| {}).await;
    let long = format!("00-{TRACE}-{PARENT}-01-more");
    for (n, parent) in [long.as_str(), "", "00-0-0-0", &traceparent("zz")].into_iter().enumerate() {
        let huge = "k=v,".repeat(500);
        let headers = [("traceparent", parent), ("tracestate", huge.as_str())];
        assert_eq!(create(&couriers, &headers, &number(n as u32)).await.0, 201, "{parent}");
    }
    let huge = format!("a={}", "x".repeat(600));
    let parent = traceparent("01");
    assert_eq!(create(&couriers, &[("traceparent", &parent), ("tracestate", &huge)], &number(9)).await.0, 201);
    let spans = exported(couriers, &collector).await;
    assert_eq!(spans.iter().filter(|span| span.name == "verification.create").count(), 5);
    assert_eq!(of(&spans, "verification.create").state, "", "a state that is too long goes nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_goes_on_after_the_answer_stays_in_its_trace() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |_| {}).await;
    let parent = traceparent("01");
    let (status, made) = create(&couriers, &[("traceparent", &parent), ("prefer", "respond-async")], TO).await;
    assert_eq!(status, 202, "{made}");
    couriers.sends(1).await;
    let spans = exported(couriers, &collector).await;
    assert_eq!(of(&spans, "connector.call").parent, of(&spans, "verification.create").id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_linked_to_what_was_sent_and_its_failover_is_below_it() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a", "b"], |_| {}).await;
    let parent = traceparent("01");
    assert_eq!(create(&couriers, &[("traceparent", &parent)], TO).await.0, 201);
    let sent = couriers.sent().remove(0);
    // A provider's own word on traces is nobody's business.
    let report = couriers.service.request(Method::POST, &sent.callback).header("traceparent", &parent);
    let body = json!([{"status": "undelivered", "kind": "provider-unavailable"}]);
    assert_eq!(answer(report.json(&body)).await.0, 200);
    couriers.sends(2).await;
    let spans = exported(couriers, &collector).await;
    let create = of(&spans, "verification.create");
    let applied: Vec<&Seen> = spans.iter().filter(|span| span.name == "report.apply").collect();
    assert_eq!(applied.len(), 1, "{spans:#?}");
    assert_ne!(applied[0].trace, TRACE);
    assert_eq!(applied[0].links, [(TRACE.to_owned(), create.id.clone())]);
    assert_eq!(applied[0].said("countersign.outcome"), "undelivered");
    let call = spans.iter().find(|span| span.name == "connector.call" && span.trace == applied[0].trace).unwrap();
    assert_eq!((&call.parent, call.said("countersign.connector")), (&applied[0].id, "b".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_are_told_only_where_the_operator_says_so() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |config| config.traces.to_providers = true).await;
    let parent = traceparent("01");
    let headers = [("traceparent", parent.as_str()), ("tracestate", "app=1")];
    assert_eq!(create(&couriers, &headers, TO).await.0, 201);
    let request = couriers.service.provider.requests().remove(0);
    let spans = exported(couriers, &collector).await;
    assert_eq!(request.header("traceparent"), format!("00-{TRACE}-{}-01", of(&spans, "connector.call").id));
    assert_eq!(request.header("tracestate"), "", "what a caller writes goes to no provider");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_takes_nothing_holds_up_nothing() {
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    let collector = Collector::start().await;
    collector.answers(Answer::Wait(gate));
    let couriers = traced(&collector, &["a"], |_| {}).await;
    // The first batch is on its way, and is never answered.
    collector.arrived().await;
    for n in 0..5 {
        let (status, made) = create(&couriers, &[], &number(n)).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
    }
    couriers.service.stop().await;

    // One that is not there at all.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let couriers = traced(&Collector::at(&format!("http://{nobody}")).await, &["a"], |_| {}).await;
    assert_eq!(create(&couriers, &[], TO).await.0, 201);
    couriers.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_collector_took_and_what_it_did_not_is_counted() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |_| {}).await;
    counted(&couriers.service, "exported").await;
    collector.answers(Answer::Json(400, json!({})));
    assert_eq!(create(&couriers, &[], TO).await.0, 201);
    counted(&couriers.service, "lost").await;
}

async fn counted(service: &Service, outcome: &str) {
    let line = format!("countersign_trace_spans_total{{outcome=\"{outcome}\"}}");
    crate::support::within(&line, async {
        while !service.get("/metrics").await.1.as_str().unwrap().contains(&line) {}
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_its_headers_and_a_path() {
    let collector = Collector::start().await;
    let couriers = traced(&collector, &["a"], |config| {
        config.traces.headers = Some("authorization: Bearer of-the-collector".parse().unwrap());
    })
    .await;
    couriers.service.stop().await;
    let request = collector.requests().remove(0);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/traces"));
    assert_eq!(request.header("authorization"), "Bearer of-the-collector");
    assert_eq!(request.header("content-type"), "application/x-protobuf");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collector_nobody_is_told_anything() {
    let couriers = Couriers::start(&["a"]).await;
    let parent = traceparent("01");
    assert_eq!(create(&couriers, &[("traceparent", &parent)], TO).await.0, 201);
    assert_eq!(couriers.service.provider.requests()[0].header("traceparent"), "");
    let told = couriers.service.get("/metrics").await.1;
    let spans: Vec<_> = told.as_str().unwrap().lines().filter(|line| line.contains("trace_spans_total{")).collect();
    assert!(!spans.is_empty() && spans.iter().all(|line| line.ends_with(" 0")), "{spans:?}");
}
