//! Addresses that nobody may make the service call.

use serde_json::json;

use super::{make, path, receiver};
use crate::support::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_into_the_own_network_is_not_called() {
    let (service, receiver) = (Service::start().await, receiver().await);
    let port = receiver.url.rsplit(':').next().unwrap();
    let own = service.url.replace("127.0.0.1", "localhost");
    for url in [format!("http://localhost:{port}/told"), format!("{own}/v1/messages")] {
        let webhook = make(&service, json!({"url": url})).await;
        let (status, tested) = service.post(&path(&webhook, "/test"), json!({})).await;
        assert_eq!((status, &tested["status"]), (200, &json!("failed")), "{tested}");
        let tried = &tested["tries"][0];
        assert!(tried["status"].is_null() && tried["error"].as_str().unwrap().contains("localhost"), "{tested}");
    }
    assert!(receiver.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_not_there_is_told_in_words() {
    let gone = receiver().await;
    let address: std::net::SocketAddr = gone.url.trim_start_matches("http://").parse().unwrap();
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind((address.ip(), 0)).unwrap().local_addr().unwrap();
    let service = Service::with(|config| config.egress.allow.push(free.to_string().parse().unwrap())).await;
    let webhook = make(&service, json!({"url": format!("http://{free}/")})).await;
    let (_, tested) = service.post(&path(&webhook, "/test"), json!({})).await;
    assert!(tested["tries"][0]["error"].as_str().unwrap().contains("no connection"), "{tested}");
}
