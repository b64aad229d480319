//! `verification.expired`: noticed without looking at each verification, told once.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Told, body, got, of};
use crate::support::inside::Inside;
use crate::support::service::{Service, TO, number};
use crate::support::within;

const LIFE: Duration = Duration::from_secs(600);

fn wanted() -> Value {
    json!({"events": ["verification.expired"]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_comes_too_late_has_its_end_told_once() {
    let told = Told::of(&["a"], wanted()).await;
    let given = json!({"to": TO, "purpose": "sign-in", "subject": "user-7", "metadata": {"order": 12}});
    let (_, made) = told.service().post("/v1/verifications", given).await;
    let id = made["id"].as_str().unwrap();
    told.service().clock.advance(LIFE);
    for _ in 0..2 {
        assert_eq!(told.service().check(id, "000000").await.0, 409);
    }
    let calls = got(&told.receiver, 1).await;
    let data = json!({
        "environment": "development", "purpose": "sign-in", "to": "+1••••••••23", "country": "US", "verification": id,
        "subject": "user-7", "metadata": {"order": 12}, "connector": "a", "status": "expired",
    });
    let event = json!({"type": "verification.expired", "timestamp": made["expires_at"], "data": data});
    assert_eq!(body(of(&calls, "verification.expired")), event);
    let kept = told.deliveries(|all| all.iter().all(|one| one["status"] == "delivered")).await;
    assert_eq!(kept.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_without_a_word_is_told_by_the_next_look_and_what_was_approved_is_not() {
    let told = Told::of(&["a"], wanted()).await;
    let (_, right) = told.service().create(&number(1)).await;
    let code = told.couriers.sent().remove(0).code();
    assert_eq!(told.service().check(right["id"].as_str().unwrap(), &code).await.1["status"], "approved");
    let (_, ended) = told.service().create(&number(2)).await;
    let at = told.service().clock.now();
    let mut dir = told.couriers.service.stop().await;
    let address: String = told.receiver.url.trim_start_matches("http://").to_owned();
    // Each start looks at once; the second one finds nothing new.
    for (later, calls) in [(LIFE / 2, 0), (LIFE, 1), (LIFE * 2, 1)] {
        let allowed = address.parse().unwrap();
        let service = Service::at_time(dir, at.plus(later), |config| config.egress.allow.push(allowed)).await;
        got(&told.receiver, calls).await;
        looked(&service, at.plus(later)).await;
        assert_eq!(told.receiver.requests().len(), calls, "after {later:?}");
        assert_eq!(service.get(&format!("/v1/verifications/{}", ended["id"].as_str().unwrap())).await.0, 200);
        dir = service.stop().await;
    }
    let event = body(&told.receiver.requests()[0]);
    assert_eq!((&event["data"]["verification"], &event["timestamp"]), (&ended["id"], &ended["expires_at"]), "{event}");
}

/// Wait until ends were noted up to now.
async fn looked(service: &Service, now: countersign::clock::Timestamp) {
    let inside = Inside::of(service.dir.path());
    let noted = || {
        let sql = inside.either(
            "SELECT CAST(value AS TEXT) FROM meta WHERE name = 'expiries_noted'",
            "SELECT convert_from(value, 'UTF8') FROM meta WHERE name = 'expiries_noted'",
        );
        inside.text(sql).map_or(0, |noted| noted.parse::<u64>().unwrap())
    };
    within("the look at what has ended", async {
        while noted() < now.as_millis() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_begins_to_listen_hears_nothing_of_before() {
    let told = Told::of(&["a"], json!({"events": ["message.sent"]})).await;
    told.service().create(TO).await;
    got(&told.receiver, 1).await;
    told.service().clock.advance(LIFE * 2);
    let url = format!("{}/told", told.receiver.url);
    let body = json!({"url": url, "events": ["verification.expired"]});
    let (status, changed) = told.service().put(&super::path(&told.webhook, ""), body).await;
    assert_eq!(status, 200, "{changed}");
    let at = told.service().clock.now().plus(Duration::from_secs(30));
    let dir = told.couriers.service.stop().await;
    let service = Service::at_time(dir, at, |_| {}).await;
    looked(&service, at).await;
    let kept = service.get(&super::path(&told.webhook, "/deliveries?status=pending")).await.1;
    assert_eq!(kept["items"], json!([]), "{kept}");
}
