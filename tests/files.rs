//! A set-up as files, by the real binary against the real service: the way round here; refusals, failures half-way,
//! exports and the API beneath in files of their own.

mod between;
mod exports;
mod half_way;
mod plans;
mod refusals;
mod same;
mod told;

use std::collections::BTreeMap;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::guests;
use crate::support::process::countersign;
use crate::support::service::{ADMIN_KEY, Service, TO, TOKEN, answer};

const DEVELOPMENT: &str = "/v1/environments/development";
const VARIABLE: &str = "COUNTERSIGN_SECRET_DEVELOPMENT_MAIN_API_TOKEN";

/// How a command ended, and what it said.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }

    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

fn run(url: &str, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = countersign(args);
    command.args(["--url", url, "--key", ADMIN_KEY]).envs(variables.iter().copied());
    // The service under test runs in this process, and has to go on meanwhile.
    let output = tokio::task::block_in_place(|| command.output().unwrap());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn export(service: &Service, dir: &Path, more: &[&str]) -> Ran {
    run(&service.url, &[&["export", dir.to_str().unwrap()], more].concat(), &[])
}

fn apply(service: &Service, dir: &Path, more: &[&str], variables: &[(&str, &str)]) -> Ran {
    run(&service.url, &[&["apply", dir.to_str().unwrap()], more].concat(), variables)
}

/// Every file below, by its path.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn write(dir: &Path, path: &str, text: impl ToString) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text.to_string()).unwrap();
}

/// A folder with one environment, one connector of the component `marker-a` in it, and its token in a variable.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let at = "environments/development";
    write(dir.path(), &format!("{at}/environment.json"), json!({"kind": "development", "display_name": "Acme"}));
    write(
        dir.path(),
        &format!("{at}/connectors/main.json"),
        json!({"component": "marker-a@1.0.0", "config": {"note": "one", "api_token": {"env": "TOKEN"}}}),
    );
    write(dir.path(), &format!("{at}/channels/sms.json"), json!({"active": "main", "fallback": ["inbox"]}));
    dir
}

/// The digest that the plan asks for.
fn approval(service: &Service, dir: &Path, variables: &[(&str, &str)]) -> String {
    let plan = apply(service, dir, &["--dry-run", "--json"], variables).json();
    let connectors = plan["environments"].as_array().unwrap().iter().flat_map(|e| e["connectors"].as_array().unwrap());
    connectors
        .filter_map(|connector| connector["approve"].as_str())
        .next()
        .unwrap_or_else(|| panic!("{plan}"))
        .to_owned()
}

