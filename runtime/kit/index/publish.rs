//! `countersign publish`: one more release in an index.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use url::Url;

use super::proof::{domains, record, record_name};
use super::publisher::SigningKey;
use super::{Entry, Release, Verdict, statement};
use crate::connector::check;
use crate::connector::digest::Digest;
use crate::connector::package::Package;

/// What is published, and where.
pub struct Publish<'a> {
    /// A connector's folder; it is built and checked.
    pub dir: &'a Path,
    /// Where its component will lie.
    pub url: Url,
    /// Who publishes it.
    pub key: &'a SigningKey,
    /// The index's folder.
    pub index: &'a Path,
    /// This program, which compiles what is checked.
    pub compiler: &'a Path,
}

/// What there is to do next.
pub struct Published {
    /// The component that has to lie at the address.
    pub component: PathBuf,
    /// The index's file.
    pub entry: PathBuf,
    /// Records that prove the key: name and text. None where no domain can.
    pub records: Vec<(String, String)>,
}

/// Check the folder, sign what it makes, and write it down.
pub async fn publish(asked: Publish<'_>) -> anyhow::Result<Published> {
    if asked.url.scheme() != "https" {
        bail!("a release lies at an https address: `{}`", asked.url);
    }
    let verdict = check::check_path(asked.dir, None, asked.compiler).await?;
    if !verdict.passed() {
        bail!("it does not pass, and is not published:\n{verdict}");
    }
    let built = Package::read_dir(asked.dir).map_err(|_| anyhow::anyhow!("the package can't be read"))?;
    let component = asked.dir.join(format!("{}.wasm", built.manifest.id));
    let wasm = std::fs::read(&component).with_context(|| format!("can't read `{}`", component.display()))?;
    let (name, version) = (built.manifest.id.clone(), built.manifest.version.clone());
    let digest = format!("sha256:{}", Digest::of(&wasm));
    let mut entry = match asked.index.join(format!("{name}.toml")).exists() {
        true => Entry::read(asked.index, &name)?,
        false => Entry { name: name.clone(), summary: String::new(), releases: Vec::new() },
    };
    if let Some(before) = entry.releases.iter().find(|release| release.version == version)
        && before.digest != digest
    {
        bail!("version {version} was published with other bytes: raise `version` in connector.toml");
    }
    entry.summary.clone_from(&built.manifest.summary);
    entry.releases.retain(|release| release.version != version);
    entry.releases.push(Release {
        signature: asked.key.sign(&statement(&name, &version, &digest)),
        key: asked.key.public(),
        url: asked.url,
        verdict: Verdict { transcripts: verdict.transcripts.len(), by: by() },
        version,
        digest,
    });
    let file = asked.index.join(format!("{name}.toml"));
    std::fs::write(&file, toml::to_string(&entry)?).with_context(|| format!("can't write `{}`", file.display()))?;
    let records = domains(&built.manifest.hosts).unwrap_or_default();
    let records = records.iter().map(|domain| (record_name(domain), record(&asked.key.public()))).collect();
    Ok(Published { component, entry: file, records })
}

fn by() -> String {
    format!("countersign {}", env!("CARGO_PKG_VERSION"))
}
