//! Verifications that are answered as any other and never sent: who asks learns nothing of who has an account.

mod restarted;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{Service, answer, number};
use crate::support::within;

const POLICY: &str = "/v1/environments/development/policy";

/// Which one has an account.
const KNOWN: u32 = 1;
const UNKNOWN: u32 = 2;

async fn asked(service: &Service, n: u32) -> (u16, Value) {
    let suppressed = n != KNOWN;
    service.post("/v1/verifications", json!({"to": number(n), "purpose": "sign-in", "suppressed": suppressed})).await
}

/// An answer without what differs between any two.
fn bare(mut told: Value) -> Value {
    for field in ["/id", "/to", "/delivery/message"] {
        *told.pointer_mut(field).unwrap_or_else(|| panic!("{field}")) = Value::Null;
    }
    told
}

fn id(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answers_are_those_of_one_that_is_sent_and_nothing_leaves() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    let (real, none) = (asked(service, KNOWN).await, asked(service, UNKNOWN).await);
    assert_eq!((real.0, none.0), (201, 201), "{real:?} {none:?}");
    assert_eq!(bare(real.1.clone()), bare(none.1.clone()));
    assert_eq!(none.1["delivery"]["connector"], "a");
    let (real, none) = (id(&real.1).to_owned(), id(&none.1).to_owned());

    let soon = |id: &str| format!("/v1/verifications/{id}/resend");
    let (early, too) = (service.post(&soon(&real), Value::Null).await, service.post(&soon(&none), Value::Null).await);
    assert_eq!((early.0, &early.1["rule"]), (429, &json!("cooldown")), "{early:?}");
    assert_eq!(early, too);
    service.clock.advance(Duration::from_secs(31));
    let (again, too) = (service.post(&soon(&real), Value::Null).await, service.post(&soon(&none), Value::Null).await);
    assert_eq!((again.0, too.0), (200, 200), "{again:?} {too:?}");
    assert_eq!(bare(again.1), bare(too.1));

    for _ in 0..5 {
        // Six digits that a code may have by chance: the sent one was not used here.
        let wrong = if couriers.sent().iter().any(|sent| sent.code() == "000000") { "111111" } else { "000000" };
        assert_eq!(service.check(&real, wrong).await, service.check(&none, wrong).await);
    }
    assert_eq!(service.check(&real, "000000").await, service.check(&none, "000000").await);
    let at = |id: &str| format!("/v1/verifications/{id}");
    let (real, none) = (service.get(&at(&real)).await.1, service.get(&at(&none)).await.1);
    assert_eq!(none["status"], "attempts_exhausted");
    assert_eq!(bare(real), bare(none));
    assert_eq!(couriers.sent().len(), 2, "the first and the second message of who has an account");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_comes_when_that_of_a_send_would() {
    let couriers = Couriers::start(&["a"]).await;
    let service = Arc::new(couriers.service);
    // A provider that takes two seconds.
    let clock = service.clock.clone();
    service.provider.answers(crate::support::provider::Answer::By(Arc::new(move |_| {
        clock.advance(Duration::from_secs(2));
        axum::response::IntoResponse::into_response(axum::Json(json!({"id": "a-1"})))
    })));
    assert_eq!(asked(&service, KNOWN).await.0, 201);
    takes(service, Duration::from_secs(2)).await;
}

/// The answer to who has no account takes so long.
async fn takes(service: Arc<Service>, span: Duration) {
    let slow = Arc::clone(&service);
    let (waited, before) = (service.clock.waiting(), service.clock.now());
    let asking = tokio::spawn(async move { asked(&slow, UNKNOWN).await });
    within("the wait of a suppressed one", async {
        while service.clock.waiting() == waited {
            tokio::task::yield_now().await;
        }
    })
    .await;
    service.clock.advance(span - Duration::from_millis(1));
    assert!(!asking.is_finished(), "{} of {before}", service.clock.now());
    service.clock.advance(Duration::from_millis(1));
    let (status, made) = within("the answer", asking).await.unwrap();
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_hears_the_same_at_once() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let queued = async |n: u32| {
        let body = json!({"to": number(n), "suppressed": n != KNOWN});
        let request = service.request(Method::POST, "/v1/verifications").header("prefer", "respond-async");
        answer(request.json(&body)).await
    };
    let (real, none) = (queued(KNOWN).await, queued(UNKNOWN).await);
    assert_eq!((real.0, none.0), (202, 202), "{real:?} {none:?}");
    assert_eq!(bare(real.1.clone()), bare(none.1.clone()));
    couriers.sends(1).await;
    let mut shown = Vec::new();
    for made in [&real.1, &none.1] {
        // Before the first send has ended, a usual time is waited for.
        service.clock.advance(Duration::from_millis(300));
        let path = format!("/v1/verifications/{}", id(made));
        shown.push(couriers.shown(&path, |v| v["delivery"]["status"] == "accepted").await);
    }
    let none = shown.pop().unwrap();
    assert_eq!(bare(shown.pop().unwrap()), bare(none));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_why_nothing_was_sent_and_no_money_is_counted() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    // Enough for one message.
    let policy = json!({"guard": {"mode": "enforce", "budget_micros_per_day": 80_000}});
    assert_eq!(service.put(POLICY, policy).await.0, 200);
    assert_eq!(asked(service, KNOWN).await.0, 201);
    let refused = asked(service, 3).await;
    assert_eq!((refused.0, &refused.1["rule"]), (429, &json!("budget")), "as for who has an account: {refused:?}");
    service.clock.advance(Duration::from_secs(24 * 3600));
    let mut made = Value::Null;
    for n in 10..14 {
        let told = asked(service, n).await;
        assert_eq!(told.0, 201, "a message that is never sent costs nothing: {told:?}");
        made = told.1;
    }
    let message = made["delivery"]["message"].as_str().unwrap();
    let (_, log) = service.get(&format!("/v1/messages/{message}")).await;
    assert_eq!(
        (&log["status"], &log["why"], &log["attempts"]),
        (&json!("not-sent"), &json!("not sent: suppressed by the caller"), &json!([])),
        "{log}"
    );
    assert_eq!(couriers.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewers_fixed_code_opens_nothing_that_was_suppressed_not_even_after_a_restart() {
    let service = Service::start().await;
    let reviewer = format!("/v1/environments/development/reviewer-numbers/{}", number(UNKNOWN));
    let put = json!({"code": "271828", "until": "2026-02-15T12:00:00Z"});
    assert_eq!(service.put(&reviewer, put).await.0, 200);
    assert_eq!(asked(&service, KNOWN).await.0, 201, "so that it is known how long a send takes");
    let (status, made) = asked(&service, UNKNOWN).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
    assert_eq!(service.check(id(&made), "271828").await.1, json!({"status": "pending", "attempts_left": 4}));
    let service = Service::at(service.stop().await, |_| {}).await;
    assert_eq!(service.check(id(&made), "271828").await.1, json!({"status": "pending", "attempts_left": 3}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_yes_or_no_is_named() {
    let service = Service::start().await;
    for wrong in [json!("yes"), json!(1), json!(null), json!({})] {
        let (status, problem) = service.post("/v1/verifications", json!({"to": number(1), "suppressed": wrong})).await;
        assert_eq!(status, 422, "{problem}");
        assert!(problem["errors"].to_string().contains("/suppressed"), "{problem}");
    }
}
