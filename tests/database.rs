//! A PostgreSQL database as the store: nodes that start at once, a database that goes away, the commands beside it.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::postgres::{self, Cable, asked};
use crate::support::process::{beside, output, serve};
use crate::support::service::{Service, TO, answer, client, number};
use crate::support::within;

/// A folder whose service keeps what it keeps in this database.
fn place(url: impl Fn(&Path) -> String) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let config = format!("store = \"{}\"\n[postgres]\nconnections = 8\n", url(dir.path()));
    std::fs::write(dir.path().join("countersign.toml"), config).unwrap();
    dir
}

fn run(dir: &Path, args: &[&str]) -> (bool, String) {
    output(&mut beside(dir, args))
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_over_an_empty_database_share_one_root_and_one_first_key() {
    if !postgres::is_here("nodes that start at once") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let url = postgres::empty(dir.path());
    let start = || Service::at(tempfile::tempdir().unwrap(), |config| config.store = Some(url.parse().unwrap()));
    let (one, other, third) = tokio::join!(start(), start(), start());
    let keys = asked(&url, "SELECT count(*) FROM api_keys").unwrap().rows;
    assert_eq!(keys, [[Some("1".to_owned())]]);
    let (status, made) = one.create(TO).await;
    assert_eq!(status, 201, "{made}");
    let (id, code) = (made["id"].as_str().unwrap(), one.inbox_code().await);
    let path = format!("/v1/verifications/{id}");
    assert_eq!(third.get(&path).await.1["to"], TO, "what one has sealed, another opens");
    assert_eq!(other.check(id, &code).await.1["status"], "approved");
    assert_eq!(one.check(id, &code).await.0, 409, "a code is used once, whoever is asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_told_as_such_and_when_it_is_back_codes_are_sent_again() {
    if !postgres::is_here("a database that is away") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cable = Cable::to(&postgres::own(dir.path())).await;
    let service = Service::at(dir, |config| config.store = Some(cable.url.parse().unwrap())).await;
    assert_eq!(service.create(TO).await.0, 201);
    cable.cut();
    let asked = service.request(Method::POST, "/v1/verifications").json(&json!({"to": number(1)}));
    let refused = within("a refusal", asked.send()).await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    let told: Value = refused.json().await.unwrap();
    assert_eq!(told["type"], "/problems/store-unreachable", "{told}");
    let (ready, alive) = (service.get("/readyz").await.0, service.get("/healthz").await.0);
    assert_eq!((ready, alive), (503, 200));
    cable.mend();
    within("codes again", async {
        let mut n = 2;
        while service.create(&number(n)).await.0 != 201 {
            n += 1;
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(service.get("/readyz").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_beside_a_service_work_over_its_database() {
    if !postgres::is_here("the commands beside a service") {
        return;
    }
    let dir = place(postgres::own);
    let running = serve(dir.path(), &[]);
    assert!(running.key.is_some(), "a first start makes a key");
    let (ok, made) = run(dir.path(), &["keys", "new", "--name", "another"]);
    assert!(ok && made.starts_with("cs_admin_"), "{made}");
    let create = |key: String, n: u32| {
        let request = client().post(format!("{}/v1/verifications", running.url)).bearer_auth(key);
        answer(request.json(&json!({"to": number(n)})))
    };
    assert_eq!(create(made.trim().to_owned(), 1).await.0, 201);
    let (_, list) = run(dir.path(), &["keys", "list"]);
    let line = list.lines().find(|line| line.ends_with("another")).unwrap_or_else(|| panic!("{list}"));
    let (ok, revoked) = run(dir.path(), &["keys", "revoke", line.split_whitespace().next().unwrap()]);
    assert!(ok, "{revoked}");
    assert_eq!(create(made.trim().to_owned(), 2).await.0, 401);
    let (ok, link) = run(dir.path(), &["console", "--listen", running.url.trim_start_matches("http://")]);
    assert!(ok && link.starts_with(&running.url), "{link}");
    let (ok, second) = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ok && second.contains("another process"), "a data folder is one node's: {second}");

    for args in [&["backup", "--out", "one.tar"][..], &["restore", "one.tar"]] {
        let (ok, refused) = run(dir.path(), args);
        assert!(!ok && refused.contains("SQLite") && refused.contains("nothing was done"), "{refused}");
        assert!(refused.contains("pg_"), "it says what does it: {refused}");
        assert!(!dir.path().join("one.tar").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_of_a_database_is_rotated_and_all_nodes_have_the_new_one() {
    if !postgres::is_here("the master key of a database") {
        return;
    }
    let dir = place(postgres::own);
    drop(serve(dir.path(), &[]));
    let (_, fresh) = run(dir.path(), &["master-key", "new"]);
    std::fs::write(dir.path().join("new.key"), &fresh).unwrap();
    let (ok, said) = run(dir.path(), &["master-key", "rotate", "--to", "new.key"]);
    assert!(ok, "{said}");
    let (ok, refused) = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ok && refused.contains("not the one that the database was made with"), "{refused}");
    // A node that has no key yet makes none: the others' is the only one that opens it.
    std::fs::remove_file(dir.path().join("data.master-key")).unwrap();
    let (ok, refused) = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ok && refused.contains("all nodes of a database have the same"), "{refused}");
    std::fs::rename(dir.path().join("new.key"), dir.path().join("data.master-key")).unwrap();
    drop(serve(dir.path(), &[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_what_is_wrong_with_a_database_and_not_its_password() {
    if !postgres::is_here("the doctor beside a database") {
        return;
    }
    let check = |dir: &Path, store: Option<&str>| {
        let mut command = beside(dir, &["doctor", "--json"]);
        let (_, told) = output(command.envs(store.map(|url| ("COUNTERSIGN_STORE", url))));
        assert!(!told.contains("canary"), "{told}");
        let report: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
        let checks = report["checks"].as_array().unwrap().clone();
        move |name: &str| checks.iter().find(|check| check["check"] == name).cloned().unwrap_or_default()
    };
    // Nothing is made by looking.
    let dir = place(postgres::empty);
    let told = check(dir.path(), None);
    assert!(told("database")["seen"].as_str().unwrap().contains("nothing in it yet"), "{}", told("database"));
    let tables = asked(&postgres::own(dir.path()), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    assert_eq!(tables.unwrap().rows, [[Some("0".to_owned())]]);

    drop(serve(dir.path(), &[]));
    let told = check(dir.path(), None);
    for name in ["database", "database server", "database clock", "database connection", "master key", "admin key"] {
        assert_eq!(told(name)["status"], "ok", "{name}: {}", told(name));
    }
    assert!(told("database server")["seen"].as_str().unwrap().contains("PostgreSQL 1"), "{}", told("database server"));

    let told = check(dir.path(), Some("postgres://me:canary@127.0.0.1:1/none"));
    assert_eq!(told("database")["status"], "fail", "{}", told("database"));
    assert!(told("database")["seen"].as_str().unwrap().contains("127.0.0.1:1/none"), "{}", told("database"));
    assert_eq!(told("master key"), Value::Null, "what can't be opened is not judged");
}
