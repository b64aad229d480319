//! What a plan shows: drift, deletions, approvals, and that showing stores nothing.

use reqwest::Method;
use serde_json::{Value, json};

use super::{DEVELOPMENT, applied, apply, approval, folder, seen, write};
use crate::support::guests::{self, Pack};
use crate::support::inside::Inside;
use crate::support::process::countersign;
use crate::support::service::{Service, TOKEN, answer};

const MAIN: &str = "environments/development/connectors/main.json";

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_shown_field_by_field_and_a_dry_run_stores_nothing() {
    let (service, dir) = applied().await;
    write(dir.path(), "environments/development/policy.json", json!({"defaults": {"checks": 5}}));
    write(
        dir.path(),
        "environments/development/templates.json",
        json!({"templates": [{"purpose": "sign-in", "locale": "de", "text": "Ihr Code: {{ code }}"}]}),
    );
    assert_eq!(apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]).code, 0);
    for (path, body) in [
        ("connectors/main", json!({"component": "marker-a", "config": {"note": "\u{1b}[31mred"}})),
        ("policy", json!({"defaults": {"checks": 2, "sends_per_hour": 9}})),
        ("templates", json!({"templates": [{"purpose": "sign-in", "locale": "de", "text": "{{ code }}"}]})),
        ("channels/sms", json!({"active": "inbox"})),
    ] {
        let (status, said) = service.put(&format!("{DEVELOPMENT}/{path}"), body).await;
        assert_eq!(status, 200, "{said}");
    }
    let before = seen(&service).await;
    let planned = apply(&service, dir.path(), &["--dry-run"], &[("TOKEN", TOKEN)]);
    assert_eq!(planned.code, 2, "{}", planned.all());
    for line in [
        "  = environment.json\n",
        "  ~ templates.json\n      templates/sign-in/de/text: \"{{ code }}\" → \"Ihr Code: {{ code }}\"\n",
        "  ~ policy.json\n      defaults/checks: 2 → 5\n      defaults/sends_per_hour: 9 → (none)\n",
        "      active: \"inbox\" → \"main\"\n      fallback: [] → [\"inbox\"]\n",
        "  ~ connector main  marker-a@1.0.0, revision 2\n      config/note: \"\\u001b[31mred\" → \"one\"\n      config/api_token: (secret) kept\n",
        "connector inbox is not in the folder and stays; --prune deletes it",
        "\nPlan: 0 to create, 4 to change, 0 to delete, 1 unchanged\n",
    ] {
        assert!(planned.out.contains(line), "{line}\nis not in\n{}", planned.out);
    }
    assert!(!planned.out.contains('\u{1b}'), "no colours where nobody sees them, and none of others: {}", planned.out);
    let told = apply(&service, dir.path(), &["--dry-run", "--json"], &[("TOKEN", "another-token-0123456789")]).json();
    let main = &told["environments"][0]["connectors"][0];
    assert_eq!((&main["action"], &main["secrets"]), (&json!("change"), &json!({"api_token": "changed"})), "{told}");
    assert_eq!((&told["summary"]["change"], &told["changes"]), (&json!(4), &json!(true)));
    assert_eq!(seen(&service).await, before, "nothing was stored");
    assert_eq!(apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]).code, 0);
    assert_eq!(apply(&service, dir.path(), &["--dry-run"], &[("TOKEN", TOKEN)]).code, 0, "and put right");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_folder_goes_only_by_prune_and_not_while_something_needs_it() {
    let (service, dir) = applied().await;
    let refused = apply(&service, dir.path(), &["--prune"], &[("TOKEN", TOKEN)]);
    assert!(refused.code == 1 && refused.err.contains("channels/sms.json#/fallback/0"), "{}", refused.all());
    write(dir.path(), "environments/development/channels/sms.json", json!({"active": "main"}));
    assert_eq!(apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]).code, 0);
    assert_eq!(service.get(&format!("{DEVELOPMENT}/connectors/inbox")).await.0, 200, "it stays");
    let planned = apply(&service, dir.path(), &["--prune", "--dry-run"], &[("TOKEN", TOKEN)]);
    assert!(planned.code == 2 && planned.out.contains("  - connector inbox  inbox@"), "{}", planned.all());
    assert_eq!(service.get(&format!("{DEVELOPMENT}/connectors/inbox")).await.0, 200);
    let done = apply(&service, dir.path(), &["--prune"], &[("TOKEN", TOKEN)]);
    assert!(done.code == 0 && done.out.contains("connector inbox deleted"), "{}", done.all());
    assert_eq!(service.get(&format!("{DEVELOPMENT}/connectors/inbox")).await.0, 404);
    assert_eq!(service.get("/v1/environments/production").await.0, 200, "no environment is ever deleted");
    // The active one, which no file and no channel file names.
    std::fs::remove_file(dir.path().join(MAIN)).unwrap();
    std::fs::remove_file(dir.path().join("environments/development/channels/sms.json")).unwrap();
    let refused = apply(&service, dir.path(), &["--prune"], &[]);
    assert!(refused.code == 1 && refused.err.contains("`main` can't be deleted"), "{}", refused.all());
    assert_eq!(service.get(&format!("{DEVELOPMENT}/connectors/main")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_component_asks_for_is_shown_in_words_and_needs_a_word_on_the_command_line_or_in_the_file() {
    let (service, dir) = (Service::start().await, folder());
    assert_eq!(service.upload(guests::marker("marker-a")).await.0, 201);
    let variables = [("TOKEN", TOKEN)];
    let planned = apply(&service, dir.path(), &["--dry-run"], &variables);
    let digest = approval(&service, dir.path(), &variables);
    assert!(planned.code == 2 && planned.out.contains("        reaches api.example.com\n"), "{}", planned.all());
    assert!(planned.out.contains("Authorization header of POST"), "{}", planned.out);
    assert!(planned.out.contains(&format!("to approve it: --approve {digest}")), "{}", planned.out);
    for more in [&[][..], &["--approve", &"0".repeat(64)]] {
        let refused = apply(&service, dir.path(), more, &variables);
        assert!(refused.code == 1 && refused.err.contains("main.json#/approve"), "{}", refused.all());
    }
    assert_eq!(service.get(&format!("{DEVELOPMENT}/connectors/main")).await.0, 404);
    assert_eq!(service.get(DEVELOPMENT).await.1["display_name"], "Countersign", "not even what needs no approval");
    let file =
        json!({"component": "marker-a", "config": {"note": "one", "api_token": {"env": "TOKEN"}}, "approve": digest});
    write(dir.path(), MAIN, file);
    let done = apply(&service, dir.path(), &[], &variables);
    assert_eq!(done.code, 0, "{}", done.all());
    // Wider: another host, and the secret that is kept would go elsewhere.
    let more = "secrets = [\"api_token\"]\n[credentials.token]\nkind = \"bearer\"\nsecret = \"api_token\"\nmethods = [\"POST\"]\npaths = [\"/*\"]\n";
    let schema = json!({"type": "object", "properties": {"api_token": {"type": "string", "writeOnly": true}, "note": {"type": "string"}}, "examples": [{}]});
    let wider = Pack { id: "marker-a", version: "1.1.0", more, schema, ..Pack::default() };
    assert_eq!(service.upload(guests::packed("marker-b", &wider)).await.0, 201);
    write(
        dir.path(),
        MAIN,
        json!({"component": "marker-a@1.1.0", "config": {"note": "one", "api_token": {"set": true}}}),
    );
    let refused = apply(&service, dir.path(), &["--dry-run"], &[]);
    assert!(
        refused.code == 1 && refused.err.contains("main.json#/config/api_token: give this secret again"),
        "{}",
        refused.all()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_environment_is_judged_and_made_whole() {
    let (service, dir) = applied().await;
    let at = "environments/eu-1";
    write(dir.path(), &format!("{at}/environment.json"), json!({"kind": "production", "display_name": "Acme EU"}));
    write(
        dir.path(),
        &format!("{at}/connectors/http.json"),
        json!({"component": "http", "config": {"url": "https://sms.example.com/send", "authorization": {"env": "TOKEN"}}}),
    );
    write(dir.path(), &format!("{at}/channels/sms.json"), json!({"active": "http"}));
    write(dir.path(), &format!("{at}/policy.json"), json!({"defaults": {"checks": 99}}));
    let only = ["--environment", "eu-1"];
    let refused = apply(&service, dir.path(), &only, &[("TOKEN", TOKEN)]);
    assert!(refused.code == 1 && refused.err.contains("eu-1/policy.json#/defaults/checks"), "{}", refused.all());
    assert_eq!(service.get("/v1/environments/eu-1").await.0, 404, "nothing of it is made");
    write(dir.path(), &format!("{at}/policy.json"), json!({"defaults": {"checks": 3}}));
    let standby = json!({"component": "http", "config": {"url": "https://sms.example.net/send"}});
    write(dir.path(), &format!("{at}/connectors/backup.json"), standby);
    let done = apply(&service, dir.path(), &only, &[("TOKEN", TOKEN)]);
    assert_eq!(done.code, 0, "{}", done.all());
    let told: Vec<&str> = done.out.lines().filter_map(|line| line.strip_prefix("done: eu-1: ")).collect();
    let order = ["environment", "connector http: revision 1", "connector backup: revision 1", "policy", "channel sms"];
    assert_eq!(told, order, "who is to send is set up first, and is then the active one");
    let (_, made) = service.get("/v1/environments/eu-1").await;
    assert_eq!((&made["kind"], &made["display_name"]), (&json!("production"), &json!("Acme EU")));
    let (_, connector) = service.get("/v1/environments/eu-1/connectors/http").await;
    assert_eq!((&connector["active"], &connector["config"]["authorization"]), (&json!(true), &json!({"set": true})));
    write(dir.path(), &format!("{at}/environment.json"), json!({"kind": "development", "display_name": "Acme EU"}));
    let fixed = apply(&service, dir.path(), &only, &[("TOKEN", TOKEN)]);
    assert!(fixed.code == 1 && fixed.err.contains("environment.json#/kind"), "{}", fixed.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_goes_on_when_files_are_applied() {
    let (service, dir) = applied().await;
    let draft = json!({"component": "marker-a", "config": {"note": "tried"}, "serve": false});
    assert_eq!(service.put(&format!("{DEVELOPMENT}/connectors/main"), draft).await.0, 200);
    let canary = json!({"connector": "main", "revision": 2, "percent": 10});
    let channel = json!({"active": "main", "fallback": [], "canary": canary});
    assert_eq!(service.put(&format!("{DEVELOPMENT}/channels/sms"), channel).await.0, 200);
    let done = apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]);
    assert!(done.code == 0 && done.out.contains("fallback: [] → [\"inbox\"]"), "{}", done.all());
    let (_, channel) = service.get(&format!("{DEVELOPMENT}/channels/sms")).await;
    assert_eq!((&channel["fallback"], &channel["canary"]["revision"]), (&json!(["inbox"]), &json!(2)), "{channel}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarantined_revision_does_not_serve_again_because_its_file_is_applied_again() {
    let (service, dir) = applied().await;
    let quarantine = "UPDATE revisions SET quarantined = 'it gave out a secret' WHERE connector = 'main'";
    assert_eq!(Inside::of(service.dir.path()).run(quarantine), 1);
    let ran = apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]);
    assert!(ran.code == 0 && ran.out.contains("revision 1 is quarantined and stays so"), "{}", ran.all());
    let (_, connector) = service.get(&format!("{DEVELOPMENT}/connectors/main")).await;
    assert_eq!((&connector["revision"], connector["quarantined"].is_string()), (&json!(1), true), "{connector}");
    // Whoever has looked at it changes the file.
    write(
        dir.path(),
        MAIN,
        json!({"component": "marker-a", "config": {"note": "looked at", "api_token": {"set": true}}}),
    );
    let ran = apply(&service, dir.path(), &[], &[]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let (_, connector) = service.get(&format!("{DEVELOPMENT}/connectors/main")).await;
    assert_eq!((&connector["revision"], &connector["quarantined"]), (&json!(2), &Value::Null), "{connector}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_exports_and_can_not_apply() {
    let (service, dir) = applied().await;
    let (_, made) = service.post("/v1/keys", json!({"name": "look", "roles": ["viewer"]})).await;
    let key = made["key"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let by_viewer = |command: &str, dir: &std::path::Path| {
        let mut command = countersign(&[command, dir.to_str().unwrap(), "--url", &service.url]);
        command.env("COUNTERSIGN_KEY", &key).env("TOKEN", TOKEN);
        let output = tokio::task::block_in_place(|| command.output().unwrap());
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let out = tempfile::tempdir().unwrap();
    assert_eq!(by_viewer("export", out.path()).0, 0);
    let (code, said) = by_viewer("apply", dir.path());
    assert!(code == 1 && said.contains("lacks the role `configure`"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_command_ends_as_an_error_and_not_as_a_change() {
    let dir = folder();
    let mut command = countersign(&["apply", dir.path().to_str().unwrap(), "--dryrun"]);
    assert_eq!(command.output().unwrap().status.code(), Some(64));
    let none: (u16, Value) = answer(Service::start().await.request(Method::GET, "/v1/environments/none/plan")).await;
    assert_eq!(none.0, 405);
}
