//! Failures half-way, and others who change something meanwhile.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::json;

use super::between::{Before, between};
use super::{DEVELOPMENT, Ran, applied, apply, folder, run, seen, write};
use crate::support::service::{ADMIN_KEY, Service, TOKEN, answer, client};

fn apply_by(url: &str, dir: &std::path::Path) -> Ran {
    run(url, &["apply", dir.to_str().unwrap()], &[("TOKEN", TOKEN)])
}

/// Three changes: templates, the connector, the policy.
fn change(dir: &std::path::Path) {
    let at = "environments/development";
    write(
        dir,
        &format!("{at}/templates.json"),
        json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} new"}]}),
    );
    let config = json!({"note": "new", "api_token": {"set": true}});
    write(dir, &format!("{at}/connectors/main.json"), json!({"component": "marker-a", "config": config}));
    write(dir, &format!("{at}/policy.json"), json!({"defaults": {"checks": 3}}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_half_way_says_what_was_done_and_the_same_command_goes_on() {
    let (service, dir) = applied().await;
    change(dir.path());
    let refuse = |nth| {
        let busy = || {
            (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({"detail": "the store is overloaded"}))).into_response()
        };
        let came = (nth == 2).then(busy);
        Box::pin(async move { came }) as futures_util::future::BoxFuture<'static, _>
    };
    let failed = apply_by(&between(&service.url, Arc::new(refuse)).await, dir.path());
    assert_eq!(failed.code, 1, "{}", failed.all());
    assert!(failed.err.contains("development: connector main: the store is overloaded"), "{}", failed.err);
    assert!(failed.err.contains("done before it, and kept:\n  development: templates"), "{}", failed.err);
    assert!(failed.err.contains("the same command again goes on"), "{}", failed.err);
    let (_, texts) = service.get(&format!("{DEVELOPMENT}/templates")).await;
    assert_eq!(texts["templates"][0]["text"], "{{ code }} new");
    assert_eq!(service.get(&format!("{DEVELOPMENT}/policy")).await.1, json!({"defaults": {}}), "it stopped there");

    let done = apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]);
    assert!(done.code == 0 && !done.out.contains("done: development: templates"), "{}", done.all());
    assert_eq!(service.get(&format!("{DEVELOPMENT}/policy")).await.1, json!({"defaults": {"checks": 3}}));
    assert_eq!(apply(&service, dir.path(), &["--dry-run"], &[("TOKEN", TOKEN)]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_somebody_changed_since_the_plan_is_not_overwritten() {
    let (service, dir) = applied().await;
    change(dir.path());
    let url = service.url.clone();
    let meddle: Before = Arc::new(move |nth| {
        let url = url.clone();
        Box::pin(async move {
            if nth == 1 {
                let theirs = json!({"component": "marker-a", "config": {"note": "theirs"}});
                let put = client().put(format!("{url}{DEVELOPMENT}/connectors/main")).bearer_auth(ADMIN_KEY);
                assert_eq!(answer(put.json(&theirs)).await.0, 200);
            }
            None
        })
    });
    let failed = apply_by(&between(&service.url, meddle).await, dir.path());
    assert_eq!(failed.code, 1, "{}", failed.all());
    assert!(failed.err.contains("connector main: revision 1 is not the current one; that is 2"), "{}", failed.err);
    assert!(failed.err.contains("somebody changed it while this ran"), "{}", failed.err);
    let (_, connector) = service.get(&format!("{DEVELOPMENT}/connectors/main")).await;
    assert_eq!(connector["config"]["note"], "theirs");
    // Whoever looks again sees what would be overwritten.
    let planned = apply(&service, dir.path(), &["--dry-run"], &[]);
    assert!(planned.out.contains("config/note: \"theirs\" → \"new\""), "{}", planned.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_gets_lost_is_told_as_unknown_and_the_same_command_finds_out() {
    let (service, dir) = applied().await;
    change(dir.path());
    let cut = |nth| {
        let garbage = (nth == 3).then(|| (StatusCode::OK, "<html>gateway</html>").into_response());
        Box::pin(async move { garbage }) as futures_util::future::BoxFuture<'static, _>
    };
    let failed = apply_by(&between(&service.url, Arc::new(cut)).await, dir.path());
    assert!(failed.code == 1 && failed.err.contains("development: policy: "), "{}", failed.all());
    assert!(
        failed.err.contains("not JSON") && failed.err.contains("whether it was done is not known"),
        "{}",
        failed.err
    );
    assert_eq!(apply(&service, dir.path(), &[], &[]).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_answers_nothing_happens_and_the_address_is_named() {
    let dir = folder();
    let ran = apply_by("http://127.0.0.1:9", dir.path());
    assert!(ran.code == 1 && ran.err.contains("no answer from `http://127.0.0.1:9`"), "{}", ran.all());
    let (service, dir) = (Service::start().await, folder());
    let before = seen(&service).await;
    let mut command =
        crate::support::process::countersign(&["apply", dir.path().to_str().unwrap(), "--url", &service.url]);
    command.env("COUNTERSIGN_KEY", "wrong").env("TOKEN", TOKEN);
    let output = tokio::task::block_in_place(|| command.output().unwrap());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("not known") && !said.contains("wrong"), "{said}");
    assert_eq!(seen(&service).await, before);
}
