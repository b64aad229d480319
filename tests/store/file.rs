//! What is SQLite's own: one folder for one process, commits that are shared, and what a process leaves that ended.

use super::*;

fn open() -> (tempfile::TempDir, Arc<Sqlite>) {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&dir.path().join("data")).unwrap();
    (dir, Arc::new(store))
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
async fn a_second_service_on_the_same_folder_is_refused_and_a_command_is_not() {
    let (dir, _store) = open();
    let data = dir.path().join("data");
    assert!(matches!(Sqlite::open(&data), Err(StoreError::Locked)));
    assert!(Sqlite::open_beside(&data).is_ok());
    assert!(Sqlite::open_beside(&dir.path().join("elsewhere")).is_err());
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
