//! What a process leaves that ended: all that it answered, and an end for what it had begun.

use super::*;

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
