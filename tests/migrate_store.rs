//! `countersign migrate-store`: from a data folder to a PostgreSQL database, all of it or nothing.

mod broken_off;
mod refused;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::guests;
use crate::support::postgres::{self, asked};
use crate::support::process::{countersign, output};
use crate::support::service::{Service, TO, TOKEN, number};

/// Whether there is something to move from and to.
fn can_be(what: &str) -> bool {
    !postgres::is_for_sqlite(what) && postgres::is_here(what)
}

/// The command, from the data folder in `dir`.
fn command(dir: &Path, url: &str) -> Command {
    let mut command = countersign(&["migrate-store", &format!("sqlite://{}", dir.join("data").display()), url]);
    command.current_dir(dir);
    command
}

fn moved(dir: &Path, url: &str) -> (bool, String) {
    output(&mut command(dir, url))
}

fn text(url: &str, sql: &str) -> Option<String> {
    asked(url, sql).unwrap().rows.into_iter().next()?.into_iter().next()?
}

/// Guess wrong until it is locked.
async fn lock(service: &Service, to: &str) {
    let limits = json!({"failures_max": 10, "cooldown_seconds": 0, "sends_per_hour": 100, "lock_seconds": 86400});
    let (status, told) = service.put("/v1/environments/development/policy", json!({"defaults": limits})).await;
    assert_eq!(status, 200, "{told}");
    for _ in 0..2 {
        let (_, made) = service.create(to).await;
        let code = service.code_for(to).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert_eq!(service.check(made["id"].as_str().unwrap(), wrong).await.0, 200);
        }
    }
    assert_eq!(service.create(to).await.1["type"], "/problems/locked");
}

/// What was told to the callers of a service before it moved.
struct Told {
    pending: Value,
    code: String,
    webhook: Value,
    audit: Value,
}

async fn used(service: &Service) -> Told {
    lock(service, &number(1)).await;
    let (status, pending) = service.create(TO).await;
    assert_eq!(status, 201, "{pending}");
    let code = service.code_for(TO).await;
    let (status, message) = service.post("/v1/messages", json!({"to": number(2), "code": "482915"})).await;
    assert_eq!(status, 201, "{message}");
    let url = json!({"url": "https://app.example.com/told"});
    let (status, webhook) = service.post("/v1/environments/development/webhooks", url).await;
    assert_eq!(status, 201, "{webhook}");
    service.serve_marker("marker-a").await;
    let (status, audit) = service.get("/v1/audit").await;
    assert!(status == 200 && audit["items"].as_array().unwrap().len() > 3, "{audit}");
    Told { pending, code, webhook, audit }
}

/// Everything is as it was, and goes on.
async fn goes_on(service: &Service, told: &Told) {
    assert_eq!(service.get("/v1/audit").await.1["items"], told.audit["items"]);
    let (_, webhooks) = service.get("/v1/environments/development/webhooks").await;
    assert_eq!(webhooks["items"][0]["id"], told.webhook["id"], "{webhooks}");
    assert_eq!(service.create(&number(1)).await.1["type"], "/problems/locked");
    let id = told.pending["id"].as_str().unwrap();
    let (status, checked) = service.check(id, &told.code).await;
    assert_eq!((status, &checked["status"]), (200, &json!("approved")), "{checked}");
    assert_eq!(service.check(id, &told.code).await.0, 409, "a code is used once");
    let (status, made) = service.create(&number(3)).await;
    assert_eq!(status, 201, "{made}");
    let sent = service.provider.requests();
    assert_eq!(sent.last().unwrap().header("authorization"), format!("Bearer {TOKEN}"), "its secret opens");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_service_goes_on_over_the_database_that_it_was_moved_to() {
    if !can_be("a service that moves") {
        return;
    }
    let service = Service::start().await;
    let told = used(&service).await;
    let dir = service.stop().await;
    let source = rusqlite::Connection::open(dir.path().join("data/countersign.db")).unwrap();
    let told_and_odd = "UPDATE messages SET used = 0, subject = 'a' || char(0) || 'b' WHERE verification_id IS NULL";
    assert_eq!(source.execute(told_and_odd, []).unwrap(), 1);
    let dump = |source: &rusqlite::Connection| -> Vec<String> {
        let sql = "SELECT status || id FROM messages UNION ALL SELECT status || id FROM verifications ORDER BY 1";
        source.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let before = dump(&source);

    let url = postgres::empty(dir.path());
    let (ok, said) = moved(dir.path(), &url);
    assert!(ok && said.contains("the same on both sides") && said.contains("COUNTERSIGN_STORE"), "{said}");
    let compared = said.lines().find(|line| line.starts_with("compared") && line.contains(" messages "));
    assert!(compared.is_some_and(|line| line.ends_with("the same")), "{said}");
    assert_eq!(dump(&source), before, "the data folder stays as it was");
    let told_sources = text(&url, "SELECT string_agg(environment || ' ' || source, ',') FROM told_sources");
    assert_eq!(told_sources.as_deref(), Some("development api"));
    let odd = text(&url, "SELECT subject FROM messages WHERE verification_id IS NULL");
    assert_eq!(odd.as_deref(), Some("a\u{fffd}b"), "PostgreSQL's text has no NUL");
    let in_default = text(&url, "SELECT count(*) FROM messages_default");
    assert_eq!(in_default.as_deref(), Some("0"), "days that are over have their partitions");

    let service = Service::at(dir, |config| config.store = Some(url.parse().unwrap())).await;
    goes_on(&service, &told).await;
    let (status, uploaded) = service.upload(guests::marker("marker-b")).await;
    assert_eq!(status, 201, "{uploaded}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_acts_on_inserted_rows_only_counts_changes() {
    if !can_be("triggers of a database") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // Bit 2 of a trigger's type: it acts on INSERT. What belongs to nodes alone is not moved.
    let sql = "SELECT string_agg(DISTINCT p.proname, ',') FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
               JOIN pg_class c ON c.oid = t.tgrelid
               WHERE NOT t.tgisinternal AND t.tgtype & 4 <> 0 AND c.relname <> 'wanted_components'";
    assert_eq!(text(&postgres::own(dir.path()), sql).as_deref(), Some("change_is_counted"));
}
