//! `countersign doctor`: what is wrong with this installation, and how to mend it.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;

use super::PlaceArgs;
use crate::doctor::{self, Finding, Report, Status};

/// `countersign doctor`
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// The configuration can't be read: nothing else was looked at. As for a mistake on the command line.
const UNREADABLE: u8 = 2;

/// Look, and say what was seen: 0 if nothing failed, 1 if something did, 2 if there was no configuration to look with.
pub(super) async fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let (report, code) = match args.place.config() {
        Ok(config) => {
            let report = doctor::examine(&config).await;
            let code = if report.status == Status::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            (report, code)
        }
        Err(error) => {
            let fix = "correct it; countersign.example.toml shows every option";
            (Report::from(vec![Finding::fail("configuration", format!("{error:#}"), fix)]), ExitCode::from(UNREADABLE))
        }
    };
    let told = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { text(&report) };
    // Whoever asked may have read enough, such as `head`: the answer is the exit code then.
    let _ = std::io::stdout().write_all(told.as_bytes());
    Ok(code)
}

/// For people: a line for each check, and one below it where something is to be done.
fn text(report: &Report) -> String {
    let width = report.checks.iter().map(|check| check.check.chars().count()).max().unwrap_or(0);
    let mut text = format!("countersign doctor {}\n\n", report.version);
    for check in &report.checks {
        let word = match check.status {
            Status::Ok => "ok  ",
            Status::Warn => "WARN",
            Status::Fail => "FAIL",
        };
        text.push_str(&format!("  {word}  {:width$}  {}\n", check.check, check.seen));
        if let Some(fix) = &check.fix {
            text.push_str(&format!("        {:width$}  fix: {fix}\n", ""));
        }
    }
    let count = |status| report.checks.iter().filter(|check| check.status == status).count();
    let told = match (count(Status::Fail), count(Status::Warn)) {
        (0, 0) => "all is well".to_owned(),
        (0, warnings) => format!("nothing fails; warnings: {warnings}"),
        (failures, warnings) => format!("failures: {failures}; warnings: {warnings}"),
    };
    text.push_str(&format!("\n{told}\n"));
    text
}
