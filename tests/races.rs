//! Requests that race for one verification, each over a connection of its own.
//!
//! The threat: two requests read the same state and both act on it. A right code is accepted twice, a sixth guess is
//! judged, a canceled code still opens the door. Each test repeats its race, since one alone may be won by chance.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::service::{ADMIN_KEY, Service, client, number};

const ROUNDS: u32 = 8;

/// One caller, whose client shares no connection with another's.
struct Caller {
    client: reqwest::Client,
    base: String,
}

impl Caller {
    fn of(service: &Service, id: &str) -> Self {
        Self { client: client(), base: format!("{}/v1/verifications/{id}", service.url) }
    }

    async fn post(&self, path: &str, body: Value, idempotency_key: Option<&str>) -> (u16, Value, bool) {
        let mut request = self.client.post(format!("{}{path}", self.base)).bearer_auth(ADMIN_KEY).json(&body);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let answer = crate::support::within("a racing request", request.send()).await.unwrap();
        let replayed = answer.headers().contains_key("idempotency-replayed");
        (answer.status().as_u16(), answer.json().await.unwrap(), replayed)
    }

    async fn check(&self, code: &str) -> (u16, Value) {
        let (status, told, _) = self.post("/check", json!({"code": code}), None).await;
        (status, told)
    }
}

struct Race {
    service: Service,
    id: String,
    code: String,
}

impl Race {
    async fn round(service: Service, round: u32) -> Self {
        let to = number(round);
        let (status, made) = service.create(&to).await;
        assert_eq!(status, 201, "{made}");
        let code = service.code_for(&to).await;
        Self { id: made["id"].as_str().unwrap().to_owned(), code, service }
    }

    fn callers(&self, n: usize) -> Vec<Caller> {
        (0..n).map(|_| Caller::of(&self.service, &self.id)).collect()
    }

    fn wrong(&self) -> &'static str {
        if self.code == "000000" { "000001" } else { "000000" }
    }

    async fn status(&self) -> Value {
        self.service.get(&format!("/v1/verifications/{}", self.id)).await.1["status"].clone()
    }
}

