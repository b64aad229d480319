//! How long things are kept, by moving the clock.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::inside::Inside;
use crate::support::service::{Service, TO, number};
use crate::support::within;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Start again so much later: the upkeep begins with the start.
async fn later(service: Service, span: Duration) -> Service {
    let at = service.clock.now().plus(span);
    let dir = service.stop().await;
    Service::at_time(dir, at, |config| {
        config.retention.messages_days = 10;
        config.retention.tombstones_days = 10;
        config.retention.verifications_days = 2;
    })
    .await
}

async fn status_of(service: &Service, path: &str) -> u16 {
    service.get(path).await.0
}

/// Wait until the upkeep has done it.
async fn gone(service: &Service, path: &str) {
    within(&format!("the end of {path}"), async {
        while status_of(service, path).await != 404 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_goes_after_its_days_and_not_before() {
    let service = Service::start().await;
    let (_, made) = service.create(TO).await;
    let verification = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    let message = format!("/v1/messages/{}", made["delivery"]["message"].as_str().unwrap());
    let service = later(service, DAY).await;
    // A later message is a witness: its content goes in the same upkeep.
    assert_eq!((status_of(&service, &verification).await, status_of(&service, &message).await), (200, 200));
    let service = later(service, 2 * DAY).await;
    gone(&service, &verification).await;
    assert_eq!(status_of(&service, &message).await, 200, "the log is kept longer");
    let service = later(service, 8 * DAY).await;
    gone(&service, &message).await;
    let dir = service.stop().await;
    let inside = Inside::of(dir.path());
    for table in ["verifications", "messages", "attempts", "reports", "provider_ids"] {
        assert_eq!(inside.number(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_one_step_takes_go_in_one_upkeep_while_codes_are_sent() {
    let service = Service::start().await;
    let mut last = String::new();
    for n in 0..220 {
        let (status, made) = service.create(&number(n)).await;
        assert_eq!(status, 201, "{made}");
        last = made["id"].as_str().unwrap().to_owned();
    }
    let service = later(service, 20 * DAY).await;
    let (status, fresh) = service.create(&number(1000)).await;
    assert_eq!(status, 201, "{fresh}");
    gone(&service, &format!("/v1/verifications/{last}")).await;
    within("an empty log but for the newest", async {
        loop {
            let (_, log) = service.get("/v1/messages?limit=10").await;
            if log["items"].as_array().unwrap().len() == 1 {
                break;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let pending = service.get(&format!("/v1/verifications/{}", fresh["id"].as_str().unwrap())).await.1;
    assert_eq!(pending["status"], "pending", "what is pending stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_connectors_numbering_goes_on_until_no_log_can_speak_of_it() {
    let service = Service::start().await;
    let path = "/v1/environments/development/connectors/second";
    let body = json!({"component": "inbox", "config": {}});
    let put = |service: Service| async {
        let (status, saved) = service.put(path, body.clone()).await;
        assert!(status < 300, "{saved}");
        let deleted = service.call(Method::DELETE, path, serde_json::Value::Null).await;
        assert_eq!(deleted.0, 204, "{}", deleted.1);
        (service, saved["revision"].as_u64().unwrap())
    };
    let (service, first) = put(service).await;
    // The tombstone is dated by the first upkeep that sees it.
    let service = later(service, Duration::ZERO).await;
    dated(&service).await;
    let (service, second) = put(later(service, 5 * DAY).await).await;
    assert_eq!((first, second), (1, 2));
    let service = later(service, Duration::ZERO).await;
    dated(&service).await;
    let service = later(service, 11 * DAY).await;
    within("the end of the tombstone", async {
        let inside = Inside::of(service.dir.path());
        while inside.number("SELECT count(*) FROM connectors WHERE deleted") > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(put(service).await.1, 1);
}

async fn dated(service: &Service) {
    let inside = Inside::of(service.dir.path());
    let dated = "SELECT count(*) FROM connectors WHERE deleted AND deleted_at IS NOT NULL";
    within("the date of the tombstone", async {
        while inside.number(dated) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[test]
fn days_that_make_no_sense_are_refused_by_name() {
    let load = |option: &str, days: &str| {
        let variable = (format!("COUNTERSIGN_RETENTION__{option}"), days.to_owned());
        countersign::config::Config::from_parts(None, &[variable]).map(|_| ()).map_err(|error| error.to_string())
    };
    assert!(load("MESSAGES_DAYS", "7").is_ok());
    for (option, days) in
        [("MESSAGES_DAYS", "0"), ("AUDIT_DAYS", "4000"), ("VERIFICATIONS_DAYS", "31"), ("TOMBSTONES_DAYS", "29")]
    {
        let refused = load(option, days).unwrap_err();
        assert!(refused.contains("retention."), "{refused}");
    }
    assert!(load("MESSAGES_DAYS", "-1").is_err() && load("MESSAGES_DAYS", "soon").is_err());
}
