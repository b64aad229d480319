//! What became of messages, as it is counted.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CHINA, refuses, route, send, with_gateways};
use crate::support::service::number;

#[tokio::test(flavor = "multi_thread")]
async fn conversion_counts_what_became_of_messages_by_connector_and_country() {
    let service = with_gateways(&["a", "b"]).await;
    let rule = json!({"countries": ["CN"], "use": [{"connector": "b"}]});
    route(&service, json!({"active": "a", "fallback": ["b"], "routes": [rule]})).await;
    let used = async |sent: &Value| {
        let outcome = format!("/v1/messages/{}/outcome", sent["id"].as_str().unwrap());
        assert_eq!(service.post(&outcome, json!({"used": true})).await.0, 204);
    };
    for n in 0..3 {
        let sent = send(&service, &number(n), "sign-in").await;
        if n == 0 {
            used(&sent).await;
        }
    }
    used(&send(&service, CHINA, "sign-in").await).await;
    refuses(&service, &["/a"]);
    used(&send(&service, &number(3), "sign-in").await).await;

    let conversion = "/v1/environments/development/conversion";
    let (status, told) = service.get(conversion).await;
    let a = json!({"connector": "a", "messages": 4, "accepted": 3, "delivered": 0, "undelivered": 0, "refused": 1,
        "unknown": 0, "used": 1, "living": 2, "untold": 0, "judged_by": "conversion", "ratio": 1.0});
    let b = json!({"connector": "b", "messages": 2, "accepted": 2, "delivered": 0, "undelivered": 0, "refused": 0,
        "unknown": 0, "used": 2, "living": 0, "untold": 0, "judged_by": "conversion", "ratio": 1.0});
    assert_eq!((status, &told["items"]), (200, &json!([a, b])), "{told}");

    service.clock.advance(Duration::from_secs(601));
    let (_, told) = service.get(&format!("{conversion}?by=connector,country")).await;
    let group = |connector: &str, country: &str| {
        let items = told["items"].as_array().unwrap().iter();
        items.filter(|item| item["connector"] == connector && item["country"] == country).cloned().collect::<Vec<_>>()
    };
    assert_eq!((&group("a", "US")[0]["living"], &group("a", "US")[0]["ratio"]), (&json!(0), &json!(1.0 / 3.0)));
    assert_eq!((&group("b", "US")[0]["used"], &group("b", "CN")[0]["used"]), (&json!(1), &json!(1)), "{told}");

    service.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(service.get(conversion).await.1["items"], json!([]), "the last day, unless another time is asked for");
    assert_eq!(
        service.get(&format!("{conversion}?from=2026-01-15T00:00:00Z")).await.1["items"].as_array().unwrap().len(),
        2
    );
    for (query, pointer) in [
        ("by=colour", "/by"),
        ("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "/from"),
        ("from=2020-01-01T00:00:00Z", "/from"),
    ] {
        let (status, told) = service.get(&format!("{conversion}?{query}")).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(pointer)), "{told}");
    }
}
