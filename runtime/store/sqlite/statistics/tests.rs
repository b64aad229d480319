//! What is counted, and how it is found.

use super::super::log::plans::{assert_indexed, filled};
use super::*;
use crate::store::{FigureStore as _, QUICK_MAX};

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

#[tokio::test]
async fn a_series_has_every_hour_of_its_span_and_what_was_sent_in_it() {
    let (_dir, store) = filled(8 * 60).await;
    let found = store.statistics(query(HOUR / 2, 3 * HOUR)).await.unwrap();
    let hours: Vec<_> = found.series.iter().map(|part| (part.at.as_millis() / HOUR, part.figures.attempts)).collect();
    // A message a minute, each with one call but for every eighth, which went on to another connector.
    assert_eq!(hours, [(0, 34), (1, 67), (2, 68)]);
    assert_eq!(found.totals.attempts, 34 + 67 + 68);
    let empty = store.statistics(query(100 * HOUR, 102 * HOUR)).await.unwrap();
    assert_eq!((empty.series.len(), &empty.totals), (2, &Figures::default()));
}

#[tokio::test]
async fn figures_are_of_the_connector_country_and_purpose_that_were_asked_for() {
    let (_dir, store) = filled(800).await;
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

#[tokio::test]
async fn revisions_stand_side_by_side_and_what_was_refused_was_not_sent() {
    let (_dir, store) = filled(800).await;
    let found = store.revision_figures("production", "a", Timestamp::from_millis(0)).await.unwrap();
    let shown: Vec<_> = found.iter().map(|r| (r.revision, r.figures.attempts, r.figures.refused)).collect();
    assert_eq!(shown, [(2, 400, 50), (1, 400, 50)]);
    assert_eq!((found[0].success_rate, found[1].last_at.as_millis()), (Some(0.875), 399 * 60_000));
    let sent = store.sent_since("production", "a", Timestamp::from_millis(0)).await.unwrap();
    let shown: Vec<_> = sent.iter().map(|of| (of.purpose.as_str(), of.sent)).collect();
    assert_eq!(shown, [("sign-in", 692), ("recover", 8)]);
    assert!(store.sent_since("development", "a", Timestamp::from_millis(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_span_is_read_by_its_time_and_never_the_whole_table() {
    let (_dir, store) = filled(0).await;
    let narrowed: [fn(&mut StatisticsQuery); 4] = [
        |_| (),
        |query| query.connector = Some("a".into()),
        |query| query.country = Some("DE".into()),
        |query| query.purpose = Some("sign-in".into()),
    ];
    for narrow in narrowed {
        let mut query = query(0, HOUR);
        narrow(&mut query);
        let (sql, given) = series_sql(&query);
        assert_indexed(&store, sql, given).await;
    }
    for sql in [revisions_sql(), sent_sql()] {
        assert_indexed(&store, sql, of_connector("production", "a", Timestamp::from_millis(0))).await;
    }
    let with_limit = |mut given: Vec<Value>| {
        given.push(Value::Integer(9));
        given
    };
    let all = span("production", Timestamp::from_millis(0), ENDLESS);
    assert_indexed(&store, bounded::SOME.to_owned(), with_limit(all)).await;
    let of_connector = of_connector("production", "a", Timestamp::from_millis(0));
    assert_indexed(&store, bounded::SENT.to_owned(), with_limit(of_connector)).await;
}

#[tokio::test]
async fn a_bounded_look_stops_where_it_is_told_and_says_no_more_than_it_saw() {
    let (_dir, store) = filled(800).await;
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

#[tokio::test]
async fn what_counts_for_long_is_in_nobodys_way() {
    let (_dir, store) = filled(QUICK_MAX + 1).await;
    let store = std::sync::Arc::new(store);
    let (go_on, waits) = std::sync::mpsc::channel::<()>();
    let busy = std::sync::Arc::clone(&store);
    let busy = tokio::spawn(async move { busy.counting.run(move |_| Ok(waits.recv().is_ok())).await });
    let much = std::sync::Arc::clone(&store);
    let much = tokio::spawn(async move { much.statistics(query(0, 60 * HOUR)).await });
    let few = store.statistics(query(0, HOUR)).await.unwrap();
    assert_eq!((few.totals.attempts, much.is_finished()), (68, false));
    go_on.send(()).unwrap();
    assert!(busy.await.unwrap().unwrap());
    assert!(much.await.unwrap().unwrap().totals.attempts > 2000);
}
