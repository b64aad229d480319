//! Components, revisions, promotions.

use super::*;

fn component(digest: &str, version: &str) -> NewComponent {
    NewComponent {
        id: "p".into(),
        version: version.into(),
        digest: digest.into(),
        package: json!({}),
        size: 1,
        compile_ms: 0,
        instantiate_us: 0,
        exports: vec![],
        built_in: false,
        created_at: NOW,
    }
}

fn by(why: Why) -> Occasion {
    Occasion { at: NOW, by: None, why }
}

fn revision(digest: &str, if_match: Option<u64>) -> NewRevision {
    NewRevision {
        environment: "development".into(),
        name: "p".into(),
        component_digest: digest.into(),
        config: json!({}),
        templates: vec![],
        senders: vec![],
        approved: json!({}),
        kept: Default::default(),
        given: vec![GivenSecret {
            field: "token".into(),
            seal: Box::new(|version| vec![version as u8]),
            bindings: json!([]),
        }],
        serve: true,
        activate: false,
        replaces: None,
        if_match,
        by: None,
        now: NOW,
    }
}

fn promotion(seen: Option<u64>) -> NewPromotion {
    let of = |name: &str| NewRevision { environment: "production".into(), name: name.into(), ..revision("d1", None) };
    NewPromotion {
        environment: "production".into(),
        revisions: vec![of("a"), of("b")],
        channel: Some(ChannelRow { active: Some("b".into()), ..ChannelRow::default() }),
        documents: vec![NewDocument { kind: "policy", seen, document: json!({"defaults": {"checks": 3}}) }],
        by: None,
        now: NOW,
    }
}

for_each_store! {
    async fn a_released_version_never_changes_and_the_newest_is_found_by_semver(store, _inside) {
        assert_eq!(store.insert_component(component("a", "1.9.0"), vec![1]).await.unwrap(), Inserted::New);
        assert_eq!(store.insert_component(component("a", "1.9.0"), vec![1]).await.unwrap(), Inserted::Same);
        assert_eq!(
            store.insert_component(component("b", "1.9.0"), vec![2]).await.unwrap(),
            Inserted::Conflict { digest: "a".into() }
        );
        store.insert_component(component("c", "1.10.0"), vec![3]).await.unwrap();
        assert_eq!(store.component("p", None).await.unwrap().unwrap().version, "1.10.0");
        store.insert_component(component("d", "2.0.0-rc.1"), vec![4]).await.unwrap();
        store.insert_component(component("e", "1.10.0+dev.ab"), vec![5]).await.unwrap();
        assert_eq!(
            store.component("p", None).await.unwrap().unwrap().version,
            "1.10.0",
            "neither a pre-release nor a developer's build"
        );
        assert_eq!(store.wasm("a").await.unwrap().unwrap(), [1]);
    }

    async fn revisions_are_numbered_on_after_a_deletion_and_a_stale_writer_is_told(store, _inside) {
        store.insert_component(component("a", "1.0.0"), vec![1]).await.unwrap();
        assert_eq!(store.save_revision(revision("a", None)).await.unwrap(), Saved::Revision { number: 1, active: true });
        assert_eq!(store.save_revision(revision("a", Some(1))).await.unwrap(), Saved::Revision { number: 2, active: true });
        assert_eq!(store.save_revision(revision("a", Some(1))).await.unwrap(), Saved::Stale { current: 2 });
        let versions = |version| std::collections::BTreeMap::from([("token".to_owned(), version)]);
        assert_eq!(store.secrets("development", "p", &versions(1)).await.unwrap().len(), 1);
        assert_eq!(store.secrets("development", "p", &versions(2)).await.unwrap().len(), 1);
        assert!(store.secrets("development", "p", &versions(3)).await.unwrap().is_empty());
        assert_eq!(store.delete_component("a").await.unwrap(), ["development/p"]);
        assert!(store.delete_connector("development", "p", by(Why::Delete)).await.unwrap());
        assert_eq!(store.channel("development", "sms").await.unwrap().active, None);
        assert!(store.secrets("development", "p", &versions(2)).await.unwrap().is_empty(), "its secrets went with it");
        assert_eq!(store.save_revision(revision("a", None)).await.unwrap(), Saved::Revision { number: 3, active: true });
        assert_eq!(store.serve_revision("development", "p", 1, None, by(Why::Activate)).await.unwrap(), Saved::Missing);
    }

    async fn a_promotion_is_written_whole_or_not_at_all(store, _inside) {
        store.insert_component(component("d1", "1.0.0"), vec![1]).await.unwrap();
        store.put_setting("production", "policy", json!({})).await.unwrap();
        assert_eq!(store.promote(promotion(None)).await.unwrap(), None, "whoever promotes has not seen that policy");
        assert!(store.connectors("production").await.unwrap().is_empty());
        // What the database does not take comes after what it took.
        let mut broken = promotion(Some(1));
        broken.revisions[1].component_digest = "unknown".into();
        assert!(store.promote(broken).await.is_err());
        assert!(store.connectors("production").await.unwrap().is_empty());
        assert_eq!(store.channel("production", "sms").await.unwrap().active, None);
        assert_eq!(store.promote(promotion(Some(1))).await.unwrap(), Some(vec![1, 1]));
        assert_eq!(store.channel("production", "sms").await.unwrap().active.as_deref(), Some("b"));
        assert_eq!(store.setting("production", "policy").await.unwrap().unwrap().version, 2);
    }
}
