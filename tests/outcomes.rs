//! What follows from each outcome: the table in the README, every cell of it through the real door.

use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::guests::root;
use crate::support::service::number;

/// What a cell of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Connector,
    ConnectorOnce,
    Nobody,
}

struct Row {
    kind: String,
    not_sent: Next,
    unknown: Next,
    too_late: Next,
    undelivered: Next,
}

fn table() -> Vec<Row> {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let rows = readme.lines().skip_while(|line| !line.starts_with("| kind of failure |")).skip(2);
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let next = |index: usize| match cells[index] {
            "next" => Next::Connector,
            "next, once" => Next::ConnectorOnce,
            "stop" => Next::Nobody,
            other => panic!("`{other}` in {line}"),
        };
        let kind = cells[0].trim_matches('`').to_owned();
        Row { kind, not_sent: next(1), unknown: next(2), too_late: next(3), undelivered: next(4) }
    };
    rows.take_while(|line| line.starts_with('|')).map(row).collect()
}

struct Trial {
    couriers: Couriers,
    numbers: u32,
}

impl Trial {
    /// A fresh revision each time: how a connector did before is no part of the table.
    async fn send(&mut self, told: &Value) -> (Value, Vec<String>) {
        for name in ["a", "b", "c"] {
            let put = json!({"component": "courier", "config": {"account": name}});
            assert_eq!(self.couriers.service.set_up(name, put).await.0, 200);
        }
        self.couriers.answers("a", told.clone());
        self.numbers += 1;
        let before = self.couriers.sent().len();
        let (status, made) = self.couriers.service.create(&number(self.numbers)).await;
        assert_eq!(status, 201, "{made}");
        (made, self.couriers.asked().split_off(before))
    }

    async fn check(&mut self, told: Value, next: Next, why: &str) {
        let status = if told["certainty"] == "unknown" { "unknown" } else { "refused" };
        let (made, asked) = self.send(&told).await;
        let found = made["delivery"]["status"].as_str().unwrap();
        match next {
            Next::Nobody => assert_eq!((asked.as_slice(), found), (&["a".to_owned()][..], status), "{why}"),
            Next::Connector | Next::ConnectorOnce => {
                assert_eq!((asked.as_slice(), found), (&["a".to_owned(), "b".to_owned()][..], "accepted"), "{why}");
            }
        }
        if next != Next::ConnectorOnce {
            return;
        }
        // The second that may have been sent is the last.
        self.couriers.answers("b", told.clone());
        let (made, asked) = self.send(&told).await;
        self.couriers.answers("b", json!({"id": "b"}));
        assert_eq!((asked.len(), &made["delivery"]["status"]), (2, &json!("unknown")), "{why}: once");
    }

    async fn reported(&mut self, kind: &str, next: Next) {
        let (made, asked) = self.send(&json!({"id": "a"})).await;
        assert_eq!(asked, ["a"]);
        let callback = self.couriers.sent().pop().unwrap().callback;
        let before = self.couriers.sent().len();
        let report = json!([{"status": "undelivered", "kind": kind}]);
        assert_eq!(self.couriers.report(&callback, report).await.0, 200);
        let message = made["delivery"]["message"].as_str().unwrap();
        match next {
            Next::Nobody => {
                // What would go on does so before the next message: the store takes one after the other.
                self.couriers.message(message, |message| message["status"] == "undelivered").await;
                let (_, asked) = self.send(&json!({"id": "a"})).await;
                assert_eq!(asked, ["a"], "{kind} was reported");
            }
            _ => {
                let sent = self.couriers.sends(before + 1).await;
                assert_eq!(sent[before].account, "b", "{kind} was reported");
                self.couriers.message(message, |message| message["status"] == "accepted").await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_readmes_table_is_what_happens() {
    let rows = table();
    assert_eq!(rows.len(), 14, "one for each kind of the contract");
    let mut trial = Trial { couriers: Couriers::start(&["a", "b", "c"]).await, numbers: 100 };
    for Row { kind, not_sent, unknown, too_late, undelivered } in rows {
        let told = |certainty: &str, after: u32| json!({"kind": kind, "certainty": certainty, "after_seconds": after});
        trial.check(told("not-sent", 0), not_sent, &format!("{kind}, not sent")).await;
        trial.check(told("not-sent", 570), not_sent, &format!("{kind}, not sent, 30 s left")).await;
        trial.check(told("unknown", 0), unknown, &format!("{kind}, unknown")).await;
        trial.check(told("not-sent", 571), too_late, &format!("{kind}, not sent, 29 s left")).await;
        trial.check(told("unknown", 571), too_late, &format!("{kind}, unknown, 29 s left")).await;
        trial.reported(&kind, undelivered).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_comes_with_less_than_30_seconds_left_sends_nothing() {
    let mut trial = Trial { couriers: Couriers::start(&["a", "b", "c"]).await, numbers: 100 };
    let (made, _) = trial.send(&json!({"id": "a", "after_seconds": 571})).await;
    let callback = trial.couriers.sent().pop().unwrap().callback;
    assert_eq!(trial.couriers.report(&callback, json!([{"status": "undelivered"}])).await.0, 200);
    let message = made["delivery"]["message"].as_str().unwrap();
    trial.couriers.message(message, |message| message["status"] == "undelivered").await;
    let provider = trial.couriers.service.provider.clone();
    trial.couriers.service.stop().await;
    assert_eq!(provider.requests().len(), 1);
}
