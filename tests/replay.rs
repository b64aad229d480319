//! Recorded traffic and `countersign replay`: what is written out, and what becomes of it under the same and other rules.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{Service, number};

const POLICY: &str = "/v1/environments/development/policy";
const TRAFFIC: &str = "/v1/environments/development/guard/traffic";

async fn guards(service: &Service, guard: Value) {
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let (status, told) = service.put(POLICY, json!({"defaults": limits, "guard": guard})).await;
    assert_eq!(status, 200, "{told}");
}

async fn exported(service: &Service, query: &str) -> String {
    let answer = service.request(Method::GET, &format!("{TRAFFIC}{query}")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/jsonl");
    answer.text().await.unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A file in a folder that lives as long as it is looked at.
fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn replay(file: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.arg("replay").arg(file).args(arguments).output().unwrap()
}

fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

async fn used(service: &Service, n: u32) {
    let (status, made) = service.create(&number(n)).await;
    assert_eq!(status, 201, "{made}");
    let code = service.code_for(&number(n)).await;
    assert_eq!(service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_replays_to_exactly_what_was_decided() {
    let service = Arc::new(Service::start().await);
    guards(&service, json!({"mode": "enforce", "budget_micros_per_day": 3_200_000})).await;
    // Three days: people of many blocks, a block that pumps, codes of others, and sends that race.
    for day in 0..3u32 {
        for n in 0..6 {
            used(&service, day * 1_000_000 + n * 20_000).await;
        }
        for n in 0..9 {
            service.create(&number(500_000 + day * 20 + n)).await;
        }
        for n in 0..8 {
            let body = json!({"to": number(700_000 + day * 20 + n), "code": "123456", "purpose": "sign-in", "client_ip": "192.0.2.9"});
            service.post("/v1/messages", body).await;
        }
        let racing = (0..12).map(|n| {
            let service = Arc::clone(&service);
            tokio::spawn(async move { service.create(&number(900_000 + day * 20 + n)).await.0 })
        });
        for one in racing.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        service.clock.advance(Duration::from_secs(20 * 3600));
    }
    let text = exported(&service, "").await;
    let all = lines(&text);
    let refused = all.iter().filter(|line| line["outcome"] == "refused").count();
    assert!(refused > 20, "{refused} of {} are refused", all.len());
    let folder = tempfile::tempdir().unwrap();
    let output = replay(&file(&folder, "traffic.jsonl", &text), &["--json"]);
    let outcome = &told(&output)["outcome"];
    assert_eq!(outcome["as_recorded"], json!(all.len()), "{outcome}");
    assert_eq!(outcome["refused"]["messages"], json!(refused), "{outcome}");
    assert_eq!(outcome["real"]["messages"], json!(18), "{outcome}");
    assert_eq!(output.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certainly_was_not_sent_is_taken_off_in_a_replay_too() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    guards(service, json!({"mode": "enforce"})).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    for n in 0..8 {
        service.create(&number(n)).await;
    }
    couriers.answers("a", json!({"id": "a-1"}));
    for n in 10..18 {
        service.create(&number(n)).await;
    }
    let text = exported(service, "").await;
    let all = lines(&text);
    assert_eq!(all.iter().filter(|line| line["unsent_after"].is_i64()).count(), 8, "{all:?}");
    let folder = tempfile::tempdir().unwrap();
    let outcome = told(&replay(&file(&folder, "traffic.jsonl", &text), &["--json"]))["outcome"].clone();
    assert_eq!(outcome["as_recorded"], json!(16), "{outcome}");
    assert_eq!(outcome["sent"]["messages"], json!(13), "a block has a credit of five: {outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_rules_are_tried_before_they_are_enforced() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "record"})).await;
    used(&service, 20_000).await;
    for n in 0..9 {
        assert_eq!(service.create(&number(n)).await.0, 201);
    }
    let text = exported(&service, "").await;
    let folder = tempfile::tempdir().unwrap();
    let traffic = file(&folder, "traffic.jsonl", &text);
    let outcome = |arguments: &[&str]| told(&replay(&traffic, arguments))["outcome"].clone();
    let recorded = outcome(&["--json"]);
    assert_eq!(
        (&recorded["refused"]["messages"], &recorded["recorded"]["messages"]),
        (&json!(0), &json!(4)),
        "{recorded}"
    );
    assert_eq!(recorded["by_rule"]["fraud-prefix"], json!({"messages": 4, "cost_micros": 320_000}));
    assert_eq!(recorded["first"]["unused_before"], json!({"messages": 5, "cost_micros": 400_000}));
    let strict = file(&folder, "rules.toml", "mode = \"enforce\"\n[prefix]\nmessages = 1\nmicros = 1500000\n");
    let stricter = outcome(&["--json", "--rules", strict.to_str().unwrap()]);
    assert_eq!(stricter["refused"], json!({"messages": 8, "cost_micros": 640_000}), "{stricter}");
    assert_eq!(stricter["real_refused"]["messages"], 0, "{stricter}");
    // Rules that refuse people say so by their exit code.
    let closed = file(
        &folder,
        "closed.json",
        &json!({"guard": {"messages_per_day_per_prefix": 1, "messages_per_day": 1, "budget_micros_per_day": 1}})
            .to_string(),
    );
    let output = replay(&traffic, &["--rules", closed.to_str().unwrap()]);
    let table = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{table}");
    assert!(table.contains("100.000 % of people would be refused"), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_tells_no_number_code_or_address_and_other_pseudonyms_each_time() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce"})).await;
    let body = json!({"to": number(7), "purpose": "sign-in", "client_ip": "192.0.2.77"});
    assert_eq!(service.post("/v1/verifications", body).await.0, 201);
    let code = service.code_for(&number(7)).await;
    let (one, other) = (exported(&service, "").await, exported(&service, "").await);
    for secret in [number(7).as_str(), "192.0.2.77", &format!("\"{code}\"")] {
        assert!(!one.contains(secret), "{one}");
    }
    let (one, other) = (&lines(&one)[0], &lines(&other)[0]);
    assert!(number(7).starts_with(one["block"].as_str().unwrap()), "{one}");
    assert_eq!(one["block"].as_str().unwrap().len(), number(7).len() - 4);
    assert_ne!((&one["number"], &one["client"]), (&other["number"], &other["client"]));
    assert_eq!(lines(&exported(&service, "?from=2030-01-01T00:00:00Z").await).len(), 0);
    assert_eq!(service.get(&format!("{TRAFFIC}?from=soon")).await.0, 422);
    assert_eq!(service.get("/v1/environments/nowhere/guard/traffic").await.0, 404);
    assert_eq!(service.post("/v1/erasures", json!({"to": number(7)})).await.0, 200);
    assert_eq!(lines(&exported(&service, "").await).len(), 0, "an erased number's lines go");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_recording_is_named_with_its_line() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce"})).await;
    service.create(&number(1)).await;
    let text = exported(&service, "").await;
    let folder = tempfile::tempdir().unwrap();
    let twice = format!("{text}{}\n", text.lines().last().unwrap());
    for (wrong, said) in [
        (String::new(), "traffic.jsonl:1"),
        ("{}\n".to_owned(), "traffic.jsonl:1"),
        (text.replace("traffic-1", "traffic-9"), "countersign-traffic-9"),
        (format!("{text}nonsense\n"), "traffic.jsonl:3"),
        (twice, "traffic.jsonl:3"),
        (format!("{text}{}\n", "x".repeat(2 << 20)), "traffic.jsonl:3"),
    ] {
        let output = replay(&file(&folder, "traffic.jsonl", &wrong), &[]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(said), "{error}");
    }
    let rules = file(&folder, "rules.json", "{\"messages_in_alarm\": 101}");
    let output = replay(&file(&folder, "traffic.jsonl", &text), &["--rules", rules.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/messages_in_alarm"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocks_cap_is_one_count_for_told_and_hidden_outcomes() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "off", "messages_per_day_per_prefix": 3})).await;
    let hidden = async |n: u32| {
        let body = json!({"to": number(n), "code": "123456", "purpose": "sign-in"});
        let (status, told) = service.post("/v1/messages", body).await;
        (status, told["rule"].clone())
    };
    assert_eq!(service.create(&number(0)).await.0, 201);
    assert!(hidden(1).await.0 < 300);
    assert_eq!(service.create(&number(2)).await.0, 201);
    assert_eq!(hidden(3).await, (429, json!("prefix-cap")));
    assert_eq!(service.create(&number(4)).await.1["rule"], "prefix-cap");
}
