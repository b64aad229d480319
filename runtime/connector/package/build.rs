//! Building an author's folder, with his toolchain.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{Package, explain, pack, provider};

/// Build an author's folder: without a toolchain where there is a provider.toml, by the manifest's `build` command, or
/// by cargo where there is a Cargo.toml. Packs the result into `NAME.wasm` in the folder, and answers where it is.
pub fn build_dir(dir: &Path) -> anyhow::Result<PathBuf> {
    let package = Package::read_dir(dir).map_err(|reasons| explain(dir, &reasons))?;
    let id = package.manifest.id.clone();
    let out = dir.join(format!("{id}.wasm"));
    let write =
        |packed: Vec<u8>| std::fs::write(&out, packed).with_context(|| format!("can't write `{}`", out.display()));
    if package.provider.is_some() {
        write(without_code(dir, &package)?)?;
        return Ok(out);
    }
    let built = match &package.manifest.build {
        Some(build) => {
            run(std::process::Command::new("sh").args(["-c", build]).current_dir(dir))?;
            dir.join(package.manifest.output.clone().unwrap_or_else(|| format!("target/{id}.component.wasm")))
        }
        None => cargo(dir)?,
    };
    let wasm = std::fs::read(&built).with_context(|| format!("the build made no `{}`", built.display()))?;
    write(pack(dir, &wasm)?)?;
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
        Ok(read) if reasons.is_empty() => Ok(package.embed(&provider::component(&read)?)),
        _ => Err(explain(dir, &reasons)),
    }
}

fn cargo(dir: &Path) -> anyhow::Result<PathBuf> {
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
    run(std::process::Command::new("cargo")
        .args([
            "build",
            "--release",
            "--target",
            "wasm32-unknown-unknown",
            "--config",
            "target.wasm32-unknown-unknown.linker=\"wasm-component-ld\"",
        ])
        // Half the size, and quicker to compile; a profile of the author's own would not exist in every folder.
        .args(["--config", "profile.release.opt-level=\"s\"", "--config", "profile.release.lto=true"])
        .args(["--config", "profile.release.codegen-units=1", "--config", "profile.release.panic=\"abort\""])
        .args(["--config", "profile.release.strip=true"])
        .args(["-p", name, "--target-dir"])
        .arg(std::path::absolute(&target)?)
        .current_dir(dir))?;
    Ok(target.join("wasm32-unknown-unknown/release").join(format!("{}.wasm", name.replace('-', "_"))))
}

fn run(command: &mut std::process::Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("can't run {command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} ended with {status}") }
}
