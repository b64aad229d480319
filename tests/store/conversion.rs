//! Which codes were used, and whose they count for.

use super::*;

/// Area, whether its code was used, and its attempts: connector, status, network.
type Sent = (&'static str, Option<bool>, &'static [(&'static str, &'static str, Option<&'static str>)]);

async fn counted(store: &dyn Store, inside: &Inside, sent: &[Sent], by: &[Dimension]) -> Vec<Conversion> {
    inside.run("DELETE FROM attempts; DELETE FROM messages");
    // PostgreSQL keeps by itself who ever tells.
    inside.run(inside.either("SELECT 1", "DELETE FROM told_sources"));
    if sent.iter().any(|(_, used, _)| used.is_some()) {
        inside.run(inside.either("SELECT 1", "INSERT INTO told_sources VALUES ('production', 'api')"));
    }
    let quoted = |text: Option<&str>| text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
    for (n, (area, used, attempts)) in sent.iter().enumerate() {
        let used = used.map_or("NULL".to_owned(), |used| used.to_string());
        inside.run(&format!(
            "INSERT INTO messages (id, environment, purpose, locale, to_masked, number_index, status, used, created_at,
             expires_at, area) VALUES ('msg_{n}', 'production', 'x', 'en', '', {}, 'sending', {used}, 50, 60, '{area}')",
            inside.either("x'00'", "'\\x00'")
        ));
        for (number, (connector, status, network)) in attempts.iter().enumerate() {
            inside.run(&format!(
                "INSERT INTO attempts (message_id, number, connector, revision, reference, status, started_at, network)
                 VALUES ('msg_{n}', {}, '{connector}', 1, '', '{status}', 50, {})",
                number + 1,
                quoted(*network)
            ));
        }
    }
    let at = Timestamp::from_millis;
    let query = ConversionQuery {
        environment: "production".into(),
        from: at(50),
        to: at(51),
        by: by.to_vec(),
        now: at(100),
        limit: 10,
    };
    store.conversion(query).await.unwrap()
}

for_each_store! {
    async fn a_used_code_counts_for_the_connector_that_most_likely_delivered_it(store, inside) {
        let found = counted(
            &*store,
            &inside,
            &[
                ("", Some(true), &[("a", "unknown", None), ("b", "accepted", None)]),
                ("", Some(true), &[("a", "delivered", None), ("b", "accepted", None)]),
                ("", Some(true), &[("a", "undelivered", None), ("b", "unknown", None)]),
                ("", None, &[("a", "refused", None), ("b", "accepted", None)]),
            ],
            &[Dimension::Connector],
        )
        .await;
        let used = found.iter().map(|group| (group.connector.as_deref().unwrap(), group.used, group.ratio));
        assert_eq!(used.collect::<Vec<_>>(), [("a", 1, Some(0.5)), ("b", 2, Some(0.5))]);
    }

    async fn silence_is_no_failure_of_a_source_that_never_tells(store, inside) {
        let sent: &[Sent] = &[("", None, &[("a", "accepted", None)]), ("", None, &[("a", "delivered", None)])];
        let found = counted(&*store, &inside, sent, &[Dimension::Connector]).await.remove(0);
        assert_eq!((found.untold, found.judged_by, found.ratio), (2, JudgedBy::Reports, None));
        let told: &[Sent] = &[("", None, &[("a", "accepted", None)]), ("", Some(false), &[("a", "delivered", None)])];
        let found = counted(&*store, &inside, told, &[Dimension::Connector]).await.remove(0);
        assert_eq!((found.untold, found.judged_by, found.ratio), (0, JudgedBy::Conversion, Some(0.0)));
    }

    async fn groups_are_what_was_asked_for_and_the_largest_comes_first(store, inside) {
        let sent: &[Sent] = &[
            ("+49151", Some(true), &[("a", "delivered", Some("Telekom"))]),
            ("+49151", None, &[("a", "undelivered", Some("Telekom"))]),
            ("+49176", None, &[("a", "accepted", None)]),
        ];
        let areas = counted(&*store, &inside, sent, &[Dimension::Area]).await;
        let shown = areas.iter().map(|group| (group.area.as_deref(), group.accepted, group.ratio));
        assert_eq!(shown.collect::<Vec<_>>(), [(Some("+49151"), 2, Some(0.5)), (Some("+49176"), 1, Some(0.0))]);
        let networks = counted(&*store, &inside, sent, &[Dimension::Network]).await;
        let shown = networks.iter().map(|group| (group.network.as_deref(), group.delivered, group.undelivered));
        assert_eq!(shown.collect::<Vec<_>>(), [(Some("Telekom"), 1, 1), (None, 0, 0)]);
    }
}
