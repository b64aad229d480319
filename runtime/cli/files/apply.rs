//! `countersign apply`: plan, show, and carry out step by step.
//!
//! Every step leaves the service in a state that works, so a failure half-way leaves what was done, and the same command
//! goes on from there: what is done already is unchanged the next time.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use serde_json::json;

use super::ApplyArgs;
use super::folder::{Fault, Folder};
use super::plan::{self, Plan, Wish};
use super::read::{self, Files};
use super::service::Service;
use super::show::{self, Counts, Paint};
use super::steps::steps;
use crate::config::client_variable;

/// Something would change: an exit code that neither success nor failure has.
const CHANGES: u8 = 2;

/// What a refusal before the first step comes to.
const NOTHING: &str = "nothing was applied";

/// How it ended.
struct End {
    /// What was done.
    applied: Vec<String>,
    /// What failed.
    failed: Option<String>,
}

/// Plan, and unless it is a dry run, apply.
pub(in crate::cli) async fn run(args: ApplyArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.dir.is_dir(), "`{}` is not a folder", args.dir.display());
    let folder = Folder::new(&args.dir);
    let files = read::read(&folder, &args.environment);
    if !files.faults.is_empty() {
        return refuse(&args, &files.faults, NOTHING);
    }
    let service = Service::new(&args.service)?;
    let wish = Wish { prune: args.prune, approve: &args.approve };
    let mut plan = plan::plan(&service, &folder, &files, &wish).await?;
    if !plan.faults.is_empty() {
        return refuse(&args, &plan.faults, NOTHING);
    }
    show(&args, &plan, &files)?;
    if args.dry_run {
        tell(&args, &plan, &files, &End { applied: Vec::new(), failed: None })?;
        return Ok(if plan.changes() { ExitCode::from(CHANGES) } else { ExitCode::SUCCESS });
    }
    if let Some(faults) = unapproved(&plan) {
        return refuse(&args, &faults, NOTHING);
    }
    let mut end = End { applied: Vec::new(), failed: None };
    if !plan.uploads.is_empty() {
        upload(&args, &service, &plan, &files, &mut end).await;
        if end.failed.is_none() {
            // Only now can the connectors that wait for an upload be judged; nothing but the uploads was done so far.
            plan = plan::plan(&service, &folder, &files, &wish).await?;
            let faults = Some(plan.faults.clone()).filter(|faults| !faults.is_empty());
            if faults.is_none() {
                show(&args, &plan, &files)?;
            }
            if let Some(faults) = faults.or_else(|| unapproved(&plan)) {
                return refuse(&args, &faults, "only components were uploaded");
            }
        }
    }
    if end.failed.is_none() {
        carry_out(&args, &service, &plan, &mut end).await;
    }
    finish(&args, &plan, &files, &end)
}

/// One step after the other, until one fails.
async fn carry_out(args: &ApplyArgs, service: &Service, plan: &Plan, end: &mut End) {
    for step in plan.environments.iter().flat_map(|one| steps(&one.told, &one.wanted)) {
        match step.act(service).await {
            Ok(Ok(what)) => done(args, end, format!("{}{what}", step.what)),
            Ok(Err(refusal)) => {
                let meanwhile = refusal.kind() == "/problems/stale-revision";
                let why = if meanwhile { "\n  somebody changed it while this ran" } else { "" };
                end.failed = Some(format!("{}: {refusal}{why}", step.what));
                return;
            }
            Err(error) => {
                end.failed = Some(format!("{}: {error:#}; whether it was done is not known", step.what));
                return;
            }
        }
    }
}

async fn upload(args: &ApplyArgs, service: &Service, plan: &Plan, files: &Files, end: &mut End) {
    for component in plan.uploads.iter().filter_map(|index| files.components.get(*index)) {
        let what = format!("component {}@{}", component.id, component.version);
        let why = match service.upload(component.bytes.clone()).await {
            Ok(Ok(())) => {
                done(args, end, format!("{what} uploaded"));
                continue;
            }
            Ok(Err(refusal)) => refusal.to_string(),
            Err(error) => format!("{error:#}"),
        };
        end.failed = Some(format!("{what}: {why}"));
        return;
    }
}

