//! Building an author's folder, with his toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::{Package, explain, pack_made, provider};

/// What a component is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// To be used: small.
    Release,
    /// To be tried at once, and built again with the next change. Only cargo is told: a `build` command is what it is.
    Quick,
}

/// How a folder becomes a component.
pub struct Build {
    /// A command that builds it, to be run in the folder; none where there is no code.
    pub command: Option<Command>,
    made: Made,
}

/// A component or a core module, not packed.
enum Made {
    /// By the command, here.
    File(PathBuf),
    /// Of a provider.toml.
    Component(Vec<u8>),
}

impl Build {
    /// Without a toolchain where there is a provider.toml, by the manifest's `build` command, or by cargo where there is
    /// a Cargo.toml.
    pub fn of(dir: &Path, package: &Package, profile: Profile) -> anyhow::Result<Self> {
        if package.provider.is_some() {
            return Ok(Self { command: None, made: Made::Component(without_code(dir, package)?) });
        }
        let manifest = &package.manifest;
        let Some(build) = &manifest.build else { return cargo(dir, profile) };
        let mut command = Command::new("sh");
        command.args(["-c", build]).current_dir(dir);
        let made = manifest.output.clone().unwrap_or_else(|| format!("target/{}.component.wasm", manifest.id));
        Ok(Self { command: Some(command), made: Made::File(dir.join(made)) })
    }

    /// The folder's package, or everything that is wrong with it.
    pub fn package(dir: &Path) -> anyhow::Result<Package> {
        Package::read_dir(dir).map_err(|reasons| explain(dir, &reasons))
    }

    /// What was made, once the command has run.
    pub fn read(self) -> anyhow::Result<Vec<u8>> {
        match self.made {
            Made::File(made) => std::fs::read(&made).with_context(|| format!("the build made no `{}`", made.display())),
            Made::Component(wasm) => Ok(wasm),
        }
    }
}

/// Build an author's folder, pack the result into `NAME.wasm` in the folder, and answer where it is.
pub fn build_dir(dir: &Path) -> anyhow::Result<PathBuf> {
    let package = Build::package(dir)?;
    let mut build = Build::of(dir, &package, Profile::Release)?;
    build.command.as_mut().map_or(Ok(()), run)?;
    let out = dir.join(format!("{}.wasm", package.manifest.id));
    std::fs::write(&out, pack_made(dir, &build.read()?)?)
        .with_context(|| format!("can't write `{}`", out.display()))?;
    Ok(out)
}

/// The component of a folder whose provider.toml is all there is of it.
fn without_code(dir: &Path, package: &Package) -> anyhow::Result<Vec<u8>> {
    for (beside, there) in [
        ("`build = \"…\"` in connector.toml", package.manifest.build.is_some()),
        ("a Cargo.toml", dir.join("Cargo.toml").is_file()),
    ] {
        if there {
            bail!("`{}` has a {} and {beside}: only one of them can be the connector", dir.display(), provider::FILE);
        }
    }
    let text = package.provider.as_deref().unwrap_or_default();
    let mut reasons = package.lint();
    let read = provider::read(text, &package.manifest, &package.schema);
    reasons.extend(read.as_ref().err().into_iter().flatten().cloned());
    match read {
        Ok(read) if reasons.is_empty() => provider::component(&read),
        _ => Err(explain(dir, &reasons)),
    }
}

fn cargo(dir: &Path, profile: Profile) -> anyhow::Result<Build> {
    let text = std::fs::read_to_string(dir.join("Cargo.toml")).with_context(|| {
        format!(
            "`{}` has neither a provider.toml, nor `build = \"…\"` in connector.toml, nor a Cargo.toml",
            dir.display()
        )
    })?;
    let table: toml::Table = text.parse().context("Cargo.toml")?;
    let name = table
        .get("package")
        .and_then(|p| p.get("name"))
        .and_then(toml::Value::as_str)
        .context("Cargo.toml has no package name")?;
    let target = dir.join("target");
    let mut command = Command::new("cargo");
    command.args(["build", "--target", "wasm32-unknown-unknown"]);
    command.args(["--config", "target.wasm32-unknown-unknown.linker=\"wasm-component-ld\""]);
    // A profile of the author's own would not exist in every folder.
    let folder = match profile {
        Profile::Release => {
            command.arg("--release");
            // Half the size, and quicker to compile.
            command.args(["--config", "profile.release.opt-level=\"s\"", "--config", "profile.release.lto=true"]);
            command.args([
                "--config",
                "profile.release.codegen-units=1",
                "--config",
                "profile.release.panic=\"abort\"",
            ]);
            command.args(["--config", "profile.release.strip=true"]);
            "release"
        }
        Profile::Quick => {
            // Incremental and without LTO: 0.4 s after a change, where a release takes 2.3 s. Not optimised at all, it
            // is no sooner built, and the sandbox compiles three times as much.
            command.args(["--config", "profile.dev.opt-level=\"s\"", "--config", "profile.dev.debug=false"]);
            // Its words are shown when something is wrong, and then what it compiled before is in the way.
            command.arg("--quiet");
            command.args(["--config", "profile.dev.panic=\"abort\"", "--config", "profile.dev.strip=true"]);
            "debug"
        }
    };
    command.args(["-p", name, "--target-dir"]).arg(std::path::absolute(&target)?).current_dir(dir);
    let made = target.join("wasm32-unknown-unknown").join(folder).join(format!("{}.wasm", name.replace('-', "_")));
    Ok(Build { command: Some(command), made: Made::File(made) })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("can't run {command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} ended with {status}") }
}
