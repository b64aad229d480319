//! Pages of the log, and how they are found.

use super::page::statements;
use super::plans::{assert_indexed, filled, plan};
use super::*;
use crate::clock::Timestamp;
use crate::store::{Cursor, MessageStatus, MessageStore as _, Start};

fn filter() -> MessageFilter {
    MessageFilter { environment: "production".into(), limit: 3, ..MessageFilter::default() }
}

type Narrow = fn(&mut MessageFilter);

/// Every filter, and what of the 800 messages fits.
const FILTERS: [(Narrow, usize); 14] = [
    (|_| (), 800),
    (|f| f.statuses = vec![MessageStatus::Delivered], 100),
    (|f| f.statuses = vec![MessageStatus::Accepted, MessageStatus::Delivered], 800),
    (|f| f.statuses = vec![MessageStatus::Refused, MessageStatus::Unknown], 0),
    (|f| f.connector = Some("b".into()), 100),
    (|f| f.connector = Some("a".into()), 800),
    (|f| f.country = Some("CH".into()), 80),
    (|f| f.purpose = Some("recover".into()), 8),
    (|f| f.source = Some("api".into()), 800),
    (|f| f.verification_id = Some("vrf_1".into()), 0),
    (|f| (f.from, f.to) = (Some(Timestamp::from_millis(60_000)), Some(Timestamp::from_millis(11 * 60_000))), 10),
    (|f| (f.connector, f.from) = (Some("b".into()), Some(Timestamp::from_millis(400 * 60_000))), 50),
    (
        |f| {
            (f.connector, f.from) = (Some("b".into()), Some(Timestamp::from_millis(0)));
            f.to = Some(Timestamp::from_millis(17 * 60_000));
        },
        3,
    ),
    (
        |f| {
            (f.connector, f.country, f.statuses) = (Some("b".into()), Some("CH".into()), vec![MessageStatus::Delivered])
        },
        20,
    ),
];

#[tokio::test]
async fn every_filter_is_paged_to_its_end_without_gaps_or_doubles_and_back_again() {
    let (_dir, store) = filled(800).await;
    for (narrow, fits) in FILTERS {
        let (mut downwards, mut start) = (Vec::new(), Start::Newest);
        loop {
            let mut filter = MessageFilter { start, limit: 7, ..filter() };
            narrow(&mut filter);
            let page = store.messages(filter).await.unwrap();
            let Some(last) = page.last() else { break };
            start = Start::Before(Cursor::of(last));
            downwards.extend(page);
        }
        let ids: Vec<_> = downwards.iter().map(|row| row.id.clone()).collect();
        assert_eq!(ids.len(), fits);
        assert!(ids.is_sorted_by(|a, b| a > b), "newest first, each once");
        let Some(mut place) = downwards.last().map(Cursor::of) else { continue };
        let mut upwards = vec![place.id.clone()];
        loop {
            let mut filter = MessageFilter { start: Start::After(place), limit: 7, ..filter() };
            narrow(&mut filter);
            let page = store.messages(filter).await.unwrap();
            let Some(first) = page.first() else { break };
            place = Cursor::of(first);
            upwards.extend(page.into_iter().rev().map(|row| row.id));
        }
        upwards.reverse();
        assert_eq!(upwards, ids);
    }
}

#[tokio::test]
async fn every_filter_is_read_by_an_index_in_order_whatever_the_place() {
    let (_dir, store) = filled(0).await;
    let place = Cursor { at: Timestamp::from_millis(60_000), id: "msg_00000001".into() };
    for start in [Start::Newest, Start::Before(place.clone()), Start::After(place)] {
        for (narrow, _) in FILTERS {
            let mut filter = MessageFilter { start: start.clone(), ..filter() };
            narrow(&mut filter);
            for statement in statements(&filter) {
                assert_indexed(&store, statement.sql.clone(), statement.given.clone()).await;
                let plan = plan(&store, statement.sql, statement.given).await;
                let is_sorted = plan.iter().any(|line| line.contains("TEMP B-TREE"));
                assert!(!is_sorted || filter.verification_id.is_some(), "sorts instead of reading in order: {plan:#?}");
            }
        }
    }
}

#[tokio::test]
async fn what_happened_to_a_page_of_messages_is_read_at_once() {
    let (_dir, store) = filled(20).await;
    for sql in [ATTEMPTS, REPORTS] {
        assert_indexed(&store, sql.to_owned(), vec![rusqlite::types::Value::Text("[\"msg_1\"]".into())]).await;
    }
    let ids = ["msg_00000000", "msg_00000001", "nothing"].map(str::to_owned);
    let found = store.histories(ids.to_vec()).await.unwrap();
    let attempts = |id: &str| found[id].attempts.iter().map(|a| a.connector.clone()).collect::<Vec<_>>();
    assert_eq!(
        (attempts("msg_00000000"), attempts("msg_00000001")),
        (vec!["a".into(), "b".into()], vec!["a".to_owned()])
    );
    assert_eq!(found.len(), 2);
    assert!(store.histories(vec![]).await.unwrap().is_empty());
}
