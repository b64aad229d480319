//! Nothing is lost, and what must go goes: restarts, kills, erasure, retention.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{Told, WEBHOOKS, got, kinds, path, receiver, rows};
use crate::support::inside::{self, Inside};
use crate::support::process::serve_logged;
use crate::support::provider::{Answer, Recorded};
use crate::support::service::{ADMIN_KEY, Service, TO, answer, client, number};
use crate::support::within;

fn ids(calls: &[Recorded]) -> BTreeSet<String> {
    calls.iter().map(|call| call.header("webhook-id")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_could_not_tell_the_next_one_tells() {
    let told = Told::start(&["a"]).await;
    told.receiver.answers(Answer::Json(503, json!({})));
    told.service().create(TO).await;
    let first = got(&told.receiver, 1).await;
    told.tried(1).await;
    let dir = told.couriers.service.stop().await;
    told.receiver.answers(Answer::Json(200, json!({})));
    let address = told.receiver.url.trim_start_matches("http://").parse().unwrap();
    let again = Service::at(dir, |config| config.egress.allow.push(address)).await;
    again.clock.advance(Duration::from_secs(6));
    let all = got(&told.receiver, 2).await;
    assert_eq!((&all[1].body, ids(&all)), (&first[0].body, ids(&first)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_and_no_secret_number_or_code_is_in_log_or_database() {
    let (dir, receiver) = (tempfile::tempdir().unwrap(), receiver().await);
    let address = receiver.url.trim_start_matches("http://");
    std::fs::write(dir.path().join("c.toml"), format!("[egress]\nallow = [\"{address}\"]\n")).unwrap();
    let running = serve_logged(dir.path(), ADMIN_KEY, &["--config", "c.toml", "--data", "data"]);
    let call = |url: &str, method: Method, path: &str, body: Value| {
        let request = client().request(method, format!("{url}{path}")).bearer_auth(ADMIN_KEY);
        answer(if body.is_null() { request } else { request.json(&body) })
    };
    let url = format!("{}/told?key=in-the-query", receiver.url);
    let (status, made) =
        call(&running.url, Method::POST, WEBHOOKS, json!({"url": url, "events": ["message.sent"]})).await;
    assert_eq!(status, 201, "{made}");
    // Four calls hang, and the others wait for them.
    receiver.answers(Answer::Wait(Arc::new(Notify::new())));
    for n in 0..9 {
        let (status, told) = call(&running.url, Method::POST, "/v1/verifications", json!({"to": number(n)})).await;
        assert_eq!(status, 201, "{told}");
    }
    let (_, inbox) = call(&running.url, Method::GET, "/v1/environments/development/inbox", Value::Null).await;
    let code = |sms: &Value| sms["text"].as_str().unwrap().chars().take_while(char::is_ascii_digit).collect::<String>();
    let codes: Vec<String> = inbox["items"].as_array().unwrap().iter().map(code).collect();
    let hung = ids(&got(&receiver, 4).await);
    drop(running);
    receiver.answers(Answer::By(Arc::new(|_| axum::http::StatusCode::OK.into_response())));
    let running = serve_logged(dir.path(), ADMIN_KEY, &["--config", "c.toml", "--data", "data"]);
    within("every event", async {
        // What hung is told again, in whatever order.
        while ids(&receiver.requests()[4..]).len() < 9 {
            receiver.arrived().await;
        }
    })
    .await;
    let all = receiver.requests();
    assert_eq!(
        kinds(&all[4..]),
        vec!["message.sent"; 9],
        "each once more or for the first time, and none a third time"
    );
    assert!(hung.is_subset(&ids(&all[4..])), "what hung is told again under its own id");
    let deliveries = path(&made, "/deliveries?status=delivered");
    within("nine deliveries", async {
        while call(&running.url, Method::GET, &deliveries, Value::Null).await.1["items"].as_array().unwrap().len() < 9 {
        }
    })
    .await;
    drop(running);
    let secret = made["secret"].as_str().unwrap().trim_start_matches("whsec_").to_owned();
    let key = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &secret).unwrap();
    let log = std::fs::read(dir.path().join("log")).unwrap();
    let mut files = inside::kept(dir.path());
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
    assert!(!has(&log, b"in-the-query"));
    files.push(("the log".to_owned(), log));
    for (_, bytes) in &files {
        assert!(!has(bytes, secret.as_bytes()) && !has(bytes, &key));
        assert!(!has(bytes, number(3).trim_start_matches('+').as_bytes()));
    }
    let told: Vec<u8> = all.iter().flat_map(|call| call.body.to_vec()).collect();
    assert_eq!(codes.len(), 9);
    assert!(codes.iter().all(|code| !has(&told, format!("\"{code}\"").as_bytes())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_when_the_service_ended_is_told_as_unknown() {
    let told = Told::start(&["a"]).await;
    let (_, made) = told.service().create(TO).await;
    got(&told.receiver, 1).await;
    let dir = told.couriers.service.stop().await;
    // As a kill leaves it.
    let inside = Inside::of(dir.path());
    for sql in [
        inside.either(
            "UPDATE messages SET status = 'sending'",
            "UPDATE messages SET status = 'sending', claimed_until = NULL",
        ),
        "UPDATE attempts SET status = 'sending', elapsed_ms = NULL",
        "DELETE FROM webhook_events",
    ] {
        assert!(inside.run(sql) > 0, "{sql}");
    }
    drop(inside);
    let address = told.receiver.url.trim_start_matches("http://").parse().unwrap();
    let _again = Service::at(dir, |config| config.egress.allow.push(address)).await;
    let data = &super::body(&got(&told.receiver, 2).await[1])["data"];
    assert_eq!(
        (&data["status"], &data["message"], &data["connector"]),
        (&json!("unknown"), &made["delivery"]["message"], &json!("a"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_numbers_events_are_gone_and_told_no_more() {
    let told = Told::start(&["a"]).await;
    told.receiver.answers(Answer::Json(500, json!({})));
    told.service().create(TO).await;
    told.tried(1).await;
    told.service().create(&number(1)).await;
    told.deliveries(|all| all.len() == 2 && all[0]["tries"].as_array().unwrap().len() == 1).await;
    let (status, erased) = told.service().post("/v1/erasures", json!({"to": TO})).await;
    assert_eq!((status, &erased["events"]), (200, &json!(1)), "{erased}");
    assert_eq!(told.deliveries(|_| true).await.len(), 1, "the other's stays");
    assert_eq!(rows(told.service(), "webhook_events").await, 1);
    told.service().clock.advance(Duration::from_secs(6));
    told.tried(2).await;
    let calls = told.receiver.requests();
    assert_eq!((calls.len(), ids(&calls).len()), (3, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_what_is_kept_of_his_number_hears_what_webhooks_were_told_of_it() {
    let told = Told::start(&["a"]).await;
    let (_, made) = told.service().create(TO).await;
    told.service().create(&number(1)).await;
    told.deliveries(|all| all.len() == 2 && all.iter().all(|one| one["status"] == "delivered")).await;
    let (status, kept) = told.service().post("/v1/exports", json!({"to": TO})).await;
    let events = kept["environments"][0]["events"].as_array().unwrap();
    assert_eq!((status, events.len()), (200, 1), "the other number's is not in it: {kept}");
    assert_eq!(
        (&events[0]["told"]["type"], &events[0]["told"]["data"]["verification"]),
        (&json!("message.sent"), &made["id"])
    );
    assert_eq!(events[0]["to"], json!([{"host": "127.0.0.1", "status": "delivered"}]));
    assert!(!kept.to_string().contains("by=countersign"), "the rest of an address may be a secret: {kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_kept_for_its_days() {
    let told = Told::of(&["a"], json!({"events": ["message.sent"]})).await;
    told.service().create(TO).await;
    told.deliveries(|all| all.iter().any(|one| one["status"] == "delivered")).await;
    let at = told.service().clock.now();
    let mut dir = told.couriers.service.stop().await;
    for (days, kept) in [(6, 1), (8, 0)] {
        let later = at.plus(Duration::from_secs(days * 24 * 3600));
        let service = Service::at_time(dir, later, |config| config.retention.webhooks_days = 7).await;
        let path = path(&told.webhook, "/deliveries");
        let count = |page: Value| page["items"].as_array().unwrap().len();
        within(&format!("what is kept after {days} days"), async {
            while count(service.get(&path).await.1) != kept {}
        })
        .await;
        dir = service.stop().await;
    }
}
