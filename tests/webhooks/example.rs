//! The receiver that we give as an example.

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;

use countersign::clock::Clock;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{make, path};
use crate::support::service::Service;
use crate::support::{guests, senders, within};

#[tokio::test(flavor = "multi_thread")]
async fn the_example_takes_what_we_sign_and_nothing_that_another_secret_signs() {
    let Some(mut python) = senders::python("the example of a receiver") else { return };
    // An address of this test's own, so that nobody else takes its port meanwhile.
    let address: SocketAddr = TcpListener::bind("127.0.77.1:0").unwrap().local_addr().unwrap();
    // It looks at this machine's clock.
    let now = Clock::system().now();
    let allow = address.to_string().parse().unwrap();
    let service = Service::at_time(tempfile::tempdir().unwrap(), now, |config| config.egress.allow.push(allow)).await;
    let url = format!("http://{address}/");
    let (webhook, other) = (make(&service, json!({"url": url})).await, make(&service, json!({"url": url})).await);
    let mut child = python
        .arg(guests::root().join("examples/webhooks/receiver.py"))
        .args([address.ip().to_string(), address.port().to_string()])
        .env("SECRET", webhook["secret"].as_str().unwrap())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = async || within("the receiver's word", said.next_line()).await.unwrap().unwrap();
    assert_eq!(line().await, format!("listening on {address}"));
    let (_, taken) = service.post(&path(&webhook, "/test"), json!({})).await;
    assert_eq!((&taken["status"], &taken["tries"][0]["status"]), (&json!("delivered"), &json!(204)), "{taken}");
    assert!(line().await.starts_with("webhook.test {'environment': 'development'"));
    let (_, refused) = service.post(&path(&other, "/test"), json!({})).await;
    assert_eq!((&refused["status"], &refused["tries"][0]["status"]), (&json!("failed"), &json!(401)), "{refused}");
}
