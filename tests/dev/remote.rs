//! With a service that runs already: what may be loaded there, and that nothing is sent unless it is asked for.

use serde_json::json;

use super::{Folder, TOKEN, command};
use crate::support::service::{ADMIN_KEY, Service};

#[tokio::test(flavor = "multi_thread")]
async fn a_running_development_service_serves_the_new_code_and_no_message_is_sent_unless_told() {
    let service = Service::with(|config| {
        let provider = config.egress.overrides.values().next().unwrap().clone();
        config.egress.overrides.insert("api.acme.example".into(), provider);
    })
    .await;
    let folder = Folder::new();
    let run = |more: &[&str]| {
        let args = [&[folder.path(), "--once", "--url", &service.url, "--key", ADMIN_KEY], more].concat();
        let output = command(&args).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!text.contains(TOKEN) && !text.contains(ADMIN_KEY), "{text}");
        (output.status.success(), text)
    };
    let (done, said) = tokio::task::block_in_place(|| run(&[]));
    assert!(done && said.contains("nothing is sent") && said.contains("in use   acme@0.1.0+dev."), "{said}");
    assert!(service.provider.requests().is_empty(), "nobody said to whom");
    let (_, connector) = service.get("/v1/environments/development/connectors/acme").await;
    assert!(connector["component"].as_str().unwrap().starts_with("acme@0.1.0+dev."), "{connector}");
    assert_ne!(connector["active"], true, "what others send goes where it went");

    let (done, said) = tokio::task::block_in_place(|| run(&["--send-to", "+491701234567"]));
    assert!(done && said.contains("sent     accepted: p_1"), "{said}");
    assert!(!said.contains("491701234567") && said.contains("•••"), "a real number is not shown: {said}");
    let bodies: Vec<_> = service.provider.requests().iter().map(|asked| asked.body.clone()).collect();
    assert!(bodies.len() == 1 && String::from_utf8_lossy(&bodies[0]).contains("+491701234567"), "{bodies:?}");

    service.post("/v1/environments", json!({"name": "live", "kind": "production", "display_name": "Live"})).await;
    let (done, said) = tokio::task::block_in_place(|| run(&["--environment", "live"]));
    assert!(!done && said.contains("`live` is no development environment"), "{said}");
}
