//! Pages of the log, and how they are found.

use super::page::statements;
use super::plans::{assert_indexed, filled, plan};
use super::*;
use crate::clock::Timestamp;
use crate::store::{Cursor, MessageStatus, Start};

fn filter() -> MessageFilter {
    MessageFilter { environment: "production".into(), limit: 3, ..MessageFilter::default() }
}

type Narrow = fn(&mut MessageFilter);

/// Every filter.
const FILTERS: [Narrow; 14] = [
    |_| (),
    |f| f.statuses = vec![MessageStatus::Delivered],
    |f| f.statuses = vec![MessageStatus::Accepted, MessageStatus::Delivered],
    |f| f.statuses = vec![MessageStatus::Refused, MessageStatus::Unknown],
    |f| f.connector = Some("b".into()),
    |f| f.connector = Some("a".into()),
    |f| f.country = Some("CH".into()),
    |f| f.purpose = Some("recover".into()),
    |f| f.source = Some("api".into()),
    |f| f.verification_id = Some("vrf_1".into()),
    |f| (f.from, f.to) = (Some(Timestamp::from_millis(60_000)), Some(Timestamp::from_millis(11 * 60_000))),
    |f| (f.connector, f.from) = (Some("b".into()), Some(Timestamp::from_millis(400 * 60_000))),
    |f| {
        (f.connector, f.from) = (Some("b".into()), Some(Timestamp::from_millis(0)));
        f.to = Some(Timestamp::from_millis(17 * 60_000));
    },
    |f| (f.connector, f.country, f.statuses) = (Some("b".into()), Some("CH".into()), vec![MessageStatus::Delivered]),
];

#[tokio::test]
async fn every_filter_is_read_by_an_index_in_order_whatever_the_place() {
    let (_dir, store) = filled(0).await;
    let place = Cursor { at: Timestamp::from_millis(60_000), id: "msg_00000001".into() };
    for start in [Start::Newest, Start::Before(place.clone()), Start::After(place)] {
        for narrow in FILTERS {
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
async fn what_happened_to_a_page_of_messages_is_found_by_an_index() {
    let (_dir, store) = filled(0).await;
    for sql in [ATTEMPTS, REPORTS] {
        assert_indexed(&store, sql.to_owned(), vec![rusqlite::types::Value::Text("[\"msg_1\"]".into())]).await;
    }
}
