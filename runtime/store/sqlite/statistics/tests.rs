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
