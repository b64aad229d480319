//! `countersign new`, `build`, `pack`, `check`: a connector author's steps.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use crate::connector::{check, package};
use crate::kit::new::{self, Language};

/// `countersign new`
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// Its id: the provider's name in lower case, such as `acme` or `acme-sms`.
    name: String,
    /// What it is written in.
    #[arg(long, value_enum)]
    lang: Language,
    /// Where to make it; a folder of its name here unless given.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Make a folder, and say what comes next.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn new(args: &NewArgs) -> anyhow::Result<ExitCode> {
    let dir = new::write(&args.name, args.lang, args.dir.as_deref())?;
    let shown = dir.display();
    println!("{shown}\n\nnext: countersign check {shown}    builds it and tries it in the sandbox");
    println!("      countersign dev {shown}      the same with each save, and a message to a stand-in of the provider");
    Ok(ExitCode::SUCCESS)
}

/// Build a folder and write the packed component.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn build(dir: &Path, out: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let built = package::build_dir(dir)?;
    let out = match out {
        Some(out) => {
            std::fs::copy(&built, &out).with_context(|| format!("can't write `{}`", out.display()))?;
            out
        }
        None => built,
    };
    println!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}

/// Put a folder's files into a component.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn pack(dir: &Path, wasm: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(wasm).with_context(|| format!("can't read `{}`", wasm.display()))?;
    let packed = package::pack(dir, &bytes)?;
    std::fs::write(out, packed).with_context(|| format!("can't write `{}`", out.display()))?;
    println!("{}", out.display());
    Ok(ExitCode::SUCCESS)
}

/// `countersign check`
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A packed component, or a connector's folder (which is then built).
    path: PathBuf,
    /// Folder or file of transcripts; the `transcripts` beside the component or in the folder unless given. With --table:
    /// more components and folders.
    #[arg(value_name = "TRANSCRIPTS")]
    more: Vec<PathBuf>,
    /// Answer in JSON.
    #[arg(long, conflicts_with = "table")]
    json: bool,
    /// Fail on warnings too.
    #[arg(long)]
    deny_warnings: bool,
    /// One row for each component, as a Markdown table: what each costs on this machine.
    #[arg(long)]
    table: bool,
}

/// What ends a check that could not be made: no such file, a build that fails, a toolchain that is missing.
const NOT_CHECKED: u8 = 2;
/// Mistakes on the command line, as everywhere.
const USAGE: u8 = 64;

/// Check components: 0 if they passed, 1 if a fault was found, 2 if one could not be checked.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    if !args.table && args.more.len() > 1 {
        eprintln!("error: one component and one folder of transcripts; --table takes several components");
        return Ok(ExitCode::from(USAGE));
    }
    if !args.table {
        let verdict = check_one(&args.path, args.more.first().map(PathBuf::as_path)).await;
        if let Ok(verdict) = &verdict {
            let told = if args.json { serde_json::to_string_pretty(&verdict.to_json())? } else { verdict.to_string() };
            println!("{told}");
        }
        return Ok(ExitCode::from(code(args, &verdict)));
    }
    println!("{}", check::TABLE_HEAD);
    let mut worst = 0;
    for path in std::iter::once(&args.path).chain(&args.more) {
        let verdict = check_one(path, None).await;
        if let Ok(verdict) = &verdict {
            println!("{}", verdict.row());
        }
        worst = worst.max(code(args, &verdict));
    }
    Ok(ExitCode::from(worst))
}

async fn check_one(path: &Path, transcripts: Option<&Path>) -> anyhow::Result<check::Verdict> {
    check::check_path(path, transcripts, &std::env::current_exe()?).await
}

fn code(args: &CheckArgs, verdict: &anyhow::Result<check::Verdict>) -> u8 {
    match verdict {
        Ok(verdict) if verdict.passed() && !(args.deny_warnings && verdict.warnings() > 0) => 0,
        Ok(_) => 1,
        Err(error) => {
            eprintln!("error: not checked: {error:#}");
            NOT_CHECKED
        }
    }
}
