//! Pages of the log.

use super::*;

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

for_each_store! {
    async fn every_filter_is_paged_to_its_end_without_gaps_or_doubles_and_back_again(store, inside) {
        fill(&inside, 800);
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

    async fn what_happened_to_a_page_of_messages_is_told(store, inside) {
        fill(&inside, 20);
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

    async fn the_latest_sends_are_told_with_their_failovers(store, inside) {
        fill(&inside, 18);
        let times = store.send_times("production", 3).await.unwrap();
        // Refused by the first after 16 ms; the second began 10 ms after the first had, and took 5.
        assert_eq!(times.iter().map(std::time::Duration::as_millis).collect::<Vec<_>>(), [17, 16, 15]);
        assert_eq!(store.send_times("development", 3).await.unwrap(), Vec::<std::time::Duration>::new());
    }
}
