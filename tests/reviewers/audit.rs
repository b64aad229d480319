//! What stays of a reviewer number's use: lines in the log without number and code, and a code that nobody can read.

use reqwest::Method;
use serde_json::{Value, json};

use super::{CODE, NUMBERS, put};
use crate::support::inside;
use crate::support::process;
use crate::support::service::{Service, TO, answer, client, number};

const KEY: &str = "cs_admin_of-the-reviewers-0123456789abcdef";

#[tokio::test(flavor = "multi_thread")]
async fn every_use_is_in_the_log_without_number_and_code() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let _running = process::serve_logged(dir.path(), KEY, &[]);
    let url = _running.url.clone();
    let call = async |method: Method, path: &str, body: Value| {
        let (status, told) =
            answer(client().request(method, format!("{url}{path}")).bearer_auth(KEY).json(&body)).await;
        assert!(status < 300, "{told}");
        told
    };
    let until = process_time_in_a_day();
    let reviewer = json!({"code": CODE, "until": until, "note": "store review"});
    call(Method::PUT, &format!("{NUMBERS}/{TO}"), reviewer).await;
    let made = call(Method::POST, "/v1/verifications", json!({"to": TO})).await;
    let id = made["id"].as_str().unwrap();
    call(Method::POST, &format!("/v1/verifications/{id}/check"), json!({"code": CODE})).await;
    call(Method::DELETE, &format!("{NUMBERS}/{TO}"), json!({})).await;
    let log = std::fs::read_to_string(&log).unwrap();
    for (what, also) in [
        ("reviewer number saved", "+1••••••••23"),
        ("not sent: reviewer number", id),
        ("not sent: reviewer number", "store review"),
        ("approved by a reviewer number's fixed code", id),
        ("reviewer number deleted", "+1••••••••23"),
    ] {
        let line = log.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {log}"));
        assert!(line.contains(also), "{also}: {line}");
    }
    assert!(!log.contains(CODE) && !log.contains(TO), "{log}");
}

/// By the machine's clock, which the process goes by.
fn process_time_in_a_day() -> String {
    let now = countersign::clock::Clock::system().now();
    now.plus(std::time::Duration::from_secs(24 * 3600)).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_code_nor_number_lies_in_the_data_folder() {
    let service = Service::start().await;
    // No manifest's example, as `TO` is.
    let to = number(4711);
    assert_eq!(put(&service, NUMBERS, &to, json!({"code": "987123"})).await.0, 200);
    assert_eq!(service.create(&to).await.0, 201);
    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        for secret in ["987123", to.as_str()] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} lies in {name}");
        }
    }
    // It opens again after a restart.
    let again = Service::at(dir, |_| {}).await;
    again.clock.advance(std::time::Duration::from_secs(31));
    let (_, made) = again.create(&to).await;
    assert_eq!(again.check(made["id"].as_str().unwrap(), "987123").await.1["status"], "approved");
}
