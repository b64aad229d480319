//! On a real database in a folder of its own.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::store::*;

mod crashed;
mod messages;
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