/// A service to which that folder was applied.
async fn applied() -> (Service, tempfile::TempDir) {
    let (service, dir) = (Service::start().await, folder());
    assert_eq!(service.upload(guests::marker("marker-a")).await.0, 201);
    let digest = approval(&service, dir.path(), &[("TOKEN", TOKEN)]);
    let ran = apply(&service, dir.path(), &["--approve", &digest], &[("TOKEN", TOKEN)]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    (service, dir)
}

/// Everything of the environments that can be seen.
async fn seen(service: &Service) -> Vec<Value> {
    let mut seen = vec![service.get("/v1/environments").await.1, service.get("/v1/components").await.1];
    for environment in seen[0]["items"].as_array().unwrap().clone() {
        let at = format!("/v1/environments/{}", environment["name"].as_str().unwrap());
        for part in ["connectors", "channels/sms", "templates", "policy", "sign-in-experience"] {
            seen.push(service.get(&format!("{at}/{part}")).await.1);
        }
    }
    seen
}

async fn send(service: &Service, environment: &str, to: &str) -> Value {
    let request = service.request(Method::POST, "/v1/verifications").header("countersign-environment", environment);
    answer(request.json(&json!({"to": to, "purpose": "sign-in"}))).await.1
}

/// A service with something of everything.
async fn furnished() -> Service {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    assert_eq!(
        service
            .post("/v1/environments", json!({"name": "staging", "kind": "development", "display_name": "Stage"}))
            .await
            .0,
        201
    );
    let more = json!({
        "component": "marker-a", "config": {"note": "two", "api_token": TOKEN},
        "templates": [{"purpose": "sign-in", "locale": "de", "text": "{{ code }} für {{ app }}"}],
        "senders": [{"countries": ["*"], "sender": "ACME"}],
    });
    assert_eq!(service.set_up("second", more).await.0, 201);
    assert_eq!(service.set_up("draft", json!({"component": "inbox", "serve": false})).await.0, 201);
    let rule = json!({"countries": ["DE"], "use": [{"connector": "second", "weight": 2}, {"connector": "main"}]});
    for (path, body) in [
        ("channels/sms", json!({"active": "main", "fallback": ["inbox"], "routes": [rule]})),
        ("templates", json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} opens {{ app }}"}]})),
        ("policy", json!({"defaults": {"checks": 4}, "purposes": {"mfa-setup": {"code_length": 8}}})),
        ("sign-in-experience", json!({"purposes": {"forgot-password": false}})),
    ] {
        let (status, said) = service.put(&format!("{DEVELOPMENT}/{path}"), body).await;
        assert_eq!(status, 200, "{path}: {said}");
    }
    service
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_and_applied_elsewhere_is_exported_as_the_same_files_there_and_serves() {
    let (from, to) = (furnished().await, Service::start().await);
    let (dir, back) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ran = export(&from, dir.path(), &[]);
    assert!(ran.code == 0 && ran.out.contains(VARIABLE), "{}", ran.all());
    std::fs::create_dir(dir.path().join("components")).unwrap();
    std::fs::write(dir.path().join("components/marker-a.wasm"), guests::marker("marker-a")).unwrap();
    let variables = [(VARIABLE, TOKEN), ("COUNTERSIGN_SECRET_DEVELOPMENT_SECOND_API_TOKEN", TOKEN)];

    let planned = apply(&to, dir.path(), &["--dry-run"], &variables);
    assert!(planned.code == 2 && planned.out.contains("+ component marker-a@1.0.0"), "{}", planned.all());
    assert_eq!(to.get("/v1/components/marker-a").await.0, 404, "a dry run uploads nothing");
    let asked = apply(&to, dir.path(), &[], &variables);
    assert!(asked.code == 1 && asked.err.contains("main.json#/approve"), "{}", asked.all());
    assert_eq!(to.get(&format!("{DEVELOPMENT}/connectors/main")).await.0, 404, "nothing is set up without a word");
    let digest = approval(&to, dir.path(), &variables);
    let done = apply(&to, dir.path(), &["--approve", &digest], &variables);
    assert_eq!(done.code, 0, "{}", done.all());

    let ran = export(&to, back.path(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let mut there = files(&back.path().join("environments"));
    assert_eq!(files(&dir.path().join("environments")), there);
    assert!(there.remove("development/connectors/second.json").unwrap().contains("{{ code }} für {{ app }}"));
    assert!(!format!("{there:?} {}{}{}", planned.all(), asked.all(), done.all()).contains(TOKEN));
    assert_eq!(send(&to, "development", TO).await["delivery"]["connector"], "main");
    assert_eq!(to.provider.requests()[0].header("authorization"), format!("Bearer {TOKEN}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn applied_again_there_is_nothing_to_do_and_no_new_revision() {
    let (service, dir) = applied().await;
    let before = seen(&service).await;
    for more in [&["--dry-run"][..], &[], &["--dry-run", "--json"]] {
        let ran = apply(&service, dir.path(), more, &[("TOKEN", TOKEN)]);
        assert_eq!(ran.code, 0, "{}", ran.all());
        assert!(ran.out.contains("Nothing to do") || ran.json()["changes"] == false, "{}", ran.out);
    }
    assert_eq!(seen(&service).await, before);
    let (_, revisions) = service.get(&format!("{DEVELOPMENT}/connectors/main/revisions")).await;
    assert_eq!(revisions["items"].as_array().unwrap().len(), 1, "{revisions}");
    assert_eq!(service.get(DEVELOPMENT).await.1["display_name"], "Acme");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_comes_from_a_file_or_a_variable_and_reaches_the_provider_and_nothing_else() {
    let (service, dir) = applied().await;
    let other = "another-token-of-a-file-0123456789";
    write(dir.path(), "secrets/main", format!("{other}\n"));
    write(
        dir.path(),
        "environments/development/connectors/main.json",
        json!({"component": "marker-a", "config": {"note": "one", "api_token": {"file": "secrets/main"}}}),
    );
    let planned = apply(&service, dir.path(), &["--dry-run"], &[]);
    assert!(planned.code == 2 && planned.out.contains("config/api_token: (secret) changed"), "{}", planned.all());
    let done = apply(&service, dir.path(), &[], &[]);
    assert_eq!(done.code, 0, "{}", done.all());
    send(&service, "development", TO).await;
    assert_eq!(
        service.provider.requests()[0].header("authorization"),
        format!("Bearer {other}"),
        "without its end of line"
    );
    let told = apply(&service, dir.path(), &["--json"], &[]);
    let shown = format!("{}{}{}{:?}", planned.all(), done.all(), told.all(), seen(&service).await);
    assert!(!shown.contains(other) && !shown.contains(TOKEN), "{shown}");
    // The same value from elsewhere is the same secret.
    write(
        dir.path(),
        "environments/development/connectors/main.json",
        json!({"component": "marker-a", "config": {"note": "one", "api_token": {"env": "X"}}}),
    );
    let same = apply(&service, dir.path(), &["--dry-run"], &[("X", other)]);
    assert_eq!(same.code, 0, "{}", same.all());
}
