//! The application is told in which trace what it is told of happened.

use serde_json::json;

use super::collector::Collector;
use super::{TRACE, create, exported, of, traced, traceparent};
use crate::support::provider::{Answer, Provider};
use crate::support::service::TO;

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_called_in_the_trace_of_what_it_tells() {
    let (collector, receiver) = (Collector::start().await, Provider::start().await);
    receiver.answers(Answer::Json(200, json!({})));
    let address = receiver.url.trim_start_matches("http://").parse().unwrap();
    let couriers = traced(&collector, &["a"], |config| config.egress.allow.push(address)).await;
    let webhook = json!({"url": receiver.url, "events": ["message.sent"]});
    let (status, made) = couriers.service.post("/v1/environments/development/webhooks", webhook).await;
    assert_eq!(status, 201, "{made}");
    let parent = traceparent("01");
    assert_eq!(create(&couriers, &[("traceparent", &parent)], TO).await.0, 201);
    receiver.arrived().await;
    let call = receiver.requests().remove(0);
    let path = format!("/v1/environments/development/webhooks/{}/deliveries", made["id"].as_str().unwrap());
    couriers.shown(&path, |page| page["items"][0]["status"] == "delivered").await;
    let spans = exported(couriers, &collector).await;
    let told = of(&spans, "webhook.deliver");
    assert_eq!(call.header("traceparent"), format!("00-{TRACE}-{}-01", told.id));
    assert_eq!(told.parent, of(&spans, "connector.call").id, "below the attempt that it tells of");
    assert_eq!(
        (told.said("countersign.event"), told.said("countersign.outcome")),
        ("message.sent".into(), "taken".into())
    );
}
