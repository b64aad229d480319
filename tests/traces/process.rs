//! The binary itself: its log names the trace, and what waits leaves before it ends.

use rustix::process::{Pid, Signal, kill_process};

use super::collector::Collector;
use super::{TRACE, traceparent};
use crate::support::process::serve_logged;
use crate::support::service::{ADMIN_KEY, client};
use crate::support::within;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_the_trace_and_sigterm_sends_what_waits() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let config = format!("[log]\nformat = \"json\"\nlevel = \"debug\"\n[traces]\nendpoint = \"{}\"\n", collector.url());
    std::fs::write(dir.path().join("c.toml"), config).unwrap();
    let mut running = serve_logged(dir.path(), ADMIN_KEY, &["--config", "c.toml"]);
    let request = client().get(format!("{}/v1/environments", running.url)).bearer_auth(ADMIN_KEY);
    let answer = within("an answer", request.header("traceparent", traceparent("01")).send()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let pid = Pid::from_raw(running.child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    let status = within("the end", tokio::task::spawn_blocking(move || running.child.wait().unwrap())).await.unwrap();
    assert!(status.success());
    let spans = collector.spans();
    let span = spans.iter().find(|span| span.name == "GET /v1/environments").unwrap();
    assert_eq!(span.trace, TRACE);
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered: Vec<_> = lines.iter().filter(|line| line["fields"]["path"] == "/v1/environments").collect();
    assert_eq!(answered.len(), 1, "{log}");
    assert_eq!((&answered[0]["trace_id"], &answered[0]["span_id"]), (&TRACE.into(), &span.id.as_str().into()));
    assert!(lines.iter().any(|line| line["trace_id"].is_null()), "what belongs to no trace names none");
}
