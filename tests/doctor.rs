//! `countersign doctor` as its users run it: the real binary, beside a real service and without one. Each check is made to
//! fail for real where a test can do that; the judgements that need another machine have tests beside them.

mod egress;
mod front;
mod identity;
mod place;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::authority::{Authority, TlsProvider, front};
use crate::support::postgres;
use crate::support::process::{Running, beside, countersign, serve};
use crate::support::service::{answer, client};

const SECRET: &str = "canary-authorization-0123456789";
const HOST: &str = "sms.example.net";

/// What the doctor said.
struct Told {
    code: i32,
    report: Value,
    text: String,
}

impl Told {
    fn status(&self, check: &str) -> &str {
        self.check(check)["status"].as_str().unwrap()
    }

    fn seen(&self, check: &str) -> &str {
        self.check(check)["seen"].as_str().unwrap()
    }

    fn check(&self, check: &str) -> &Value {
        let checks = self.report["checks"].as_array().unwrap();
        checks.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("no `{check}`: {}", self.text))
    }

    /// The check fails with these words and says what to do, and the doctor ends with 1.
    fn fails(&self, check: &str, words: &str) {
        let found = self.check(check);
        assert_eq!((found["status"].as_str(), self.code), (Some("fail"), 1), "{}", self.text);
        assert!(found["seen"].as_str().unwrap().contains(words), "{words}: {}", self.text);
        assert!(found["fix"].as_str().is_some_and(|fix| fix.len() > 10), "{}", self.text);
    }
}

/// An installation: a folder with a configuration, and a data folder in it.
struct Place {
    dir: tempfile::TempDir,
    authority: Authority,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), authority: Authority::new() }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Write the configuration that service and doctor read; the authority's certificate is trusted.
    fn configure(&self, toml: &str) {
        let ca = self.authority.file(self.path());
        let toml = toml.replace("[egress]", &format!("[egress]\nca_files = [\"{}\"]", ca.display()));
        std::fs::write(self.path().join("countersign.toml"), toml).unwrap();
    }

    fn command(&self) -> Command {
        beside(self.path(), &["doctor", "--json"])
    }

    /// Ask the doctor, with these variables.
    fn ask(&self, variables: &[(&str, &str)]) -> Told {
        told(self.command().envs(variables.iter().copied()))
    }

    /// The same, where this service serves.
    fn ask_beside(&self, running: &Running, variables: &[(&str, &str)]) -> Told {
        let listen = address(running).to_string();
        told(self.command().env("COUNTERSIGN_SERVER__LISTEN", listen).envs(variables.iter().copied()))
    }
}

fn told(command: &mut Command) -> Told {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    for secret in [SECRET, "canary"] {
        assert!(!text.contains(secret), "{text}");
    }
    Told { code: output.status.code().unwrap(), report, text }
}

fn address(running: &Running) -> SocketAddr {
    running.url.strip_prefix("http://").unwrap().parse().unwrap()
}

/// Call the API of a service as its first admin.
async fn call(running: &Running, method: reqwest::Method, path: &str, body: Value) -> (u16, Value) {
    let key = running.key.as_ref().unwrap();
    let request = client().request(method, format!("{}{path}", running.url)).bearer_auth(key);
    answer(if body.is_null() { request } else { request.json(&body) }).await
}

/// Production sends by a gateway at `url`, with a secret.
async fn set_up_production(running: &Running, url: &str) {
    let mut body = json!({"component": "http", "config": {"url": url, "authorization": SECRET}, "activate": true});
    let path = "/v1/environments/production/connectors/main";
    let (mut status, mut saved) = call(running, reqwest::Method::PUT, path, body.clone()).await;
    if status == 422 {
        body["approve"] = saved["approve"].clone();
        (status, saved) = call(running, reqwest::Method::PUT, path, body).await;
    }
    assert!(status < 300, "{saved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_installation_is_told_so_check_by_check_while_it_serves() {
    let place = Place::new();
    let provider = TlsProvider::start(place.authority.acceptor(&[HOST])).await;
    let port = provider.address.port();
    place.configure(&format!("[egress]\nallow = [\"{HOST}=127.0.0.1:{port}\"]\nsource_address = \"127.0.0.1\"\n"));
    let running = serve(place.path(), &[]);
    set_up_production(&running, &format!("https://{HOST}:{port}/send")).await;
    let front = front(place.authority.acceptor(&["localhost"]), address(&running), &["/inbox"]).await;
    let public = format!("https://localhost:{}", front.port());
    let told = place.ask_beside(&running, &[("COUNTERSIGN_SERVER__PUBLIC_URL", &public)]);
    let host = format!("host {HOST}:{port}");
    let checks: Vec<&str> =
        told.report["checks"].as_array().unwrap().iter().map(|c| c["check"].as_str().unwrap()).collect();
    let store: &[&str] = match postgres::is_store() {
        false => &["disk", "database"],
        true => &[
            "database",
            "database server",
            "database clock",
            "database durability",
            "database connection",
            "database connections",
        ],
    };
    let machine = [
        "master key",
        "memory",
        "vm.max_map_count",
        "open files",
        "engine",
        "names (DNS)",
        "source address",
        &host,
        "clock",
        "listening",
        "public URL",
        "callbacks",
        "inbox",
        "admin key",
        "environment production",
    ];
    let expected = [&["configuration", "data folder"], store, &machine].concat();
    assert_eq!(checks, expected);
    // These are the machine's, whatever it is that runs the tests; and a server for tests need not outlive a power loss.
    let any = ["disk", "memory", "vm.max_map_count", "open files", "database durability"];
    for check in expected.iter().filter(|check| !any.contains(check)) {
        assert_eq!(told.status(check), "ok", "{check}: {}", told.text);
    }
    assert_eq!(told.code, 0, "{}", told.text);
    assert!(told.seen("public URL").contains("leads here"), "{}", told.text);
    let heard = provider.heard();
    assert_eq!((heard.len(), provider.handshakes()), (1, 2), "one look, and one question for the time: {heard:?}");
    assert!(heard[0].head.starts_with("HEAD / ") && !heard[0].head.contains("authorization"), "{heard:?}");
    drop(running);
    let stopped = place.ask(&[("COUNTERSIGN_SERVER__LISTEN", "127.0.0.1:0")]);
    assert_eq!((stopped.status("listening"), stopped.code), ("ok", 0), "{}", stopped.text);
    assert!(stopped.seen("listening").contains("does not run"), "{}", stopped.text);
}

#[test]
fn people_read_a_line_for_each_check_and_what_to_do() {
    let place = Place::new();
    let said = beside(place.path(), &["doctor"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("  ok    configuration") && said.contains("the first start makes it"), "{said}");
    assert!(said.ends_with('\n') && said.contains("warnings: "), "{said}");
    assert!(said.contains("        ") && said.contains("fix: "), "{said}");
}

#[test]
fn a_configuration_that_cannot_be_read_ends_with_two_and_a_mistake_on_the_command_line_as_neither() {
    let place = Place::new();
    std::fs::write(place.path().join("countersign.toml"), "[egress]\nproxy = \"http://me:canary@h:3128\n").unwrap();
    let told = place.ask(&[]);
    assert_eq!((told.code, told.status("configuration")), (2, "fail"), "{}", told.text);
    assert!(told.seen("configuration").contains("line 2"), "{}", told.text);
    let code = countersign(&["doctor", "--jsn"]).output().unwrap().status.code();
    assert_eq!(code, Some(64));
}
