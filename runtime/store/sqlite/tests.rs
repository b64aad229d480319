//! On a real database in a folder of its own.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::store::*;

mod setup;

fn open() -> (tempfile::TempDir, Arc<Sqlite>) {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&dir.path().join("data")).unwrap();
    (dir, Arc::new(store))
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

fn message(id: &str, number: u8) -> NewMessage {
    NewMessage {
        id: id.into(),
        environment: "development".into(),
        verification_id: None,
        source: SOURCE_API.into(),
        subject: None,
        purpose: "generic".into(),
        locale: "en".into(),
        to_masked: "+1••23".into(),
        number_index: [number; 32],
        client_index: None,
        request_index: None,
        request_since: None,
        kept_back: None,
        country: None,
        area: "+1415".into(),
        content: Some(b"sealed".to_vec()),
        follow: None,
        reads: Vec::new(),
        created_at: NOW,
        expires_at: Timestamp::from_millis(NOW.as_millis() + 600_000),
    }
}

fn attempt(message: &str) -> NewAttempt {
    NewAttempt {
        message_id: message.into(),
        number: 1,
        connector: "c".into(),
        revision: 1,
        code_by_provider: false,
        reference: "r".into(),
        price: None,
        started_at: NOW,
    }
}

fn refused(message: &str) -> AttemptEnd {
    AttemptEnd {
        message_id: message.into(),
        number: 1,
        status: AttemptStatus::Refused,
        kind: None,
        certainty: None,
        provider_code: None,
        text: None,
        provider_ids: vec![],
        segments: None,
        segments_by: None,
        cost: None,
        usage: Usage::default(),
        elapsed_ms: 1,
        ended_at: NOW,
    }
}

fn new_verification(id: &str) -> NewVerification {
    let verification = Verification {
        id: id.into(),
        environment: "development".into(),
        purpose: "sign-in".into(),
        channel: "sms".into(),
        locale: "en".into(),
        to: b"sealed".to_vec(),
        number_index: [7; 32],
        pair_index: [8; 32],
        subject: None,
        client_ip: None,
        metadata: Some(json!({"a": 1})),
        app_hash: None,
        service: None,
        fixed_code: None,
        suppressed: false,
        status: VerificationStatus::Pending,
        code_key: 0,
        code_length: 6,
        unanswered: 0,
        attempts_left: 5,
        created_at: NOW,
        updated_at: NOW,
        expires_at: Timestamp::from_millis(NOW.as_millis() + 600_000),
        resend_after: NOW,
        ambiguous_failover_used: false,
        delivery: None,
    };
    let first = format!("m-{id}");
    NewVerification { verification, message: message(&first, 7), attempt: Some(attempt(&first)) }
}

fn yes() -> SendJudge {
    Box::new(|_| Verdict::default())
}

/// Approves whoever finds it pending.
fn approve() -> CheckJudge {
    Box::new(|v, _, _| {
        let pending = v.status == VerificationStatus::Pending;
        CheckDecision {
            status: VerificationStatus::Approved,
            attempts_left: v.attempts_left,
            number: None,
            pair: None,
            unanswered: 0,
            told: if pending { Told::Approved } else { Told::NotPending(v.status) },
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_checks_that_race_exactly_one_is_approved() {
    let (_dir, store) = open();
    store.create_verification(new_verification("v"), yes()).await.unwrap();
    let checks: Vec<_> = (0..64)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.check("development", "v", NOW, approve()).await.unwrap().unwrap().told })
        })
        .collect();
    let mut approved = 0;
    for check in checks {
        approved += usize::from(check.await.unwrap() == Told::Approved);
    }
    assert_eq!(approved, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_are_shared_by_those_who_wait_for_them() {
    let (_dir, store) = open();
    let before = store.commits();
    let writes: Vec<_> = (0..300)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(
                async move { store.create_verification(new_verification(&format!("v{n}")), yes()).await.unwrap() },
            )
        })
        .collect();
    for write in writes {
        assert_eq!(write.await.unwrap(), Created::Done);
    }
    let commits = store.commits() - before;
    assert!(commits < 300, "{commits} commits for 300 writes");
}

