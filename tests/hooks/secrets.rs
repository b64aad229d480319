//! What is secret of a hook, and what goes through it, is found nowhere: not in the log at its most talkative, not on
//! the disk.

use serde_json::{Value, json};

use crate::support::service::{answer, client};
use crate::support::{inside, process};
use crate::wall::holds;

const KEY: &str = "cs_admin_of-the-hooks-0123456789abcdefg";
const SECRET: &str = "canary-signing-key-of-zitadel-0123";
const TO: &str = "+14155550177";

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_hook_no_code_and_no_number_is_in_the_log_or_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("countersign.toml");
    std::fs::write(&file, "[log]\nlevel = \"trace\"\n").unwrap();
    let log = dir.path().join("log");
    let mut running = process::serve_logged(dir.path(), KEY, &["--config", file.to_str().unwrap()]);
    let url = running.url.clone();
    let save = async |name: &str, body: Value| {
        let path = format!("{url}/v1/environments/development/hooks/{name}");
        let (status, made) = answer(client().put(path).bearer_auth(KEY).json(&body)).await;
        assert_eq!(status, 201, "{made}");
        made
    };
    let made = save("generic", json!({"sender": "generic"})).await;
    let key = made["key"].as_str().unwrap();
    let supabase = save("supabase", json!({"sender": "supabase"})).await;
    save("zitadel", json!({"sender": "zitadel", "secrets": [SECRET]})).await;
    let send = async |path: &str, body: String| {
        let request =
            client().post(format!("{url}/hooks/development/{path}")).header("content-type", "application/json");
        answer(request.header("zitadel-signature", "t=1,v1=00").body(body)).await.0
    };
    let sms = json!({"to": TO, "code": "87654329"}).to_string();
    assert_eq!(send(&format!("generic/{key}"), sms.clone()).await, 200);
    assert_eq!(send(&format!("generic/{key}"), json!({"to": TO, "code": "87654328"}).to_string()).await, 429);
    assert_eq!(send("generic/cs_hook_canary-that-is-wrong", sms.clone()).await, 401);
    assert_eq!(send("zitadel", sms.clone()).await, 401);
    assert_eq!(send(&format!("generic/{key}"), format!("{sms} canary-after-the-json")).await, 400);
    let _ = running.child.kill();
    let _ = running.child.wait();
    let log = std::fs::read(&log).unwrap();
    assert!(holds(&log, "/hooks/development/generic"), "it did log");
    let mut files = inside::kept(dir.path());
    files.push(("the log".to_owned(), log));
    let secret = supabase["secret"].as_str().unwrap().trim_start_matches("v1,whsec_");
    for needle in [
        key,
        secret,
        SECRET,
        "87654329",
        "87654328",
        TO.trim_start_matches('+'),
        "canary-that-is-wrong",
        "canary-after",
    ] {
        for (name, bytes) in &files {
            assert!(!holds(bytes, needle), "{needle} is in {name}");
        }
    }
}
