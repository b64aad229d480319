//! What is kept of a message, what it counts for, and who is credited.

use countersign::connector::contract::{Money, ReportStatus};

use super::*;

for_each_store! {
    async fn contents_are_erased_when_their_life_ends(store, inside) {
        store.create_message(message("m", 1), Some(attempt("m")), yes()).await.unwrap();
        let with_content = || inside.number("SELECT count(*) FROM messages WHERE content IS NOT NULL");
        store.purge(NOW, Retention::default()).await.unwrap();
        assert_eq!(with_content(), 1);
        store.purge(Timestamp::from_millis(NOW.as_millis() + 600_000), Retention::default()).await.unwrap();
        assert_eq!(with_content(), 0);
    }

    async fn a_message_that_certainly_was_not_sent_does_not_count(store, _inside) {
        store.create_message(message("m", 1), Some(attempt("m")), yes()).await.unwrap();
        let seen = |expected: u32| -> SendJudge {
            Box::new(move |sends| {
                assert_eq!(sends.in_last_hour, expected);
                Err(Limited { rule: "probe", retry_at: NOW }).into()
            })
        };
        let probe = |expected| store.create_message(message("p", 1), Some(attempt("p")), seen(expected));
        assert!(matches!(probe(1).await, Ok(Made::Limited(_))));
        store.finish_attempt(refused("m")).await.unwrap();
        assert!(matches!(probe(0).await, Ok(Made::Limited(_))));
    }

    async fn the_same_request_is_the_same_message_unless_everybody_refused_it(store, _inside) {
        let of = |id: &str, number| NewMessage { request_index: Some([9; 32]), ..message(id, number) };
        let make = |message: NewMessage| {
            let first = attempt(&message.id);
            store.create_message(message, Some(first), yes())
        };
        assert!(matches!(make(of("m1", 1)).await, Ok(Made::Done)));
        store.finish_attempt(refused("m1")).await.unwrap();
        assert!(matches!(make(of("m2", 1)).await, Ok(Made::Done)), "nobody took the first");
        // No limit is asked: nothing would be sent.
        let never: SendJudge = Box::new(|_| panic!("asked"));
        let again = store.create_message(of("m3", 1), None, never).await.unwrap();
        assert!(matches!(again, Made::Before(row) if row.id == "m2"));
        let elsewhere = NewMessage { environment: "production".into(), ..of("m4", 1) };
        assert!(matches!(make(elsewhere).await, Ok(Made::Done)));
    }

    async fn an_outcome_is_credited_once_and_a_used_code_stays_used(store, _inside) {
        store.create_message(message("m", 1), Some(attempt("m")), yes()).await.unwrap();
        let tell = |used| store.message_outcome("development", "m", used, Timestamp::from_millis(0));
        let written = |used| OutcomeTold::Written { source: SOURCE_API.into(), used };
        assert!(!store.outcomes_are_told("development", SOURCE_API).await.unwrap());
        assert_eq!(tell(false).await.unwrap(), written(None));
        assert!(store.outcomes_are_told("development", SOURCE_API).await.unwrap());
        let (connector, area) = ("c".into(), "+1415".into());
        let thanked = Thanked { connector, revision: 1, country: None, area, network: None, sent_at: NOW };
        assert_eq!(tell(true).await.unwrap(), written(Some(thanked)));
        assert_eq!(tell(true).await.unwrap(), written(None));
        assert_eq!(tell(false).await.unwrap(), written(None));
        assert_eq!(store.message("development", "m").await.unwrap().unwrap().used, Some(true));
        assert_eq!(
            store.message_outcome("production", "m", true, Timestamp::from_millis(0)).await.unwrap(),
            OutcomeTold::Missing
        );
        let of_verification = NewMessage { verification_id: Some("v".into()), ..message("w", 2) };
        store.create_message(of_verification, None, yes()).await.unwrap();
        assert_eq!(
            store.message_outcome("development", "w", true, Timestamp::from_millis(0)).await.unwrap(),
            OutcomeTold::OfVerification
        );
    }

    async fn a_price_that_is_told_before_the_receipt_takes_no_other_messages_cost_off_the_bill(store, _inside) {
        let report = |message: &str, digest| NewReport {
            digest: [digest; 32],
            environment: "development".into(),
            connector: "c".into(),
            subject: Subject::Message(message.into()),
            status: ReportStatus::Delivered,
            kind: None,
            provider_code: None,
            text: None,
            network: None,
            segments: None,
            price: Some(Money { amount: "0.02".into(), currency: "EUR".into() }),
            at: None,
            received_at: NOW,
            verified: true,
        };
        for (id, digest) in [("m1", 1), ("m2", 2), ("m3", 3)] {
            store.create_message(message(id, digest), Some(attempt(id)), yes()).await.unwrap();
            assert_eq!(store.apply_reports(vec![report(id, digest)]).await.unwrap().len(), 1, "its attempt is under way");
        }
        let all = BillQuery { environment: "development".into(), connector: None, since: 0, until: 99_999 };
        let bills = store.bills(all).await.unwrap();
        let provider: u64 = bills.iter().flat_map(|row| row.sums.costs.values()).map(|costs| costs.provider_micros).sum();
        assert_eq!(provider, 60_000);
    }
}
