//! What an export writes, and what it does not touch.

use serde_json::{Value, json};

use super::{DEVELOPMENT, apply, export, files, furnished, run, write};
use crate::support::service::{Service, TOKEN};

const MAIN: &str = "environments/development/connectors/main.json";

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_the_same_bytes_twice_and_holds_no_secret() {
    let service = furnished().await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for dir in [&one, &two] {
        let ran = export(&service, dir.path(), &[]);
        assert_eq!(ran.code, 0, "{}", ran.all());
    }
    let written = files(one.path());
    assert_eq!(written, files(two.path()));
    assert!(!format!("{written:?}").contains(TOKEN));
    let main: Value = serde_json::from_str(&written[MAIN]).unwrap();
    let variable = json!({"env": "COUNTERSIGN_SECRET_DEVELOPMENT_MAIN_API_TOKEN"});
    assert_eq!(main, json!({"component": "marker-a@1.0.0", "config": {"api_token": variable}}));
    assert!(written[MAIN].starts_with("{\n  \"component\"") && written[MAIN].ends_with("}\n"), "{}", written[MAIN]);
    let draft: Value = serde_json::from_str(&written["environments/development/connectors/draft.json"]).unwrap();
    assert_eq!(draft["serve"], false);
    assert!(written["README.md"].contains("countersign apply") && written[".gitignore"].contains("/secrets/"));
    assert!(!written.contains_key("environments/production/channels/sms.json"), "nobody is active there");
    let again = export(&service, one.path(), &[]);
    assert!(again.code == 0 && again.out.contains("up to date"), "{}", again.all());
    let mut variables = vec![("COUNTERSIGN_SECRET_DEVELOPMENT_MAIN_API_TOKEN", TOKEN)];
    variables.push(("COUNTERSIGN_SECRET_DEVELOPMENT_SECOND_API_TOKEN", TOKEN));
    let nothing = apply(&service, one.path(), &["--dry-run"], &variables);
    assert_eq!(nothing.code, 0, "what was exported is what is there: {}", nothing.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_differs_is_replaced_only_by_force_and_keeps_what_is_the_reviewers() {
    let service = furnished().await;
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(export(&service, dir.path(), &[]).code, 0);
    let mut main: Value = serde_json::from_str(&files(dir.path())[MAIN]).unwrap();
    main["config"]["api_token"] = json!({"file": "secrets/main"});
    main["config"]["note"] = json!("edited");
    write(dir.path(), MAIN, &main);
    write(dir.path(), "environments/gone/environment.json", json!({}));
    write(dir.path(), "environments/development/README.md", "ours");
    write(dir.path(), "README.md", "ours too");
    write(dir.path(), "secrets/main", TOKEN);
    let before = files(dir.path());
    let refused = export(&service, dir.path(), &[]);
    assert_eq!(refused.code, 1, "{}", refused.all());
    assert!(refused.err.contains(&format!("~ {MAIN}")) && refused.err.contains("--force"), "{}", refused.err);
    assert!(refused.err.contains("- environments/gone/environment.json"), "{}", refused.err);
    assert_eq!(files(dir.path()), before);
    let done = export(&service, dir.path(), &["--force"]);
    assert_eq!(done.code, 0, "{}", done.all());
    let after = files(dir.path());
    let main: Value = serde_json::from_str(&after[MAIN]).unwrap();
    assert_eq!(main["config"], json!({"api_token": {"file": "secrets/main"}}), "where the secret is, stays");
    assert_eq!(
        (after["environments/development/README.md"].as_str(), after["README.md"].as_str()),
        ("ours", "ours too")
    );
    assert!(!after.keys().any(|path| path.contains("gone") || path.contains(".export-")), "{:?}", after.keys());
    assert_eq!(after["secrets/main"], TOKEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_fails_writes_nothing() {
    let service = furnished().await;
    let dir = tempfile::tempdir().unwrap();
    let new = dir.path().join("new");
    let failed = run("http://127.0.0.1:9", &["export", new.to_str().unwrap()], &[]);
    assert!(failed.code == 1 && !new.exists(), "{}", failed.all());
    let mut wrong = crate::support::process::countersign(&["export", new.to_str().unwrap(), "--url", &service.url]);
    let wrong = tokio::task::block_in_place(|| wrong.env("COUNTERSIGN_KEY", "wrong").output().unwrap());
    assert!(wrong.status.code() == Some(1) && !new.exists());
    assert_eq!(export(&service, &new, &[]).code, 0);
    let link = dir.path().join("link");
    std::fs::create_dir(&link).unwrap();
    std::os::unix::fs::symlink("../new/environments", link.join("environments")).unwrap();
    let before = files(&new);
    let refused = export(&service, &link, &["--force"]);
    assert!(refused.code == 1 && refused.err.contains("symbolic link"), "{}", refused.all());
    assert_eq!(files(&new), before);
    std::fs::write(dir.path().join("file"), "x").unwrap();
    assert_eq!(export(&service, &dir.path().join("file"), &[]).code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_serves_is_exported_and_not_what_was_rolled_back_from() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let path = format!("{DEVELOPMENT}/connectors/main");
    assert_eq!(service.put(&path, json!({"component": "marker-a", "config": {"note": "worse"}})).await.0, 200);
    assert_eq!(service.post(&format!("{path}/revisions/1/activate"), Value::Null).await.0, 200);
    let dir = tempfile::tempdir().unwrap();
    let ran = export(&service, dir.path(), &[]);
    assert!(ran.out.contains("main: revision 1 serves; 2 stands in no file"), "{}", ran.out);
    assert!(!files(dir.path())[MAIN].contains("worse"));
    let variables = [("COUNTERSIGN_SECRET_DEVELOPMENT_MAIN_API_TOKEN", TOKEN)];
    let nothing = apply(&service, dir.path(), &["--dry-run"], &variables);
    assert_eq!(nothing.code, 0, "and is what is there: {}", nothing.all());
}
