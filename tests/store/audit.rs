//! The audit log.

use countersign::actor::Actor;

use super::*;

fn entry(n: u64, action: &str) -> AuditRow {
    AuditRow {
        id: format!("aud_{n}"),
        at: Timestamp::from_millis(1000 + n / 2),
        actor: Actor::host("watch"),
        action: action.to_owned(),
        environment: Some("development".to_owned()),
        target: None,
        detail: json!({"revision": n}),
        outcome: "done".to_owned(),
    }
}

for_each_store! {
    async fn entries_come_page_by_page_and_by_kind_of_action(store, _inside) {
        for n in 0..6 {
            store.note(entry(n, if n == 3 { "key.create" } else { "connector.save" })).await.unwrap();
        }
        let ids = async |filter| -> Vec<String> {
            store.audit(filter).await.unwrap().into_iter().map(|row| row.id).collect()
        };
        let first = AuditFilter { limit: 3, ..AuditFilter::default() };
        assert_eq!(ids(first.clone()).await, ["aud_5", "aud_4", "aud_3"]);
        let after = Some((Timestamp::from_millis(1001), "aud_3".to_owned()));
        assert_eq!(ids(AuditFilter { after, ..first.clone() }).await, ["aud_2", "aud_1", "aud_0"]);
        let keys = AuditFilter { action: Some("key.*".to_owned()), ..first.clone() };
        assert_eq!(store.audit(keys).await.unwrap(), [entry(3, "key.create")]);
        assert!(ids(AuditFilter { action: Some("key".to_owned()), ..first }).await.is_empty());
    }
}
