//! npm and Node, on the author's machine: they bring the package and make the component. None of the package's own
//! install scripts runs, and it is described in a bare context of a process that may read nothing but the bundle.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

/// The first version of Node in which permissions are no experiment.
const PERMISSIONS_SINCE: u32 = 24;

/// An installed package, and the tools.
#[derive(Debug)]
pub(super) struct Source {
    pub name: String,
    pub version: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The folder that has esbuild, componentize-qjs and @noble/hashes in `node_modules`.
    pub tools: PathBuf,
}

/// Bring a package: a folder is taken as it is, a name comes from the registry into `work`.
pub(super) fn bring(package: &str, tools: Option<&Path>, work: &Path) -> anyhow::Result<Source> {
    let local = Path::new(package);
    let is_local = local.join("package.json").is_file();
    if let (Some(tools), true) = (tools, is_local) {
        return read(local, tools);
    }
    if let Some(tools) = tools {
        let (name, version) = split(package)?;
        let found = read(&tools.join("node_modules").join(name), tools);
        let found = found.with_context(|| format!("`{name}` is not installed in `{}`", tools.display()))?;
        if version.is_some_and(|version| version != found.version) {
            bail!(
                "`{}` has `{name}` {}: leave out --tools, and `{package}` is brought",
                tools.display(),
                found.version
            );
        }
        return Ok(found);
    }
    super::folder::unpack(work)?;
    let mut arguments =
        vec!["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact"];
    if !is_local {
        split(package)?;
        arguments.push(package);
    }
    run(Command::new("npm").args(arguments).current_dir(work))
        .context("npm could not bring the package and the tools")?;
    if is_local {
        return read(local, work);
    }
    read(&work.join("node_modules").join(split(package)?.0), work)
}

/// `@scope/name@1.2.3`; nothing that npm would take for a URL, a path or an option.
fn split(package: &str) -> anyhow::Result<(&str, Option<&str>)> {
    let at = package.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
    let (name, version) =
        at.map_or((package, None), |at| (package.get(..at).unwrap_or(package), package.get(at + 1..)));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._+^~".contains(&b));
    let bare = name.strip_prefix('@').unwrap_or(name);
    let parts: Vec<&str> = bare.split('/').collect();
    let whole = parts.len() == if name.starts_with('@') { 2 } else { 1 };
    let fits = whole && parts.iter().all(|part| !part.is_empty() && !part.starts_with(['-', '.']) && plain(part));
    if !fits || !version.is_none_or(plain) {
        bail!(
            "`{package}` is neither a folder with a package.json nor a package's name such as @logto/connector-twilio-sms"
        );
    }
    Ok((name, version))
}

fn read(folder: &Path, tools: &Path) -> anyhow::Result<Source> {
    let file = folder.join("package.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("can't read `{}`", file.display()))?;
    let json: Value = serde_json::from_str(&text).with_context(|| format!("`{}` is not JSON", file.display()))?;
    let text = |field: &str| {
        json.get(field)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .with_context(|| format!("`{}` has no {field}", file.display()))
    };
    if !tools.join("node_modules/esbuild").is_dir() {
        bail!("`{}` has no esbuild in node_modules: leave out --tools, and they are brought", tools.display());
    }
    Ok(Source { name: text("name")?, version: text("version")?, folder: folder.to_owned(), tools: tools.to_owned() })
}

/// Bundle the package with the adapter.
pub(super) fn bundle(source: &Source, adapter: &Path, mode: &str, out: &Path) -> anyhow::Result<()> {
    let mut node = Command::new("node");
    node.arg(adapter.join("build.mjs")).arg(&source.tools).arg(&source.folder).arg(mode).arg(out);
    run(&mut node).with_context(|| format!("`{}` can't be bundled", source.name))
}

/// Run what was bundled to describe itself, and answer what it printed.
pub(super) fn describe(adapter: &Path, bundle: &Path) -> anyhow::Result<String> {
    let adapter = adapter.canonicalize()?;
    let version = printed(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0_u32);
    let permission = if major >= PERMISSIONS_SINCE { "--permission" } else { "--experimental-permission" };
    let mut node = Command::new("node");
    node.arg(permission).arg(format!("--allow-fs-read={}/*", adapter.display())).arg("--no-warnings");
    node.arg(adapter.join("describe.mjs")).arg(bundle.canonicalize()?).env_remove("NODE_OPTIONS");
    printed(&mut node)
}

/// Make a component of a bundle.
pub(super) fn componentize(source: &Source, wit: &Path, bundle: &Path, out: &Path) -> anyhow::Result<()> {
    let mut tool = Command::new("node");
    tool.arg(source.tools.join("node_modules/componentize-qjs/cli.mjs")).arg("--wit").arg(wit).args([
        "--world",
        "connector",
        "--js",
    ]);
    tool.arg(bundle).args(["--sync", "--stub-wasi", "--output"]).arg(out);
    run(&mut tool).with_context(|| format!("`{}` can't be made a component", source.name))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    printed(command).map(|_| ())
}

fn printed(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("can't run `{program}`: adapting needs Node 20 or later, with npm"))?;
    if !output.status.success() {
        bail!("`{program}` ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{program}` printed something that is no text"))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_package_is_a_name_and_a_version_and_nothing_else() {
        assert_eq!(split("@logto/connector-twilio-sms@1.4.4").unwrap(), ("@logto/connector-twilio-sms", Some("1.4.4")));
        assert_eq!(split("connector-x").unwrap(), ("connector-x", None));
        for wrong in [
            "",
            "--global",
            "@logto",
            "../x",
            "https://evil.example/x.tgz",
            "git+ssh://x",
            "a b",
            "@a/b@file:x",
            "@a/--b",
        ] {
            assert!(split(wrong).unwrap_err().to_string().contains("neither a folder"), "{wrong}");
        }
    }
}