fn approvals(answers: &[(u16, Value)]) -> usize {
    answers.iter().filter(|(status, told)| *status == 200 && told["status"] == "approved").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_wrong_codes_at_once_five_are_counted_and_the_others_are_refused() {
    let mut service = Service::start().await;
    for round in 0..ROUNDS / 2 {
        let race = Race::round(service, round).await;
        let callers = race.callers(50);
        let answers = join_all(callers.iter().map(|caller| caller.check(race.wrong()))).await;
        let mut counted: Vec<u64> = answers.iter().filter_map(|(_, told)| told["attempts_left"].as_u64()).collect();
        counted.sort_unstable();
        assert_eq!(counted, [0, 1, 2, 3, 4], "each count is told to one caller");
        for (_, told) in answers.iter().filter(|(status, _)| *status != 200) {
            assert_eq!(told["verification_status"], "attempts_exhausted", "{told}");
        }
        let (status, told) = callers[0].check(&race.code).await;
        assert_eq!((status, &told["verification_status"]), (409, &json!("attempts_exhausted")));
        service = race.service;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_right_codes_among_wrong_ones_one_at_most_is_accepted_and_no_sixth_code_is_judged() {
    let mut service = Service::start().await;
    for round in 0..ROUNDS {
        let race = Race::round(service, round).await;
        let callers = race.callers(16);
        let code = |n: usize| if n.is_multiple_of(2) { race.wrong() } else { race.code.as_str() };
        let answers = join_all(callers.iter().enumerate().map(|(n, caller)| caller.check(code(n)))).await;
        let judged = answers.iter().filter(|(status, _)| *status == 200).count();
        let ended = race.status().await;
        let expected = if approvals(&answers) == 1 { "approved" } else { "attempts_exhausted" };
        assert!(approvals(&answers) <= 1 && judged <= 5 && ended == expected, "{ended}: {answers:?}");
        service = race.service;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_races_a_cancel_wins_or_loses_whole() {
    let mut service = Service::start().await;
    for round in 0..ROUNDS {
        let race = Race::round(service, round).await;
        let (canceler, checkers) = (Caller::of(&race.service, &race.id), race.callers(3));
        let checks = join_all(checkers.iter().map(|caller| caller.check(&race.code)));
        let ((canceled, told, _), checks) = tokio::join!(canceler.post("/cancel", Value::Null, None), checks);
        let ended = race.status().await;
        match approvals(&checks) {
            0 => assert_eq!((canceled, &ended), (200, &json!("canceled")), "{checks:?}"),
            1 => assert_eq!(
                (canceled, &told["verification_status"], &ended),
                (409, &json!("approved"), &json!("approved"))
            ),
            more => panic!("{more} approvals"),
        }
        for (status, told) in checks.iter().filter(|(status, _)| *status != 200) {
            assert_eq!((*status, &told["verification_status"]), (409, &ended));
        }
        service = race.service;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_that_races_checks_resets_nothing_and_revives_nothing() {
    let mut service = Service::start().await;
    for round in 0..ROUNDS {
        let race = Race::round(service, round).await;
        race.service.clock.advance(Duration::from_secs(31));
        let callers = race.callers(8);
        let guess = |n: usize| if n < 3 { race.wrong() } else { race.code.as_str() };
        let checks = join_all(callers.iter().enumerate().map(|(n, caller)| caller.check(guess(n))));
        let resender = Caller::of(&race.service, &race.id);
        let ((resent, told, _), checks) = tokio::join!(resender.post("/resend", Value::Null, None), checks);
        assert!(resent == 200 || (resent == 409 && told["verification_status"] == "approved"), "{told}");
        assert_eq!(approvals(&checks), 1, "{checks:?}");
        let wrong = checks.iter().filter(|(status, told)| *status == 200 && told["status"] == "pending").count() as u64;
        let (_, shown) = race.service.get(&format!("/v1/verifications/{}", race.id)).await;
        assert_eq!((&shown["status"], shown["attempts_left"].as_u64()), (&json!("approved"), Some(5 - wrong)));
        let (status, again) = callers[0].check(&race.code).await;
        assert_eq!(
            (status, &again["verification_status"]),
            (409, &json!("approved")),
            "the code of the resend is the same one"
        );
        service = race.service;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_that_race_under_one_idempotency_key_are_one_check() {
    let mut service = Service::start().await;
    for round in 0..ROUNDS {
        let race = Race::round(service, round).await;
        let (callers, key) = (race.callers(6), format!("key-{round}"));
        let right = json!({"code": race.code});
        let answers = join_all(callers.iter().map(|c| c.post("/check", right.clone(), Some(&key)))).await;
        let done = answers.iter().filter(|(status, _, replayed)| *status == 200 && !replayed).count();
        assert_eq!(done, 1, "{answers:?}");
        for (status, told, replayed) in &answers {
            let in_flight = *status == 409 && told["type"] == "/problems/idempotency-in-flight";
            assert!(in_flight || (*status == 200 && told["status"] == "approved"), "{replayed} {told}");
        }
        let (status, told, replayed) = callers[0].post("/check", right.clone(), Some(&key)).await;
        assert_eq!((status, &told["status"], replayed), (200, &json!("approved"), true), "its answer is kept");
        let (status, told, _) = callers[0].post("/check", right, Some("another key")).await;
        assert_eq!((status, &told["verification_status"]), (409, &json!("approved")));
        service = race.service;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_checks_that_race_under_keys_of_their_own_one_is_approved() {
    let mut service = Service::start().await;
    for round in 0..ROUNDS {
        let race = Race::round(service, round).await;
        let callers = race.callers(6);
        let keys: Vec<String> = (0..callers.len()).map(|n| format!("key-{round}-{n}")).collect();
        let right = json!({"code": race.code});
        let checks = callers.iter().zip(&keys).map(|(caller, key)| caller.post("/check", right.clone(), Some(key)));
        let answers: Vec<_> = join_all(checks).await.into_iter().map(|(status, told, _)| (status, told)).collect();
        assert_eq!(approvals(&answers), 1, "{answers:?}");
        service = race.service;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_races_the_end_of_a_life_is_approved_or_expired_never_both() {
    let mut service = Service::start().await;
    let mut ends = Vec::new();
    for round in 0..ROUNDS * 3 {
        let race = Race::round(service, round).await;
        race.service.clock.advance(Duration::from_millis(599_999));
        let (callers, clock) = (Arc::new(race.callers(6)), race.service.clock.clone());
        let checks: Vec<_> = (0..callers.len())
            .map(|n| {
                let (callers, code) = (Arc::clone(&callers), race.code.clone());
                tokio::spawn(async move { callers[n].check(&code).await })
            })
            .collect();
        // The life ends while they are under way: as many requests later as the round says.
        for _ in 0..round % 3 {
            race.service.get("/healthz").await;
        }
        clock.advance(Duration::from_millis(1));
        let mut answers = Vec::new();
        for check in checks {
            answers.push(check.await.unwrap());
        }
        let ended = race.status().await;
        let expected = if approvals(&answers) == 1 { "approved" } else { "expired" };
        assert!(approvals(&answers) <= 1 && ended == expected, "{ended}: {answers:?}");
        for (status, told) in answers.iter().filter(|(status, _)| *status != 200) {
            assert_eq!((*status, &told["verification_status"]), (409, &ended), "one end for all");
        }
        ends.push(expected);
        service = race.service;
    }
    let approved = ends.iter().filter(|end| **end == "approved").count();
    println!("{approved} approved, {} expired", ends.len() - approved);
}
