//! Metrics by the real door: what happens is counted once, where it happened, and nothing private is told.

mod examples;
mod exposition;

use std::time::Duration;

use countersign::metrics::names;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::guests::Pack;
use crate::support::service::{ADMIN_KEY, Service, TO, answer, client, number};
use crate::support::within;
use exposition::{Exposition, read};

const HERE: (&str, &str) = ("environment", "development");
const POLICY: &str = "/v1/environments/development/policy";

async fn scraped(service: &Service) -> Exposition {
    read(&text(service).await)
}

async fn text(service: &Service) -> String {
    let request = client().get(format!("{}/metrics", service.url)).header("accept", "application/openmetrics-text");
    let answer = within("a scrape", request.send()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.headers()["content-type"], kind);
    answer.text().await.unwrap()
}

/// What is counted, as soon as it is so much.
async fn counted(service: &Service, name: &str, labels: &[(&str, &str)], expected: f64) -> Exposition {
    let found = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let told = scraped(service).await;
            if told.find(name, labels) == Some(expected) {
                return told;
            }
        }
    });
    match found.await {
        Ok(told) => told,
        Err(_) => panic!("{name} {labels:?} never was {expected}: {}", text(service).await),
    }
}

async fn created(couriers: &Couriers, to: &str) -> String {
    let (status, made) = couriers.service.create(to).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// A policy whose limits are in nobody's way, with this guard.
async fn permits(service: &Service, guard: Value) {
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let (status, told) = service.put(POLICY, json!({"defaults": limits, "guard": guard})).await;
    assert_eq!(status, 200, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_counted_from_its_send_to_its_use() {
    let couriers = Couriers::start(&["a"]).await;
    let id = created(&couriers, TO).await;
    let code = couriers.sent()[0].code();
    let wrong = if code.starts_with('1') { "222222" } else { "111111" };
    assert_eq!(couriers.service.check(&id, wrong).await.1["status"], "pending");
    assert_eq!(couriers.service.check(&id, &code).await.1["status"], "approved");
    let (status, _) = couriers.service.check(&id, &code).await;
    assert!(status >= 400);
    let told = scraped(&couriers.service).await;
    let (a, us) = (("connector", "a"), ("country", "US"));
    for (name, labels, expected) in [
        ("countersign_verifications_created_total", &[HERE, us, ("purpose", "sign-in")][..], 1.0),
        ("countersign_messages_created_total", &[HERE, us, ("source", "verification")], 1.0),
        ("countersign_attempts_total", &[HERE, a, us, ("outcome", "accepted"), ("kind", "none")], 1.0),
        ("countersign_attempts_total", &[], 1.0),
        ("countersign_attempt_duration_seconds_count", &[HERE, a], 1.0),
        ("countersign_checks_total", &[HERE, ("result", "wrong")], 1.0),
        ("countersign_checks_total", &[HERE, ("result", "approved")], 1.0),
        ("countersign_checks_total", &[HERE, ("result", "not-pending")], 1.0),
        ("countersign_codes_sent_total", &[HERE, a, us], 1.0),
        ("countersign_codes_used_total", &[HERE, a, us], 1.0),
        ("countersign_connector_calls_total", &[HERE, a, ("export", "sms"), ("ending", "answered")], 1.0),
        ("countersign_connector_call_cpu_seconds_count", &[HERE, a], 1.0),
        ("countersign_egress_requests_total", &[HERE, a, ("status", "2xx")], 1.0),
        ("countersign_connector_revision", &[HERE, a], 1.0),
        ("countersign_connector_quarantined", &[HERE, a], 0.0),
        ("countersign_sends_in_flight", &[HERE, a], 0.0),
        ("countersign_breaker_state", &[HERE, a, us, ("state", "closed")], 1.0),
        ("countersign_breaker_state", &[HERE, a, us, ("state", "open")], 0.0),
        ("countersign_store_waiting_writes", &[], 0.0),
        ("countersign_queue_messages", &[], 0.0),
        ("countersign_sandbox_places", &[], 90.0),
        ("countersign_sandbox_places_free", &[], 90.0),
        ("countersign_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0),
        ("process_start_time_seconds", &[], 1_768_478_400.0),
    ] {
        assert_eq!(told.find(name, labels), Some(expected), "{name} {labels:?}");
    }
    let checks = [("method", "POST"), ("route", "/v1/verifications/{id}/check")];
    assert_eq!(told.sum("countersign_http_requests_total", &[checks[0], checks[1], ("status", "200")]), 2.0);
    assert_eq!(told.sum("countersign_http_request_duration_seconds_count", &checks), 3.0);
    for name in [
        "countersign_egress_sent_bytes_total",
        "countersign_egress_received_bytes_total",
        "countersign_connector_call_memory_bytes_sum",
        "countersign_connector_call_cpu_seconds_sum",
        "countersign_store_write_seconds_count",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
    ] {
        assert!(told.sum(name, &[]) > 0.0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_is_counted_at_the_connector_that_failed() {
    let couriers = Couriers::start(&["a", "b"]).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    created(&couriers, &number(1)).await;
    couriers.answers("a", json!({"kind": "timeout", "certainty": "unknown"}));
    created(&couriers, &number(2)).await;
    let told = scraped(&couriers.service).await;
    let attempts = |connector, outcome, kind| {
        told.sum("countersign_attempts_total", &[("connector", connector), ("outcome", outcome), ("kind", kind)])
    };
    assert_eq!(attempts("a", "refused", "provider-unavailable"), 1.0);
    assert_eq!((attempts("a", "unknown", "timeout"), attempts("b", "accepted", "none")), (1.0, 2.0));
    for after in ["refused", "unknown"] {
        assert_eq!(told.sum("countersign_failovers_total", &[HERE, ("connector", "a"), ("after", after)]), 1.0);
    }
    assert_eq!(told.find("countersign_failovers_total", &[("connector", "b")]), None);
    assert_eq!(told.find("countersign_codes_sent_total", &[("connector", "a")]), None, "nobody accepted it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_send_is_counted_by_its_rule_and_a_purpose_of_ones_own_is_other() {
    let service = Service::start().await;
    assert_eq!(service.create(TO).await.0, 201);
    assert_eq!(service.create(TO).await.0, 429);
    let own = json!({"to": TO, "purpose": "my-own-purpose"});
    assert_eq!(service.post("/v1/verifications", own).await.0, 429);
    let (status, told) = service.put(POLICY, json!({"destinations": {"blocked": ["US"]}})).await;
    assert_eq!(status, 200, "{told}");
    assert!(service.create(&number(3)).await.0 >= 400);
    let told = scraped(&service).await;
    let refused =
        |purpose, rule| told.sum("countersign_sends_refused_total", &[HERE, ("purpose", purpose), ("rule", rule)]);
    assert_eq!((refused("sign-in", "cooldown"), refused("other", "cooldown")), (1.0, 1.0));
    assert_eq!(refused("sign-in", "country-blocked"), 1.0);
    assert_eq!(told.sum("countersign_verifications_created_total", &[]), 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_guard_refuses_is_counted_once_and_by_every_rule_that_fired() {
    let service = Service::start().await;
    permits(&service, json!({"mode": "enforce"})).await;
    let mut refused = 0.0;
    for n in 0..9 {
        refused += if service.create(&number(n)).await.0 == 429 { 1.0 } else { 0.0 };
    }
    let told = scraped(&service).await;
    assert!(refused > 0.0);
    assert_eq!(told.sum("countersign_sends_refused_total", &[HERE]), refused);
    assert_eq!(told.sum("countersign_verifications_created_total", &[]), 9.0 - refused);
    let us = ("country", "US");
    let decided = told.sum("countersign_guard_decisions_total", &[HERE, us, ("outcome", "refused")]);
    assert!(decided >= refused, "{decided} {refused}");
    let (_, noted) = service.get("/v1/environments/development/guard/decisions?limit=200").await;
    let fired = noted["items"].as_array().unwrap().iter().map(|one| one["fired"].as_array().unwrap().len());
    assert_eq!(told.sum("countersign_guard_decisions_total", &[]), fired.sum::<usize>() as f64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_counted_with_how_long_it_took_and_what_followed() {
    let couriers = Couriers::start(&["a", "b"]).await;
    created(&couriers, &number(1)).await;
    couriers.service.clock.advance(Duration::from_secs(7));
    let first = couriers.sent().remove(0);
    let delivered = json!([{"status": "delivered", "network": "24007"}]);
    for _ in 0..2 {
        assert_eq!(couriers.report(&first.callback, delivered.clone()).await.0, 200);
    }
    created(&couriers, &number(2)).await;
    let second = couriers.sent().remove(1);
    let lost = json!([{"status": "undelivered", "kind": "provider-unavailable"}]);
    assert_eq!(couriers.report(&second.callback, lost).await.0, 200);
    couriers.sends(3).await;
    let after = [HERE, ("connector", "a"), ("after", "undelivered")];
    let told = counted(&couriers.service, "countersign_failovers_total", &after, 1.0).await;
    let reports = |status| {
        let labels = [HERE, ("connector", "a"), ("status", status), ("verified", "true")];
        told.sum("countersign_reports_total", &labels)
    };
    assert_eq!((reports("delivered"), reports("undelivered")), (2.0, 1.0), "as they came");
    let moved = |status| told.sum("countersign_reported_attempts_total", &[("connector", "a"), ("status", status)]);
    assert_eq!((moved("delivered"), moved("undelivered")), (1.0, 1.0), "each once");
    assert_eq!(told.sum("countersign_report_delay_seconds_sum", &[HERE, ("connector", "a")]), 7.0);
    assert_eq!(told.sum("countersign_report_delay_seconds_count", &[]), 1.0);
    let network = |state| told.find("countersign_network_breakers", &[HERE, ("connector", "a"), ("state", state)]);
    assert_eq!((network("closed"), network("open")), (Some(1.0), Some(0.0)), "its name is its provider's word");
    let calls = [("export", "delivery-reports"), ("ending", "answered")];
    assert_eq!(told.sum("countersign_connector_calls_total", &calls), 3.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaker_that_opens_is_seen_in_its_country() {
    let couriers = Couriers::start(&["a", "b"]).await;
    permits(&couriers.service, json!({"mode": "off"})).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    for n in 0..10 {
        created(&couriers, &number(n)).await;
    }
    let states = async || {
        let told = scraped(&couriers.service).await;
        ["closed", "open", "probation"].map(|state| {
            let labels = [HERE, ("connector", "a"), ("country", "US"), ("state", state)];
            told.find("countersign_breaker_state", &labels)
        })
    };
    assert_eq!(states().await, [Some(0.0), Some(1.0), Some(0.0)]);
    couriers.service.clock.advance(Duration::from_secs(31));
    assert_eq!(states().await, [Some(0.0), Some(0.0), Some(1.0)], "time alone moves it, also for who looks");
}

#[tokio::test(flavor = "multi_thread")]
async fn swaps_are_counted_and_a_deleted_connector_leaves_no_series() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    created(&couriers, &number(1)).await;
    let again = json!({"component": "courier", "config": {"account": "a2"}});
    assert!(service.set_up("a", again).await.0 < 300);
    let channel = json!({"active": "b", "fallback": ["a"]});
    assert_eq!(service.put("/v1/environments/development/channels/sms", channel).await.0, 200);
    created(&couriers, &number(2)).await;
    let told = scraped(service).await;
    // `a` took the place of the connector that a new environment has.
    let swaps = |connector, what| told.sum("countersign_swaps_total", &[("connector", connector), ("what", what)]);
    assert_eq!(
        (swaps("a", "revision"), swaps("a", "active"), swaps("b", "active"), told.sum("countersign_swaps_total", &[])),
        (1.0, 1.0, 1.0, 3.0)
    );
    assert_eq!(told.find("countersign_connector_revision", &[("connector", "a")]), Some(2.0));
    let of = |told: &Exposition, connector: &str| {
        told.samples.keys().filter(|(_, labels)| labels.get("connector").is_some_and(|it| it == connector)).count()
    };
    assert!(of(&told, "a") > 10 && of(&told, "b") > 10);
    let (status, deleted) =
        service.call(Method::DELETE, "/v1/environments/development/connectors/a?force=true", Value::Null).await;
    assert!(status < 300, "{deleted}");
    let told = scraped(service).await;
    assert_eq!(of(&told, "a"), 0);
    assert!(of(&told, "b") > 10);
    assert_eq!(told.sum("countersign_verifications_created_total", &[HERE]), 2.0, "what is of no connector stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_a_call_is_counted_by_its_name() {
    for (guest, ending) in [("trap", "trap"), ("memory-balloon", "memory")] {
        let service = Service::start().await;
        service.serve_guest(guest, &Pack::default(), json!({})).await;
        assert_eq!(service.create(TO).await.0, 201);
        let labels = [HERE, ("connector", guest), ("export", "sms"), ("ending", ending)];
        let told = scraped(&service).await;
        assert_eq!(told.find("countersign_connector_calls_total", &labels), Some(1.0), "{guest}");
        let attempts = [("connector", guest), ("outcome", "refused"), ("kind", "other")];
        assert_eq!(told.sum("countersign_attempts_total", &attempts), 1.0, "{guest}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_label_tells_a_number_a_code_or_an_id() {
    let couriers = Couriers::start(&["a", "b"]).await;
    permits(&couriers.service, json!({"mode": "enforce"})).await;
    let id = created(&couriers, TO).await;
    let sent = couriers.sent().remove(0);
    let report = json!([{"status": "undelivered", "network": "carrier-of-4155550123", "text": "+14155550123 is off"}]);
    assert_eq!(couriers.report(&sent.callback, report).await.0, 200);
    couriers.sends(2).await;
    for n in 0..9 {
        couriers.service.create(&number(n)).await;
    }
    couriers.service.check(&id, &sent.code()).await;
    couriers.service.get(&format!("/v1/messages?to={TO}")).await;
    couriers.service.get(&format!("/v2/Services/VA00000000000000000000000000000000/Verifications/{TO}")).await;
    let told = scraped(&couriers.service).await;
    let token = sent.callback.rsplit('/').next().unwrap();
    let private = [&TO[1..], &TO[2..8], "141520", &id, &sent.code(), &sent.reference, token, "carrier", "is off"];
    for (name, labels) in told.samples.keys() {
        for value in labels.values().filter(|value| value.parse::<f64>().is_err() || !name.ends_with("_bucket")) {
            assert!(!private.iter().any(|private| value.contains(private)), "{name}: {value}");
            let digits = value.chars().filter(char::is_ascii_digit).count();
            assert!(digits <= 6, "{name}: {value}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_caller_makes_no_series() {
    let service = Service::start().await;
    assert_eq!(service.create(TO).await.0, 201);
    let strange = client();
    let round = async |n: u32| {
        let fake = format!("fake-{n}");
        for path in
            [format!("/{fake}"), format!("/v1/{fake}"), format!("/console/{fake}"), format!("/v1/messages/{fake}/x")]
        {
            service.get(&path).await;
        }
        service.get(&format!("/v1/environments/{fake}/connectors/{fake}")).await;
        service.get(&format!("/v1/verifications/{fake}")).await;
        service.post(&format!("/callbacks/development/{fake}/{fake}"), json!([])).await;
        service.post(&format!("/callbacks/{fake}/{fake}/{fake}"), json!([])).await;
        service.post(&format!("/hooks/development/{fake}/{fake}"), json!({})).await;
        service.post("/v1/verifications", json!({"to": TO, "purpose": fake})).await;
        service.check(&fake, "123456").await;
        let elsewhere = service.request(Method::POST, "/v1/verifications").header("countersign-environment", &fake);
        answer(elsewhere.json(&json!({"to": TO, "purpose": "sign-in"}))).await;
        let method = Method::from_bytes(format!("FAKE{n}").as_bytes()).unwrap();
        let _ = strange.request(method, format!("{}/v1/messages", service.url)).send().await;
    };
    // As many as it takes until he is told to wait; a scrape is counted as well.
    for n in 0..40 {
        round(n).await;
    }
    scraped(&service).await;
    let before: Vec<_> = scraped(&service).await.samples.into_keys().collect();
    for n in 40..80 {
        round(n).await;
    }
    let told = scraped(&service).await;
    let after: Vec<_> = told.samples.keys().cloned().collect();
    assert_eq!(after, before, "whatever he names, there are no more");
    assert!(told.samples.keys().all(|(_, labels)| labels.values().all(|value| !value.to_lowercase().contains("fake"))));
    assert!(told.sum("countersign_http_requests_total", &[("route", "unmatched")]) >= 80.0);
    assert_eq!(told.sum("countersign_http_requests_total", &[("method", "other")]), 80.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_elsewhere_it_takes_an_admin_key_and_here_none() {
    let local = Service::start().await;
    let ask = |service: &Service, method: Method| client().request(method, format!("{}/metrics", service.url));
    let here = ask(&local, Method::GET).send().await.unwrap();
    assert_eq!(here.status(), 200);
    assert_eq!(here.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert!(here.text().await.unwrap().contains("\n# TYPE process_cpu_seconds_total counter\n"));
    let head = ask(&local, Method::HEAD).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().len()), (200, 0));
    assert_eq!(ask(&local, Method::POST).send().await.unwrap().status(), 405);
    let forwarded = ask(&local, Method::GET).header("x-forwarded-for", "203.0.113.9");
    assert_eq!(answer(forwarded).await.1["type"], "/problems/unauthorized");

    let open = Service::with(|config| config.server.listen = ([0, 0, 0, 0], 0).into()).await;
    let (status, told) = answer(ask(&open, Method::GET)).await;
    assert_eq!((status, &told["type"]), (401, &json!("/problems/unauthorized")));
    assert_eq!(answer(ask(&open, Method::GET).bearer_auth("cs_admin_guessed")).await.0, 401);
    let (_, made) = open.post("/v1/keys", json!({"name": "shop", "environment": "development"})).await;
    let (status, told) = answer(ask(&open, Method::GET).bearer_auth(made["key"].as_str().unwrap())).await;
    assert_eq!((status, &told["type"]), (403, &json!("/problems/forbidden")), "{told}");
    let (_, made) = open.post("/v1/keys", json!({"name": "prometheus", "roles": ["viewer"]})).await;
    for key in [made["key"].as_str().unwrap(), ADMIN_KEY] {
        assert_eq!(answer(ask(&open, Method::GET).bearer_auth(key)).await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_all_that_is_served_and_nothing_else() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    permits(service, json!({})).await;
    let id = created(&couriers, TO).await;
    let sent = couriers.sent().remove(0);
    service.check(&id, &sent.code()).await;
    let delivered = json!([{"status": "delivered", "network": "24007"}]);
    assert_eq!(couriers.report(&sent.callback, delivered).await.0, 200);
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    for n in 0..9 {
        created(&couriers, &number(n)).await;
    }
    service.put(POLICY, json!({"destinations": {"blocked": ["US"]}})).await;
    assert!(service.create(TO).await.0 >= 400);
    // A swap; what is known of networks is known of the other one's revision.
    let again = json!({"component": "courier", "config": {"account": "b2"}});
    assert!(service.set_up("b", again).await.0 < 300);
    // Answered once: its own counters stand in the next answer.
    scraped(service).await;
    let told = scraped(service).await;
    let served: Vec<&str> = told.families.keys().map(String::as_str).collect();
    let mut listed: Vec<&str> = names::ALL.iter().map(|named| named.name).collect();
    listed.sort_unstable();
    assert_eq!(served, listed);
    for named in names::ALL {
        let (kind, help) = &told.families[named.name];
        assert_eq!((kind.as_str(), help.as_str()), (named.shape.as_str(), format!("{}.", named.help).as_str()));
        let labels = named.labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(told.labels_of(named.name), labels, "{}", named.name);
    }
}
