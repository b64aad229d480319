//! What is counted.

use super::*;

const HOUR: u64 = 3600 * 1000;

fn query(from: u64, to: u64) -> StatisticsQuery {
    StatisticsQuery {
        environment: "production".into(),
        from: Timestamp::from_millis(from),
        to: Timestamp::from_millis(to),
        step: Step::Hour,
        connector: None,
        country: None,
        purpose: None,
    }
}

for_each_store! {
    async fn a_series_has_every_hour_of_its_span_and_what_was_sent_in_it(store, inside) {
        fill(&inside, 8 * 60);
        let found = store.statistics(query(HOUR / 2, 3 * HOUR)).await.unwrap();
        let hours: Vec<_> = found.series.iter().map(|part| (part.at.as_millis() / HOUR, part.figures.attempts)).collect();
        // A message a minute, each with one call but for every eighth, which went on to another connector.
        assert_eq!(hours, [(0, 34), (1, 67), (2, 68)]);
        assert_eq!(found.totals.attempts, 34 + 67 + 68);
        let empty = store.statistics(query(100 * HOUR, 102 * HOUR)).await.unwrap();
        assert_eq!((empty.series.len(), &empty.totals), (2, &Figures::default()));
    }

    async fn figures_are_of_the_connector_country_and_purpose_that_were_asked_for(store, inside) {
        fill(&inside, 800);
        let of = |change: fn(&mut StatisticsQuery)| {
            let mut query = query(0, 800 * 60_000);
            change(&mut query);
            let store = &store;
            async move { store.statistics(query).await.unwrap().totals }
        };
        assert_eq!(of(|_| ()).await.attempts, 900);
        assert_eq!(of(|query| query.connector = Some("b".into())).await.attempts, 100);
        assert_eq!(of(|query| query.connector = Some("gone".into())).await.attempts, 0);
        assert_eq!(of(|query| query.country = Some("CH".into())).await.attempts, 100);
        assert_eq!(of(|query| query.purpose = Some("recover".into())).await.attempts, 8);
        assert_eq!(of(|query| query.environment = "development".into()).await.attempts, 0);
    }

    async fn revisions_stand_side_by_side_and_what_was_refused_was_not_sent(store, inside) {
        fill(&inside, 800);
        let found = store.revision_figures("production", "a", Timestamp::from_millis(0)).await.unwrap();
        let shown: Vec<_> = found.iter().map(|r| (r.revision, r.figures.attempts, r.figures.refused)).collect();
        assert_eq!(shown, [(2, 400, 50), (1, 400, 50)]);
        assert_eq!((found[0].success_rate, found[1].last_at.as_millis()), (Some(0.875), 399 * 60_000));
        let sent = store.sent_since("production", "a", Timestamp::from_millis(0)).await.unwrap();
        let shown: Vec<_> = sent.iter().map(|of| (of.purpose.as_str(), of.sent)).collect();
        assert_eq!(shown, [("sign-in", 692), ("recover", 8)]);
        assert!(store.sent_since("development", "a", Timestamp::from_millis(0)).await.unwrap().is_empty());
    }

    async fn a_bounded_look_stops_where_it_is_told_and_says_no_more_than_it_saw(store, inside) {
        fill(&inside, 800);
        let (start, end) = (Timestamp::from_millis(0), Timestamp::from_millis(HOUR));
        for (most, seen) in [(0, 0), (10, 10), (60, 60), (1000, 60)] {
            assert_eq!(store.messages_up_to("production", start, end, most).await.unwrap(), seen);
        }
        assert_eq!(store.messages_up_to("development", start, end, 10).await.unwrap(), 0);
        // `a` refuses every eighth, and `b` takes it.
        for (connector, newest, sent) in [("a", 16, 14), ("b", 16, 2), ("a", 800, 700), ("a", 9000, 700), ("gone", 9000, 0)]
        {
            let found = store.sent_of_newest("production", connector, start, newest).await.unwrap();
            assert_eq!(found, sent, "{connector}, {newest}");
        }
    }
}
