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

/// Run a component against transcripts.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn check(path: &Path, transcripts: Option<PathBuf>, json: bool) -> anyhow::Result<ExitCode> {
    let verdict = check::check_path(path, transcripts.as_deref(), &std::env::current_exe()?).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&verdict)?);
    } else {
        println!("{verdict}");
    }
    Ok(if verdict.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
