//! Twilio's own SDKs, from PyPI and npm, with nothing changed but their base URL.

use std::process::Command;

use serde_json::json;

use super::Caller;
use super::callbacks::{told, with_receiver};
use crate::support::guests::root;
use crate::support::service::{ADMIN_KEY, Service, TO};
use crate::support::{is_there, python};

const MAKE: &str = "mkdir -p target/sdks && cp tests/twilio/package*.json target/sdks && npm ci --prefix target/sdks";

/// Run a script of `tests/twilio` under Node; it has to succeed. False if it was skipped.
fn node(what: &str, script: &str, arguments: &[&str]) -> bool {
    let modules = root().join("target/sdks/node_modules");
    let installed = modules.join("twilio/package.json").is_file();
    let there = installed && Command::new("node").arg("--version").output().is_ok();
    if !is_there(there, what, "Node with Twilio's SDK", MAKE) {
        return false;
    }
    let folder = root().join("tests/twilio");
    let output =
        Command::new("node").current_dir(&folder).env("NODE_PATH", modules).arg(script).args(arguments).output();
    let output = output.unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&said));
    true
}

async fn journey(run: impl FnOnce(&[&str]) + Send + 'static) {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let arguments = [service.url.clone(), caller.account, caller.token, caller.service, ADMIN_KEY.to_owned()];
    let done = tokio::task::spawn_blocking(move || run(&arguments.each_ref().map(String::as_str))).await;
    done.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_python_sdk_goes_its_whole_way_with_another_base_url() {
    journey(|arguments| {
        python::run("Twilio's Python SDK", "../twilio/journey.py", arguments);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_node_sdk_goes_its_whole_way_with_another_base_url() {
    journey(|arguments| {
        node("Twilio's Node SDK", "journey.cjs", arguments);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_own_validators_take_the_signature_of_a_callback_and_none_of_a_forged_one() {
    let (couriers, receiver) = with_receiver(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    let url = format!("{}/status?a=b&c=%C3%A9", receiver.url);
    let (status, made) =
        caller.message(&[("To", TO), ("From", "Grüße"), ("Body", "x"), ("StatusCallback", &url)]).await;
    assert_eq!(status, 201, "{made}");
    let request = told(&receiver, 1).await.remove(0);
    let told = json!({
        "token": caller.token, "url": url, "signature": request.header("x-twilio-signature"),
        "body": String::from_utf8(request.body.to_vec()).unwrap(),
    });
    let run = move || {
        python::run("Twilio's validator in Python", "../twilio/validate.py", &[&told.to_string()]);
        node("Twilio's validator in Node", "validate.cjs", &[&told.to_string()]);
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}
