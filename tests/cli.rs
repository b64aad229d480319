//! The binary: first start, keys, rotation, upload, watch, kill -9.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::guests::{self, root};
use crate::support::process::{Running, beside, countersign, output, serve};
use crate::support::service::{TO, answer, client, number};
use crate::support::within;

async fn create(running: &Running, key: &str, to: &str) -> (u16, Value) {
    answer(client().post(format!("{}/v1/verifications", running.url)).bearer_auth(key).json(&json!({"to": to}))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_prints_all_that_a_first_code_needs_and_a_second_one_how_to_make_a_key() {
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path(), &[]);
    let key = running.key.clone().unwrap();
    assert_eq!(create(&running, &key, TO).await.0, 201);
    let data = dir.path().join("data");
    let (ok, made) = output(&mut beside(dir.path(), &["keys", "new", "--data", data.to_str().unwrap()]));
    assert!(ok && made.starts_with("cs_admin_"), "{made}");
    assert_eq!(create(&running, made.trim(), &number(1)).await.0, 201, "it works beside the running service");
    let (_, list) = output(&mut beside(dir.path(), &["keys", "list", "--data", data.to_str().unwrap()]));
    assert!(list.contains("first start") && !list.contains(&key), "{list}");
    let (ok, locked) =
        output(&mut beside(dir.path(), &["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]));
    assert!(!ok && locked.contains("another process"), "{locked}");
    drop(running);
    let again = serve(dir.path(), &[]);
    assert_eq!(again.key, None, "a key is shown once");
    assert_eq!(create(&again, &key, &number(2)).await.0, 201, "and goes on working");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_is_rotated_and_the_old_one_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let key = {
        let running = serve(dir.path(), &[]);
        let key = running.key.clone().unwrap();
        assert_eq!(create(&running, &key, TO).await.0, 201);
        key
    };
    let (_, fresh) = output(&mut countersign(&["master-key", "new"]));
    let new = dir.path().join("new.key");
    std::fs::write(&new, fresh).unwrap();
    let data = dir.path().join("data");
    let rotate = ["master-key", "rotate", "--to", new.to_str().unwrap(), "--data", data.to_str().unwrap()];
    let (ok, said) = output(&mut beside(dir.path(), &rotate));
    assert!(ok, "{said}");
    let (ok, refused) =
        output(&mut beside(dir.path(), &["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]));
    assert!(!ok && refused.contains("master key"), "{refused}");
    std::fs::rename(&new, dir.path().join("data.master-key")).unwrap();
    let running = serve(dir.path(), &[]);
    let (status, list) = answer(client().get(format!("{}/v1/messages", running.url)).bearer_auth(&key)).await;
    assert_eq!((status, list["items"].as_array().unwrap().len()), (200, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path(), &[]);
    let key = running.key.clone().unwrap();
    let mut answered = Vec::new();
    for n in 0..20 {
        let (status, made) = create(&running, &key, &number(n)).await;
        assert_eq!(status, 201, "{made}");
        answered.push(made["id"].as_str().unwrap().to_owned());
    }
    // `Child::kill` is SIGKILL, here while further requests are under way.
    let more: Vec<_> = (100..110)
        .map(|n| {
            tokio::spawn(
                client()
                    .post(format!("{}/v1/verifications", running.url))
                    .bearer_auth(&key)
                    .json(&json!({"to": number(n)}))
                    .send(),
            )
        })
        .collect();
    drop(running);
    for request in more {
        let _ = within("a request that the kill cut off", request).await;
    }
    let again = serve(dir.path(), &[]);
    for id in answered {
        let (status, found) =
            answer(client().get(format!("{}/v1/verifications/{id}", again.url)).bearer_auth(&key)).await;
        assert_eq!((status, &found["status"]), (200, &json!("pending")), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_running_requests_finish_and_ends_with_success() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = serve(dir.path(), &[]);
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let status = within("the end after SIGTERM", tokio::task::spawn_blocking(move || running.child.wait().unwrap()))
        .await
        .unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_changes_in_a_watched_folder_serves_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let watched = dir.path().join("watched");
    std::fs::create_dir(&watched).unwrap();
    let one = guests::packed("trap", &guests::Pack { id: "mine", ..guests::Pack::default() });
    std::fs::write(watched.join("mine.wasm"), &one).unwrap();
    let running = serve(dir.path(), &["--watch", watched.to_str().unwrap()]);
    let key = running.key.clone().unwrap();
    let get = |path: String| answer(client().get(format!("{}{path}", running.url)).bearer_auth(&key));
    let put = |body: Value| {
        answer(
            client()
                .put(format!("{}/v1/environments/development/connectors/mine", running.url))
                .bearer_auth(&key)
                .json(&body),
        )
    };
    let first = within("the first load", async {
        loop {
            let (status, found) = get("/v1/components/mine".into()).await;
            if status == 200 {
                return found;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let version = first["version"].as_str().unwrap();
    assert!(version.starts_with("1.0.0+dev."), "{version}");
    let component = format!("mine@{version}");
    let (_, asked) = put(json!({"component": component})).await;
    assert_eq!(put(json!({"component": component, "approve": asked["approve"]})).await.0, 201);
    std::fs::write(watched.join("mine.wasm"), b"half a file").unwrap();
    std::fs::write(
        watched.join("next.wasm"),
        guests::packed("false-success", &guests::Pack { id: "mine", ..guests::Pack::default() }),
    )
    .unwrap();
    within("the new revision", async {
        loop {
            let (_, found) = get("/v1/environments/development/connectors/mine".into()).await;
            if found["revision"] == 2 {
                assert_ne!(found["component"], json!(component));
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_is_uploaded_from_the_command_line_and_a_refusal_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path(), &[]);
    let file = dir.path().join("a.wasm");
    std::fs::write(&file, guests::marker("marker-a")).unwrap();
    let upload = |file: &Path| {
        output(
            countersign(&[
                "upload",
                file.to_str().unwrap(),
                "--url",
                &running.url,
                "--key",
                running.key.as_ref().unwrap(),
            ])
            .current_dir(dir.path()),
        )
    };
    let (ok, said) = upload(&file);
    assert!(ok && said.contains("marker-a@1.0.0 uploaded"), "{said}");
    std::fs::write(&file, guests::unpacked("marker-a")).unwrap();
    let (ok, said) = upload(&file);
    assert!(!ok && said.contains("countersign pack"), "{said}");
}

#[test]
fn a_folder_is_packed_and_checked_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let twilio = root().join("connectors/twilio");
    let wasm = root().join("target/guest/wasm32-unknown-unknown/guest/connector_twilio.wasm");
    let out = dir.path().join("twilio.wasm");
    let (ok, said) = output(&mut countersign(&[
        "pack",
        twilio.to_str().unwrap(),
        "--wasm",
        wasm.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ]));
    assert!(ok, "{said}");
    let transcripts = twilio.join("transcripts");
    let (ok, verdict) =
        output(&mut countersign(&["check", out.to_str().unwrap(), transcripts.to_str().unwrap(), "--json"]));
    assert!(ok, "{verdict}");
    let verdict: Value = serde_json::from_str(&verdict).unwrap();
    assert!(verdict["transcripts"].as_array().unwrap().len() > 30 && verdict["component"] == "twilio@1.0.0");
    let (ok, said) = output(&mut countersign(&["check", out.to_str().unwrap(), "/nowhere"]));
    assert!(!ok && said.contains("/nowhere"), "{said}");
}

#[test]
fn the_version_names_the_engine() {
    let (ok, version) = output(&mut countersign(&["--version"]));
    assert!(ok && version.contains("wasmtime 48."), "{version}");
}

#[test]
fn what_cargo_hands_to_a_program_is_no_mistake_in_its_configuration() {
    // cargo sets for tests what it sets for `cargo run`: the variables of the build script among them.
    let variables: Vec<(String, String)> = std::env::vars().collect();
    countersign::config::Config::from_parts(None, &variables).unwrap();
}

#[test]
fn a_mistake_in_the_configuration_is_named() {
    let (ok, said) = output(countersign(&["serve"]).env("COUNTERSIGN_SANDBOX__CPU_MS", "lots"));
    assert!(!ok && said.contains("sandbox.cpu_ms"), "{said}");
}
