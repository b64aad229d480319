//! Verifications: found in their environment, ended in time, checked once; and requests that are one.

use super::*;

for_each_store! {
    async fn of_checks_that_race_exactly_one_is_approved(store, _inside) {
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

    async fn another_environments_verification_is_not_there(store, _inside) {
        store.create_verification(new_verification("v"), yes()).await.unwrap();
        assert!(store.verification("production", "v").await.unwrap().is_none());
        assert!(store.check("production", "v", NOW, approve()).await.unwrap().is_none());
    }

    async fn a_pending_one_whose_life_is_over_is_judged_as_expired(store, _inside) {
        store.create_verification(new_verification("v"), yes()).await.unwrap();
        let later = Timestamp::from_millis(NOW.as_millis() + 600_000);
        let told = store.check("development", "v", later, approve()).await.unwrap().unwrap().told;
        assert_eq!(told, Told::NotPending(VerificationStatus::Expired));
    }

    async fn an_idempotency_key_is_one_request(store, _inside) {
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
}
