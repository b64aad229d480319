//! Bills, by the API: what was sent, what it took, what it cost, and who said so.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{Service, answer, number};

fn bill(connector: &str) -> String {
    format!("/v1/environments/development/connectors/{connector}/bill")
}

async fn priced(service: &Service, connector: &str, currency: &str, price: &str) {
    let list = json!({"currency": currency, "prices": [{"destination": "*", "price": price}]});
    let path = format!("/v1/environments/development/connectors/{connector}/prices");
    let (status, told) = service.put(&path, list).await;
    assert_eq!(status, 200, "{told}");
}

/// A verification's id and its message's.
async fn created(service: &Service, to: &str) -> (String, String) {
    let (status, made) = service.create(to).await;
    assert_eq!(status, 201, "{made}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["id"]), text(&made["delivery"]["message"]))
}

async fn totals(service: &Service, connector: &str) -> Value {
    let (status, bill) = service.get(&bill(connector)).await;
    assert_eq!(status, 200, "{bill}");
    bill["totals"].clone()
}

fn cost(currency: &str, provider: u64, list: u64) -> Value {
    json!({"currency": currency, "micros": provider + list, "provider_micros": provider, "list_micros": list})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_tells_what_was_sent_what_it_took_and_what_it_cost() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    priced(service, "a", "EUR", "0.1").await;
    let (id, _) = created(service, &number(1)).await;
    created(service, &number(2)).await;
    created(service, "+4915123456789").await;
    assert_eq!(service.check(&id, &couriers.sent()[0].code()).await.1["status"], "approved");
    let (_, shown) = service.get(&bill("a")).await;
    assert_eq!((&shown["since"], &shown["until"]), (&json!("2026-01-01"), &json!("2026-01-15")));
    let totals = &shown["totals"];
    assert_eq!((&totals["sends"], &totals["accepted"], &totals["segments"]), (&json!(3), &json!(3), &json!(3)));
    assert_eq!((&totals["verified"], &totals["unpriced"]), (&json!(1), &json!(0)), "{totals}");
    assert_eq!(totals["costs"], json!([cost("EUR", 0, 300_000)]));
    assert_eq!(totals["cost_per_verified_micros"], 300_000);
    for measured in ["cpu_ms", "peak_memory_bytes", "bytes_out", "bytes_in"] {
        assert!(totals[measured].as_u64().unwrap() > 0, "{measured}: {totals}");
    }
    let countries = shown["countries"].as_array().unwrap();
    let of = |n: usize| (&countries[n]["country"], &countries[n]["sends"], &countries[n]["cost_per_verified_micros"]);
    assert_eq!(countries.len(), 2);
    assert_eq!(of(0), (&json!("DE"), &json!(1), &Value::Null));
    assert_eq!(of(1), (&json!("US"), &json!(2), &json!(200_000)));
    // Who stands by has sent nothing.
    assert_eq!(self::totals(service, "b").await["sends"], 0);
    let (_, all) = service.get("/v1/environments/development/bill").await;
    assert_eq!((all["connectors"].as_array().unwrap().len(), &all["totals"]), (1, totals));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_tells_beats_the_list_in_its_receipt_and_in_its_report() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    priced(service, "a", "EUR", "0.1").await;
    couriers.answers("a", json!({"segments": 2, "price": {"amount": "-0.0333", "currency": "EUR"}}));
    let (_, message) = created(service, &number(1)).await;
    let (_, shown) = service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!(shown["attempts"][0]["cost"], json!({"micros": 33_300, "currency": "EUR", "by": "provider"}));
    couriers.answers("a", json!({"segments": 2}));
    created(service, &number(2)).await;
    assert_eq!(totals(service, "a").await["costs"], json!([cost("EUR", 33_300, 200_000)]));
    // A report tells more parts than the receipt, then the price.
    let second = couriers.sent()[1].clone();
    couriers.report(&second.callback, json!([{"status": "sent", "segments": 3}])).await;
    assert_eq!(totals(service, "a").await["costs"], json!([cost("EUR", 33_300, 300_000)]));
    let report = json!([{"status": "delivered", "price": {"amount": "0.05", "currency": "USD"}}]);
    for _ in 0..3 {
        couriers.report(&second.callback, report.clone()).await;
    }
    let totals = totals(service, "a").await;
    assert_eq!(
        totals["costs"],
        json!([cost("EUR", 33_300, 0), cost("USD", 50_000, 0)]),
        "another currency stands beside"
    );
    assert_eq!(totals["cost_per_verified_micros"], Value::Null);
    assert_eq!((&totals["accepted"], &totals["delivered"], &totals["segments"]), (&json!(1), &json!(1), &json!(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_outruns_its_receipt_prices_it_all_the_same() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    created(service, &number(1)).await;
    let account = couriers.sent()[0].callback.rsplit_once('/').unwrap().0.to_owned();
    assert!(account.ends_with("/a"), "{account}");
    let report = json!([{"status": "delivered", "price": {"amount": "0.02", "currency": "EUR"}}]);
    couriers.report(&couriers.sent()[0].callback, report).await;
    assert_eq!(totals(service, "a").await["costs"], json!([cost("EUR", 20_000, 0)]));
    assert_eq!(totals(service, "a").await["unpriced"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_can_not_mean_is_no_price() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    priced(service, "a", "EUR", "0.1").await;
    let huge = "9".repeat(64);
    let hostile = [
        ("NaN", "EUR"),
        ("1e400", "EUR"),
        (huge.as_str(), "EUR"),
        ("1000000.01", "EUR"),
        ("--1", "EUR"),
        ("٣", "EUR"),
        ("", "EUR"),
        ("0.1", ""),
        ("0.1", "EURO"),
        ("0.1", "€"),
        ("0.1", "'; D"),
    ];
    for (n, (amount, currency)) in (0..).zip(hostile) {
        couriers.answers("a", json!({"segments": u32::MAX, "price": {"amount": amount, "currency": currency}}));
        created(service, &number(n)).await;
    }
    let totals = totals(service, "a").await;
    let sent = hostile.len() as u64;
    assert_eq!(totals["costs"], json!([cost("EUR", 0, sent * 255 * 100_000)]), "no message has more than 255 parts");
    assert_eq!((&totals["sends"], &totals["segments"]), (&json!(sent), &json!(sent * 255)));
    couriers.answers("a", json!({"price": {"amount": "1000000", "currency": "eur"}}));
    created(service, &number(50)).await;
    assert_eq!(self::totals(service, "a").await["costs"][0]["provider_micros"], 1_000_000_000_000_u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_costs_nothing_and_who_sent_instead_has_the_cost() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    priced(service, "a", "EUR", "0.1").await;
    priced(service, "b", "EUR", "0.3").await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    let (id, _) = created(service, &number(1)).await;
    assert_eq!(service.check(&id, &couriers.sent()[1].code()).await.1["status"], "approved");
    let (a, b) = (totals(service, "a").await, totals(service, "b").await);
    assert_eq!(
        (&a["sends"], &a["refused"], &a["costs"], &a["verified"]),
        (&json!(0), &json!(1), &json!([]), &json!(0))
    );
    assert!(a["bytes_out"].as_u64().unwrap() > 0, "what failed took something too");
    assert_eq!((&b["costs"], &b["cost_per_verified_micros"]), (&json!([cost("EUR", 0, 300_000)]), &json!(300_000)));
    // Nobody knows whether it was sent: it may have to be paid for.
    couriers.answers("a", json!({"kind": "timeout", "certainty": "unknown"}));
    couriers.answers("b", json!({"kind": "timeout", "certainty": "unknown"}));
    created(service, &number(2)).await;
    let a = totals(service, "a").await;
    assert_eq!((&a["unknown"], &a["costs"]), (&json!(1), &json!([cost("EUR", 0, 100_000)])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_outlives_the_log_an_erasure_and_the_connector() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    created(service, &number(1)).await;
    let before = totals(service, "a").await;
    assert_eq!((&before["unpriced"], &before["costs"]), (&json!(1), &json!([])), "nobody told what it cost");
    assert_eq!(service.post("/v1/erasures", json!({"to": number(1)})).await.0, 200);
    assert_eq!(totals(service, "a").await, before);
    let connector = "/v1/environments/development/connectors/a?force=true";
    assert_eq!(service.call(Method::DELETE, connector, Value::Null).await.0, 204);
    assert_eq!(totals(service, "a").await, before);
    let service = Service::at(couriers.service.stop().await, |_| ()).await;
    assert_eq!(totals(&service, "a").await, before);
    service.clock.advance(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(service.get(&bill("a")).await.0, 404, "it sent nothing in February, and is gone");
    let january = format!("{}?since=2026-01-01&until=2026-01-31", bill("a"));
    assert_eq!(service.get(&january).await.1["totals"], before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_a_table_too_and_its_days_are_judged() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    priced(service, "a", "EUR", "0.075").await;
    created(service, &number(1)).await;
    couriers.answers("a", json!({"price": {"amount": "0.05", "currency": "USD"}}));
    created(service, &number(2)).await;
    for path in [bill("a"), "/v1/environments/development/bill".to_owned()] {
        let (status, table) = answer(service.request(Method::GET, &path).header("accept", "text/csv")).await;
        let lines: Vec<&str> = table.as_str().unwrap().split("\r\n").collect();
        assert_eq!((status, lines.len()), (200, 4), "{table}");
        assert!(lines[0].starts_with("since,until,connector,country,currency,cost,"), "{table}");
        assert!(lines[1].starts_with("2026-01-01,2026-01-15,a,US,EUR,0.075,0,0.075,,2,2,0,"), "{table}");
        assert_eq!(lines[2], "2026-01-01,2026-01-15,a,US,USD,0.05,0.05,0,,,,,,,,,,,,,,");
    }
    for (query, pointer) in [
        ("since=2026-02-30", "/since"),
        ("until=now", "/until"),
        ("since=2026-01-16", "/since"),
        ("since=2020-01-01", "/since"),
    ] {
        let (status, told) = service.get(&format!("{}?{query}", bill("a"))).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(pointer)), "{query}: {told}");
    }
    let (_, day) = service.get(&format!("{}?since=2026-01-14&until=2026-01-14", bill("a"))).await;
    assert_eq!(day["totals"]["sends"], 0, "{day}");
    assert_eq!(service.get(&format!("{}?from=2026-01-01", bill("a"))).await.0, 400);
    assert_eq!(service.get(&bill("nobody")).await.0, 404);
    assert_eq!(service.get("/v1/environments/nowhere/bill").await.0, 404);
}
