//! A source that never tells whether codes were used: what its connector is judged by, and that this is said.

use std::time::Duration;

use serde_json::{Value, json};

use super::tell;
use crate::support::couriers::Couriers;
use crate::support::service::number;

const CHANNEL: &str = "/v1/environments/development/channels/sms";

/// Verifications go by `checked`, own codes by `silent`.
async fn two_kinds() -> Couriers {
    let couriers = Couriers::start(&["checked", "silent"]).await;
    let rule = json!({"purposes": ["register"], "use": [{"connector": "silent"}], "fallback": ["checked"]});
    let channel = json!({"active": "checked", "fallback": ["silent"], "routes": [rule]});
    let (status, told) = couriers.service.put(CHANNEL, channel).await;
    assert_eq!(status, 200, "{told}");
    couriers
}

/// That many of both kinds; every code of ours is used, and of the others nobody says anything.
async fn traffic(couriers: &Couriers, numbers: std::ops::Range<u32>) -> Value {
    let mut last = Value::Null;
    for n in numbers {
        let (_, made) = couriers.service.create(&number(n)).await;
        let code = couriers.sent().pop().unwrap().code();
        assert_eq!(couriers.service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved");
        let own = json!({"to": number(100_000 + n), "code": "123456", "purpose": "register"});
        last = couriers.service.post("/v1/messages", own).await.1;
        assert_eq!(last["status"], "accepted", "{last}");
    }
    last
}

async fn standing(couriers: &Couriers, connector: &str) -> Value {
    let (_, health) =
        couriers.service.get(&format!("/v1/environments/development/connectors/{connector}/health")).await;
    health["items"][0].clone()
}

async fn converted(couriers: &Couriers, connector: &str) -> Value {
    let (_, told) = couriers.service.get("/v1/environments/development/conversion").await;
    told["items"].as_array().unwrap().iter().find(|group| group["connector"] == connector).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_no_failure_until_a_source_has_spoken_and_what_is_judged_by_is_said() {
    let couriers = two_kinds().await;
    let later = || couriers.service.clock.advance(Duration::from_secs(600));
    traffic(&couriers, 0..60).await;
    later();
    let last = traffic(&couriers, 60..61).await;
    let silent = standing(&couriers, "silent").await;
    assert_eq!((&silent["state"], &silent["judged_by"]), (&json!("closed"), &json!("reports")), "{silent}");
    assert_eq!((&silent["untold"], &silent["sent"]), (&json!(61), &json!(0)), "{silent}");
    assert_eq!(standing(&couriers, "checked").await["judged_by"], "conversion");
    let (_, channel) = couriers.service.get(CHANNEL).await;
    assert_eq!(
        (&channel["untold"][0]["connector"], &channel["untold"][0]["messages"], &channel["untold"][0]["judged_by"]),
        (&json!("silent"), &json!(61), &json!("reports")),
        "{channel}"
    );
    assert_eq!(couriers.service.put(CHANNEL, channel).await.0, 200, "what is shown can be sent back");
    let group = converted(&couriers, "silent").await;
    assert_eq!(
        (&group["untold"], &group["judged_by"], &group["ratio"], &group["living"]),
        (&json!(61), &json!("reports"), &Value::Null, &json!(0)),
        "{group}"
    );
    assert_eq!(converted(&couriers, "checked").await["judged_by"], "conversion");

    // From the first outcome on, silence about the others says something.
    assert_eq!(tell(&couriers.service, &last["id"], json!({"used": true})).await.0, 204);
    traffic(&couriers, 61..121).await;
    later();
    traffic(&couriers, 121..122).await;
    let spoken = standing(&couriers, "silent").await;
    assert_eq!((&spoken["state"], &spoken["judged_by"]), (&json!("open"), &json!("conversion")), "{spoken}");
    assert!(spoken["why"].as_str().unwrap().contains("codes were used"), "{spoken}");
    let group = converted(&couriers, "silent").await;
    assert_eq!((&group["untold"], &group["used"]), (&json!(0), &json!(1)), "{group}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_is_judged_by_reports_is_demoted_by_them() {
    let couriers = two_kinds().await;
    traffic(&couriers, 0..10).await;
    for sent in couriers.sent().into_iter().filter(|sent| sent.account == "silent").take(10) {
        assert_eq!(couriers.report(&sent.callback, json!([{"status": "undelivered"}])).await.0, 200);
    }
    let silent = standing(&couriers, "silent").await;
    assert_eq!((&silent["state"], &silent["judged_by"]), (&json!("open"), &json!("reports")), "{silent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_on_trial_is_not_rolled_back_for_codes_that_nobody_tells_of() {
    let couriers = Couriers::start(&["a"]).await;
    // A second revision, of which the provider hears by another account.
    let put = json!({"component": "courier", "config": {"account": "other"}});
    assert!(couriers.service.set_up("a", put).await.0 < 300);
    let activate = "/v1/environments/development/connectors/a/revisions/1/activate";
    assert_eq!(couriers.service.post(activate, Value::Null).await.0, 200);
    let canary = json!({"connector": "a", "revision": 2, "percent": 50});
    assert_eq!(couriers.service.put(CHANNEL, json!({"active": "a", "canary": canary})).await.0, 200);
    // Only what the serving revision sends is used, and told: by checks. Nobody tells of the own codes.
    for n in 0..150 {
        let (_, made) = couriers.service.create(&number(n)).await;
        let sent = couriers.sent().pop().unwrap();
        assert_eq!(couriers.service.check(made["id"].as_str().unwrap(), &sent.code()).await.1["status"], "approved");
        let own = json!({"to": number(100_000 + n), "code": "123456"});
        assert_eq!(couriers.service.post("/v1/messages", own).await.0, 201);
    }
    let (_, channel) = couriers.service.get(CHANNEL).await;
    assert_eq!((&channel["canary"]["revision"], &channel["canary_ended"]), (&json!(2), &Value::Null), "{channel}");
}
