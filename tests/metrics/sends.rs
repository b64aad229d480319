//! What is counted of a code, from its send to its use.

use super::*;

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
