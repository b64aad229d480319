//! `countersign check`: a real component in the real sandbox. Transcripts are played against a real socket that answers
//! as they say; what every connector has to stand (`standard`), and what toolchains get wrong without a word (`traps`,
//! `frozen`), is tried against a stand-in within this process, so that a service can do the same with an upload.

mod compare;
mod examine;
mod figures;
mod frozen;
mod judge;
mod others;
mod package;
mod play;
mod rig;
mod scene;
mod script;
mod standard;
mod traps;
mod verdict;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::limits::Limits;
use super::package::{Package, build_dir};
use super::reason::Reason;
use super::sandbox::{Sandbox, SandboxOptions};
use play::{Played, files};

pub use examine::{Patience, Subject, examine};
pub use verdict::{Examined, Figures, Finding, Level, Outcome, TABLE_HEAD, Verdict};

/// Check a packed component, or a connector's folder, which is built first. An error means that it could not be checked;
/// what is wrong with the component is in the verdict.
pub async fn check_path(path: &Path, transcripts: Option<&Path>, compiler: &Path) -> anyhow::Result<Verdict> {
    let is_folder = path.is_dir();
    if path.join("connector.toml").is_file() {
        // What keeps a folder from being packed is a fault of its package: said as such, before anything is built.
        let reasons = Package::read_dir(path).map_or_else(|reasons| reasons, |package| package.lint());
        if !reasons.is_empty() {
            return Ok(refused(path.display().to_string(), reasons));
        }
    }
    let (file, default) = if is_folder {
        (build_dir(path)?, path.join("transcripts"))
    } else {
        (path.to_path_buf(), path.parent().unwrap_or(Path::new(".")).join("transcripts"))
    };
    let wasm = std::fs::read(&file).with_context(|| format!("can't read `{}`", file.display()))?;
    let scratch = tempfile::tempdir()?;
    let sandbox = Sandbox::new(SandboxOptions {
        limits: Limits::default(),
        slots: Some(8),
        cache_dir: scratch.path().join("cache"),
        compiler: compiler.to_path_buf(),
        upload_bytes_max: 32 << 20,
        // The author's own component on his own machine, which may be busy: a service has its own limit.
        compile_deadline: Duration::from_secs(300),
        compile_memory_bytes: 2 << 30,
    })?;
    let transcripts = transcripts.or(Some(default.as_path()).filter(|folder| folder.is_dir()));
    let mut verdict = check(&sandbox, &wasm, transcripts).await?;
    if verdict.component.is_empty() {
        verdict.component = file.display().to_string();
    }
    // An author has some; a component alone may have none.
    if is_folder && transcripts.is_none() {
        verdict.examined.package.push(no_transcripts(&default));
    }
    Ok(verdict)
}

fn refused(component: String, reasons: Vec<Reason>) -> Verdict {
    let examined = Examined { package: package::refused(reasons), ..Examined::default() };
    Verdict { component, examined, transcripts: Vec::new() }
}

fn no_transcripts(folder: &Path) -> Finding {
    let text = format!("there are no transcripts in `{}`", folder.display());
    Finding::fault("transcripts", text)
        .hint("one file a call: what it is asked, what is on the wire, what comes of it; wit/manifest.md has examples")
}

/// Check a packed component, and play the transcripts of a folder, or of one file.
pub async fn check(sandbox: &Sandbox, wasm: &[u8], transcripts: Option<&Path>) -> anyhow::Result<Verdict> {
    check_within(sandbox, wasm, transcripts, Patience::AUTHOR).await
}

/// The same, with other patience.
pub async fn check_within(
    sandbox: &Sandbox,
    wasm: &[u8],
    transcripts: Option<&Path>,
    patience: Patience,
) -> anyhow::Result<Verdict> {
    let package = match Package::extract(wasm) {
        Ok(package) => package,
        // What it is, if it is no component, is said before what it lacks.
        Err(reasons) => return Ok(refused(String::new(), sandbox.inspect(wasm).err().unwrap_or(reasons))),
    };
    let name = format!("{}@{}", package.manifest.id, package.manifest.version);
    let reasons: Vec<Reason> =
        sandbox.inspect(wasm).err().unwrap_or_default().into_iter().chain(package.lint()).collect();
    if !reasons.is_empty() {
        return Ok(refused(name, reasons));
    }
    let component = match sandbox.load(wasm).await {
        Ok(component) => component,
        Err(error) => return error.as_reason().map(|reason| refused(name, vec![reason])).ok_or_else(|| error.into()),
    };
    let (compile_ms, limits) = (component.compile_ms(), &Limits::default());
    let subject = Subject { component: &component, package: &package, wasm, compile_ms, limits };
    let mut examined = examine(&subject, patience).await;
    let mut played = Played::new(&subject, patience);
    if let Some(folder) = transcripts {
        let files = files(folder)?;
        if files.is_empty() {
            examined.package.push(no_transcripts(folder));
        }
        for file in files {
            played.play(&file).await?;
        }
    }
    examined.package.extend(played.unused());
    Ok(Verdict { component: name, examined, transcripts: played.outcomes })
}
