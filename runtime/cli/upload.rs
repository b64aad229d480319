//! `countersign upload`: a packed component to a running service.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;
use url::Url;

/// `countersign upload`
#[derive(Debug, Args)]
pub(super) struct UploadArgs {
    /// The packed component.
    file: PathBuf,
    /// The service.
    #[arg(long, env = "COUNTERSIGN_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// An admin key with the role `upload`.
    #[arg(long, env = "COUNTERSIGN_KEY", hide_env_values = true)]
    key: String,
}

/// Upload, and print what the service made of it.
pub(super) async fn run(args: UploadArgs) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("can't read `{}`", args.file.display()))?;
    send(&args.url, &args.key, bytes).await
}

/// Upload these bytes.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn send(service: &Url, key: &str, wasm: Vec<u8>) -> anyhow::Result<ExitCode> {
    let url = service.join("/v1/components").context("the address can't be used")?;
    let (status, answer) = crate::egress::post_wasm(url, key, wasm).await?;
    let answer: Value = serde_json::from_str(&answer).context("the answer is not JSON")?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if (200..300).contains(&status) {
        let what = if status == 200 { "was there already" } else { "uploaded" };
        println!("{}@{} {what}: {}", text("id"), text("version"), text("digest"));
        for line in found(answer.get("verdict").unwrap_or(&Value::Null)) {
            println!("  {line}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("error: {}", text("detail"));
    for reason in answer.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| reason.get(name).and_then(Value::as_str).unwrap_or_default();
        eprintln!("  {} {}", part("pointer"), part("detail"));
    }
    Ok(ExitCode::FAILURE)
}

/// What trying the component found, if it found anything.
fn found(verdict: &Value) -> Vec<String> {
    let sections = ["package", "faults", "traps"].into_iter().filter_map(|section| verdict.get(section)?.as_array());
    let word = |finding: &Value| match finding.get("level").and_then(Value::as_str) {
        Some("fault") => Some("FAIL"),
        Some("warning") => Some("warn"),
        _ => None,
    };
    let line = |finding: &Value| {
        let text = finding.get("text").and_then(Value::as_str)?;
        // Some of it is the component's own words: nothing that a terminal would obey.
        let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        Some(format!("{}   {text}", word(finding)?))
    };
    sections.flatten().filter_map(line).collect()
}