#[tokio::test]
async fn a_write_that_fails_undoes_nothing_of_its_neighbours_and_a_panic_is_its_own() {
    let (_dir, store) = open();
    let good = store.create_verification(new_verification("v"), yes());
    let twice = store.create_verification(new_verification("v"), yes());
    let panics = store.create_verification(new_verification("w"), Box::new(|_| panic!("a judge's fault")));
    let (good, twice, panics) = tokio::join!(good, twice, panics);
    assert_eq!(good.unwrap(), Created::Done);
    assert!(matches!(twice, Err(StoreError::Database(_))) && matches!(panics, Err(StoreError::Database(_))));
    assert!(store.verification("development", "v").await.unwrap().is_some());
    assert!(store.verification("development", "w").await.unwrap().is_none());
    assert_eq!(store.create_verification(new_verification("x"), yes()).await.unwrap(), Created::Done);
}

#[tokio::test]
async fn a_write_that_failed_and_can_not_be_undone_alone_takes_its_group_with_it() {
    let (_dir, store) = open();
    let half_done = store.write(|c| -> rusqlite::Result<()> {
        c.execute("INSERT INTO meta VALUES ('half', x'01')", [])?;
        // As after a fault of the disk: there is no way back to where the job began.
        c.execute_batch("RELEASE job")?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(half_done.await.is_err());
    assert_eq!(store.meta("half").await.unwrap(), None);
    store.put_meta("next", b"1").await.unwrap();
    assert!(store.meta("next").await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_answered_is_there_after_the_store_is_opened_again() {
    let (dir, store) = open();
    store.create_verification(new_verification("v"), yes()).await.unwrap();
    drop(store);
    let again = Sqlite::open(&dir.path().join("data")).unwrap();
    assert_eq!(again.verification("development", "v").await.unwrap().unwrap().attempts_left, 5);
    // Its attempt was running when the store went away: nobody knows whether it left.
    assert_eq!(again.message("development", "m-v").await.unwrap().unwrap().status, MessageStatus::Unknown);
    assert_eq!(again.attempts("m-v").await.unwrap()[0].status, AttemptStatus::Unknown);
}

#[tokio::test]
async fn a_resend_that_a_crash_cut_off_is_what_its_verification_shows() {
    let (dir, store) = open();
    store.create_verification(new_verification("v"), yes()).await.unwrap();
    store.finish_attempt(refused("m-v")).await.unwrap();
    let delivery = json!({"status": "refused", "message": "m-v"});
    let settled = SettledDelivery {
        verification_id: "v".into(),
        message_id: "m-v".into(),
        delivery,
        refused: true,
        ambiguous_failover_used: false,
        ends_at: None,
        now: NOW,
    };
    store.settle_delivery(settled).await.unwrap();
    let again = NewMessage { verification_id: Some("v".into()), ..message("m-w", 7) };
    let resend = NewResend {
        verification_id: "v".into(),
        message: again,
        attempt: Some(attempt("m-w")),
        resend_after: NOW,
        delivery: None,
    };
    assert!(matches!(store.resend(resend, yes()).await, Ok(Resent::Done(_))));
    drop(store);
    let store = Sqlite::open(&dir.path().join("data")).unwrap();
    let shown = store.verification("development", "v").await.unwrap().unwrap().delivery.unwrap();
    assert_eq!(
        shown,
        json!({"status": "unknown", "message": "m-w", "connector": "c", "revision": 1, "code_by_provider": false})
    );
}

#[tokio::test]
async fn an_attempt_whose_end_could_not_be_noted_is_unknown_after_an_hour() {
    let (_dir, store) = open();
    let new = new_verification("v");
    let new = NewVerification { message: NewMessage { verification_id: Some("v".into()), ..new.message }, ..new };
    store.create_verification(new, yes()).await.unwrap();
    let status = async || store.message("development", "m-v").await.unwrap().unwrap().status;
    let minutes = |n: u64| Timestamp::from_millis(NOW.as_millis() + n * 60_000);
    store.purge(minutes(60), Retention::default()).await.unwrap();
    assert_eq!(status().await, MessageStatus::Sending, "it may still be under way");
    store.purge(minutes(61), Retention::default()).await.unwrap();
    assert_eq!(status().await, MessageStatus::Unknown);
    let shown = store.verification("development", "v").await.unwrap().unwrap().delivery.unwrap();
    assert_eq!((&shown["status"], &shown["message"]), (&json!("unknown"), &json!("m-v")));
}

#[tokio::test]
async fn a_start_after_a_crash_reads_what_was_open_and_not_every_message() {
    let (_dir, store) = open();
    for sql in upkeep::SETTLE.into_iter().chain([upkeep::OPEN, upkeep::NOTE_DELIVERY]) {
        let plan = move |c: &Connection| {
            let mut plan = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let values = vec![0; plan.parameter_count()];
            plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3))?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        let steps = store.read(plan).await.unwrap();
        let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN") && !step.contains("USING")).collect();
        // Once in a start the verifications are read, which are kept for a day; never the messages of a month.
        assert!(scans.is_empty() || (sql == upkeep::NOTE_DELIVERY && scans == ["SCAN verifications"]), "{steps:?}");
    }
}

#[tokio::test]
async fn a_second_service_on_the_same_folder_is_refused_and_a_command_is_not() {
    let (dir, _store) = open();
    let data = dir.path().join("data");
    assert!(matches!(Sqlite::open(&data), Err(StoreError::Locked)));
    assert!(Sqlite::open_beside(&data).is_ok());
    assert!(Sqlite::open_beside(&dir.path().join("elsewhere")).is_err());
}

#[tokio::test]
async fn another_environments_verification_is_not_there() {
    let (_dir, store) = open();
    store.create_verification(new_verification("v"), yes()).await.unwrap();
    assert!(store.verification("production", "v").await.unwrap().is_none());
    assert!(store.check("production", "v", NOW, approve()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_pending_one_whose_life_is_over_is_judged_as_expired() {
    let (_dir, store) = open();
    store.create_verification(new_verification("v"), yes()).await.unwrap();
    let later = Timestamp::from_millis(NOW.as_millis() + 600_000);
    let told = store.check("development", "v", later, approve()).await.unwrap().unwrap().told;
    assert_eq!(told, Told::NotPending(VerificationStatus::Expired));
}

#[tokio::test]
async fn contents_are_erased_when_their_life_ends() {
    let (_dir, store) = open();
    store.create_message(message("m", 1), Some(attempt("m")), yes()).await.unwrap();
    let with_content =
        |c: &Connection| c.query_row("SELECT content IS NOT NULL FROM messages", [], |row| row.get::<_, bool>(0));
    store.purge(NOW, Retention::default()).await.unwrap();
    assert!(store.read(with_content).await.unwrap());
    store.purge(Timestamp::from_millis(NOW.as_millis() + 600_000), Retention::default()).await.unwrap();
    assert!(!store.read(with_content).await.unwrap());
}

#[tokio::test]
async fn a_message_that_certainly_was_not_sent_does_not_count() {
    let (_dir, store) = open();
    store.create_message(message("m", 1), Some(attempt("m")), yes()).await.unwrap();
    let seen = |expected: u32| -> SendJudge {
        Box::new(move |sends| {
            assert_eq!(sends.in_last_hour, expected);
            Err(Limited { rule: "probe", retry_at: NOW }).into()
        })
    };
    let probe = |expected| store.create_message(message("p", 1), Some(attempt("p")), seen(expected));
    assert!(matches!(probe(1).await, Ok(Made::Limited(_))));
    store.finish_attempt(refused("m")).await.unwrap();
    assert!(matches!(probe(0).await, Ok(Made::Limited(_))));
}

#[tokio::test]
async fn the_same_request_is_the_same_message_unless_everybody_refused_it() {
    let (_dir, store) = open();
    let of = |id: &str, number| NewMessage { request_index: Some([9; 32]), ..message(id, number) };
    let make = |message: NewMessage| {
        let first = attempt(&message.id);
        store.create_message(message, Some(first), yes())
    };
    assert!(matches!(make(of("m1", 1)).await, Ok(Made::Done)));
    store.finish_attempt(refused("m1")).await.unwrap();
    assert!(matches!(make(of("m2", 1)).await, Ok(Made::Done)), "nobody took the first");
    // No limit is asked: nothing would be sent.
    let never: SendJudge = Box::new(|_| panic!("asked"));
    let again = store.create_message(of("m3", 1), None, never).await.unwrap();
    assert!(matches!(again, Made::Before(row) if row.id == "m2"));
    let elsewhere = NewMessage { environment: "production".into(), ..of("m4", 1) };
    assert!(matches!(make(elsewhere).await, Ok(Made::Done)));
}

#[tokio::test]
async fn an_outcome_is_credited_once_and_a_used_code_stays_used() {
    let (_dir, store) = open();
    store.create_message(message("m", 1), Some(attempt("m")), yes()).await.unwrap();
    let tell = |used| store.message_outcome("development", "m", used, Timestamp::from_millis(0));
    let written = |used| OutcomeTold::Written { source: SOURCE_API.into(), used };
    assert!(!store.outcomes_are_told("development", SOURCE_API).await.unwrap());
    assert_eq!(tell(false).await.unwrap(), written(None));
    assert!(store.outcomes_are_told("development", SOURCE_API).await.unwrap());
    let (connector, area) = ("c".into(), "+1415".into());
    let thanked = Thanked { connector, revision: 1, country: None, area, network: None, sent_at: NOW };
    assert_eq!(tell(true).await.unwrap(), written(Some(thanked)));
    assert_eq!(tell(true).await.unwrap(), written(None));
    assert_eq!(tell(false).await.unwrap(), written(None));
    assert_eq!(store.message("development", "m").await.unwrap().unwrap().used, Some(true));
    assert_eq!(
        store.message_outcome("production", "m", true, Timestamp::from_millis(0)).await.unwrap(),
        OutcomeTold::Missing
    );
    let of_verification = NewMessage { verification_id: Some("v".into()), ..message("w", 2) };
    store.create_message(of_verification, None, yes()).await.unwrap();
    assert_eq!(
        store.message_outcome("development", "w", true, Timestamp::from_millis(0)).await.unwrap(),
        OutcomeTold::OfVerification
    );
}

#[tokio::test]
async fn an_idempotency_key_is_one_request() {
    let (_dir, store) = open();
    let entry = |body: u8, now_ms: u64| IdempotencyEntry {
        scope: [1; 32],
        body: [body; 32],
        now: Timestamp::from_millis(now_ms),
        expires_at: Timestamp::from_millis(now_ms + 1000),
        abandoned_at: Timestamp::from_millis(now_ms + 100),
    };
    assert_eq!(store.idempotency_begin(entry(1, 0)).await.unwrap(), IdempotencyState::Fresh);
    assert_eq!(store.idempotency_begin(entry(1, 10)).await.unwrap(), IdempotencyState::InFlight);
    assert_eq!(store.idempotency_begin(entry(2, 10)).await.unwrap(), IdempotencyState::OtherBody);
    assert_eq!(
        store.idempotency_begin(entry(1, 200)).await.unwrap(),
        IdempotencyState::Fresh,
        "the first one never finished"
    );
    store.idempotency_finish(&[1; 32], 201, b"x".to_vec()).await.unwrap();
    let answered = IdempotencyState::Answered { status: 201, sealed: b"x".to_vec() };
    assert_eq!(store.idempotency_begin(entry(1, 300)).await.unwrap(), answered);
    assert_eq!(store.idempotency_begin(entry(2, 5000)).await.unwrap(), IdempotencyState::Fresh, "its time is over");
}

#[tokio::test]
async fn a_closed_store_has_written_what_it_took_and_lets_its_folder_go() {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(dir.path()).unwrap();
    store.put_meta("a", b"1").await.unwrap();
    assert!(matches!(Sqlite::open(dir.path()), Err(StoreError::Locked)));
    store.close();
    let next = Sqlite::open(dir.path()).unwrap();
    assert_eq!(next.meta("a").await.unwrap().unwrap(), b"1");
    assert!(matches!(store.put_meta("a", b"2").await, Err(StoreError::Closed)));
}