fn done(args: &ApplyArgs, end: &mut End, what: String) {
    say(args, &format!("done: {what}"));
    end.applied.push(what);
}

/// What asks for more than anybody has granted, where plain `apply` can't go on.
fn unapproved(plan: &Plan) -> Option<Vec<Fault>> {
    let told = |(environment, connector, digest): (&str, &str, &str)| {
        let file = format!("environments/{environment}/connectors/{connector}.json");
        let text = format!(
            "its component asks for what nobody has approved: read the plan, then --approve {digest}, or \
                            write it into the file"
        );
        Fault::new(&file, "/approve", text)
    };
    let faults: Vec<Fault> = plan.unapproved().map(told).collect();
    (!faults.is_empty()).then_some(faults)
}

fn finish(args: &ApplyArgs, plan: &Plan, files: &Files, end: &End) -> anyhow::Result<ExitCode> {
    tell(args, plan, files, end)?;
    let Some(failed) = &end.failed else {
        if !end.applied.is_empty() {
            say(args, &format!("\nApplied: {}", show::count(end.applied.len(), "change")));
        }
        return Ok(ExitCode::SUCCESS);
    };
    eprintln!("error: {}", failed.lines().map(show::plain).collect::<Vec<_>>().join("\n"));
    match end.applied.as_slice() {
        [] => eprintln!("nothing was changed before it"),
        done => eprintln!("done before it, and kept:\n  {}", done.join("\n  ")),
    }
    eprintln!("hint: the same command again goes on from here");
    Ok(ExitCode::FAILURE)
}

/// Every fault, one a line.
fn refuse(args: &ApplyArgs, faults: &[Fault], came_to: &str) -> anyhow::Result<ExitCode> {
    if args.json {
        let told = |fault: &Fault| json!({"file": fault.file, "pointer": fault.pointer, "text": fault.text});
        print(&format!("{:#}", json!({"errors": faults.iter().map(told).collect::<Vec<_>>()})));
    }
    for fault in faults {
        eprintln!("error: {}", show::plain(&fault.to_string()));
    }
    eprintln!("{came_to}");
    Ok(ExitCode::FAILURE)
}

fn show(args: &ApplyArgs, plan: &Plan, files: &Files) -> anyhow::Result<()> {
    if !args.json {
        let on = std::io::stdout().is_terminal() && client_variable("NO_COLOR").is_none();
        print(show::plan(plan, files, Paint { on }).trim_end());
    }
    Ok(())
}

/// The plan and what became of it, for programs.
fn tell(args: &ApplyArgs, plan: &Plan, files: &Files, end: &End) -> anyhow::Result<()> {
    if !args.json {
        return Ok(());
    }
    let Counts { create, change, delete, unchanged } = Counts::of(plan);
    let uploads = plan.uploads.iter().filter_map(|index| files.components.get(*index));
    let uploads: Vec<String> = uploads.map(|one| format!("{}@{}", one.id, one.version)).collect();
    let environments: Vec<_> = plan.environments.iter().map(|one| &one.told).collect();
    let document = json!({
        "dry_run": args.dry_run,
        "changes": plan.changes(),
        "summary": {"create": create, "change": change, "delete": delete, "unchanged": unchanged},
        "uploads": uploads,
        "environments": environments,
        "applied": end.applied,
        "failed": end.failed,
    });
    print(&format!("{document:#}"));
    Ok(())
}

fn say(args: &ApplyArgs, text: &str) {
    if !args.json {
        print(text);
    }
}

#[expect(clippy::print_stdout, reason = "the command's result")]
fn print(text: &str) {
    println!("{text}");
}
