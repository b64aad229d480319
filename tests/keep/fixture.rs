//! Data folders of earlier versions, as their own programs left them: `fixtures/schema-N.db.gz` beside what its callers
//! were told, `fixtures/schema-N.json`. Everything in them is sealed under the master key of the tests.
//!
//! A version that adds a step to the schema leaves one behind for its successors, before it does so:
//! `COUNTERSIGN_FIXTURE=tests/keep/fixtures cargo test --test it keep::fixture`.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::guests::root;
use crate::support::postgres::is_for_sqlite;
use crate::support::service::{Service, TOKEN, answer, client, number};

/// What a service has when its version is replaced: set-ups, keys, verifications in every state, a log.
pub async fn fill(service: &Service) -> Value {
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} lets you in."}]});
    let (status, saved) = service.put("/v1/environments/development/templates", texts).await;
    assert_eq!(status, 200, "{saved}");
    let config =
        json!({"account_sid": "AC00000000000000000000000000000000", "auth_token": TOKEN, "from": "+14155550100"});
    let twilio = json!({"component": "twilio", "config": config, "activate": true});
    let (status, saved) = service.put("/v1/environments/production/connectors/sms", twilio).await;
    assert_eq!(status, 201, "{saved}");
    let (status, key) = service.post("/v1/keys", json!({"name": "shop", "environment": "development"})).await;
    assert_eq!(status, 201, "{key}");
    let pending = verification(service, 1).await;
    let approved = verification(service, 2).await;
    let (status, told) = service.check(approved["id"].as_str().unwrap(), approved["code"].as_str().unwrap()).await;
    assert_eq!((status, &told["status"]), (200, &json!("approved")), "{told}");
    let (status, message) = service.post("/v1/messages", json!({"to": number(3), "code": "482915"})).await;
    assert_eq!(status, 201, "{message}");
    json!({"pending": pending, "approved": approved, "message": message["id"], "key": key["key"]})
}

/// Writes in every table that a caller can write in; answers the id of a verification.
pub async fn fill_more(service: &Service) -> String {
    let (status, made) = service.post("/v1/environments", json!({"name": "staging", "kind": "production"})).await;
    assert_eq!(status, 201, "{made}");
    let inbox = json!({"component": "inbox", "config": {}});
    let (status, saved) = service.put("/v1/environments/development/connectors/second", inbox).await;
    assert_eq!(status, 201, "{saved}");
    let twilio = json!({"component": "twilio", "config": {
        "account_sid": "AC00000000000000000000000000000000", "auth_token": TOKEN, "from": "+14155550100"}});
    let (status, saved) = service.put("/v1/environments/staging/connectors/sms", twilio).await;
    assert_eq!(status, 201, "{saved}");
    let (status, key) = service.post("/v1/keys", json!({"name": "reader", "roles": ["viewer"]})).await;
    assert_eq!(status, 201, "{key}");
    let request = service.request(Method::POST, "/v1/verifications").header("idempotency-key", "once");
    let (status, made) = answer(request.json(&json!({"to": number(30)}))).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    let code = service.code_for(&number(30)).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(service.check(&id, wrong).await.1["attempts_left"], 4);
    let (status, erased) = service.post("/v1/erasures", json!({"to": number(3)})).await;
    assert_eq!((status, &erased["messages"]), (200, &json!(1)), "{erased}");
    let (status, uploaded) = service.upload(crate::support::guests::marker("marker-a")).await;
    assert_eq!(status, 201, "{uploaded}");
    id
}

async fn verification(service: &Service, n: u32) -> Value {
    let to = number(n);
    let (status, made) = service.create(&to).await;
    assert_eq!(status, 201, "{made}");
    json!({"id": made["id"], "to": to, "code": service.code_for(&to).await})
}

/// Everything that was told is still true, and the service does what it did.
pub async fn holds(service: &Service, told: &Value) {
    let pending = &told["pending"];
    let path = format!("/v1/verifications/{}", pending["id"].as_str().unwrap());
    let (status, found) = service.get(&path).await;
    assert_eq!((status, &found["status"], &found["to"]), (200, &json!("pending"), &pending["to"]), "{found}");
    let (status, found) = service.get(&format!("/v1/verifications/{}", told["approved"]["id"].as_str().unwrap())).await;
    assert_eq!((status, &found["status"]), (200, &json!("approved")), "{found}");
    let (status, found) = service.get(&format!("/v1/messages/{}", told["message"].as_str().unwrap())).await;
    assert_eq!((status, &found["status"]), (200, &json!("accepted")), "{found}");
    let (status, found) = service.get("/v1/environments/production/connectors/sms").await;
    assert_eq!((status, &found["config"]["auth_token"]), (200, &json!({"set": true})), "{found}");
    assert_eq!(found["serving"], 1, "{found}");
    let (status, texts) = service.get("/v1/environments/development/templates").await;
    assert!(status == 200 && texts.to_string().contains("lets you in"), "{texts}");
    let key = told["key"].as_str().unwrap();
    let (status, found) = answer(client().get(format!("{}{path}", service.url)).bearer_auth(key)).await;
    assert_eq!(status, 200, "the key of then is known: {found}");
}

/// The code of then is right, once.
pub async fn is_checked(service: &Service, told: &Value) {
    let (id, code) = (told["pending"]["id"].as_str().unwrap(), told["pending"]["code"].as_str().unwrap());
    let (status, told) = service.check(id, code).await;
    assert_eq!((status, &told["status"]), (200, &json!("approved")), "{told}");
    assert_eq!(service.check(id, code).await.0, 409);
    let (status, made) = service.call(Method::POST, "/v1/verifications", json!({"to": number(900)})).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
}

/// A fixture, unpacked as a data folder in `dir`; answers what its callers were told.
pub fn unpack(schema: &str, dir: &Path) -> Value {
    let folder = fixtures();
    let packed = std::fs::File::open(folder.join(format!("{schema}.db.gz"))).unwrap();
    let mut database = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut database).unwrap();
    std::fs::create_dir_all(dir.join("data")).unwrap();
    std::fs::write(dir.join("data/countersign.db"), database).unwrap();
    serde_json::from_slice(&std::fs::read(folder.join(format!("{schema}.json"))).unwrap()).unwrap()
}

fn fixtures() -> PathBuf {
    root().join("tests/keep/fixtures")
}

fn pack(database: &Path, told: &Value, folder: &Path) {
    let whole = tempfile::tempdir().unwrap();
    let whole = whole.path().join("whole.db");
    let database = rusqlite::Connection::open(database).unwrap();
    let schema: u32 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    // Without the log that a connection which is still closing leaves beside it.
    database.execute("VACUUM INTO ?1", [whole.to_str().unwrap()]).unwrap();
    let file = std::fs::File::create(folder.join(format!("schema-{schema}.db.gz"))).unwrap();
    let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    packed.write_all(&std::fs::read(whole).unwrap()).unwrap();
    packed.finish().unwrap();
    let told = serde_json::to_string_pretty(told).unwrap() + "\n";
    std::fs::write(folder.join(format!("schema-{schema}.json")), told).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_version_leaves_behind_it_opens_again() {
    if is_for_sqlite("a data folder for later versions") {
        return;
    }
    let service = Service::start().await;
    let told = fill(&service).await;
    let dir = service.stop().await;
    if let Some(folder) = std::env::var_os("COUNTERSIGN_FIXTURE") {
        pack(&dir.path().join("data/countersign.db"), &told, &root().join(folder));
    }
    let again = Service::at(dir, |_| {}).await;
    holds(&again, &told).await;
    is_checked(&again, &told).await;
}
