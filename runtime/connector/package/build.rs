//! Building an author's folder, with his toolchain.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::{Package, explain, pack};

/// What a component is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// To be used: small.
    Release,
    /// To be tried at once, and built again with the next change. Only cargo is told: a `build` command is what it is.
    Quick,
}

/// A command that builds a folder, and what it makes.
pub struct Build {
    /// To be run in the folder.
    pub command: Command,
    /// A component or a core module, not packed.
    pub made: PathBuf,
}

impl Build {
    /// By the manifest's `build` command, or by cargo where there is a Cargo.toml.
    pub fn of(dir: &Path, package: &Package, profile: Profile) -> anyhow::Result<Self> {
        let manifest = &package.manifest;
        let Some(build) = &manifest.build else { return cargo(dir, profile) };
        let mut command = Command::new("sh");
        command.args(["-c", build]).current_dir(dir);
        let made = manifest.output.clone().unwrap_or_else(|| format!("target/{}.component.wasm", manifest.id));
        Ok(Self { command, made: dir.join(made) })
    }

    /// The folder's package, or everything that is wrong with it.
    pub fn package(dir: &Path) -> anyhow::Result<Package> {
        Package::read_dir(dir).map_err(|reasons| explain(dir, &reasons))
    }

    /// What a build made.
    pub fn read(made: &Path) -> anyhow::Result<Vec<u8>> {
        std::fs::read(made).with_context(|| format!("the build made no `{}`", made.display()))
    }
}

/// Build an author's folder, pack the result into `NAME.wasm` in the folder, and answer where it is.
pub fn build_dir(dir: &Path) -> anyhow::Result<PathBuf> {
    let package = Build::package(dir)?;
    let mut build = Build::of(dir, &package, Profile::Release)?;
    run(&mut build.command)?;
    let out = dir.join(format!("{}.wasm", package.manifest.id));
    std::fs::write(&out, pack(dir, &Build::read(&build.made)?)?)
        .with_context(|| format!("can't write `{}`", out.display()))?;
    Ok(out)
}

fn cargo(dir: &Path, profile: Profile) -> anyhow::Result<Build> {
    let text = std::fs::read_to_string(dir.join("Cargo.toml")).with_context(|| {
        format!("`{}` has neither `build = \"…\"` in connector.toml nor a Cargo.toml", dir.display())
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
    Ok(Build { command, made })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("can't run {command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} ended with {status}") }
}
