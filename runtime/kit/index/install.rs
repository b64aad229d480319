//! `countersign install`: find a release, prove it, hand its bytes over.

use semver::Version;

use anyhow::{Context as _, bail};

use super::proof::{Proof, prove};
use super::publisher::PublicKey;
use super::source::Source;
use super::{Entry, Release, is_id, statement};
use crate::connector::digest::Digest;
use crate::connector::package::Package;
use crate::egress;

/// Longest download: what a service takes as an upload.
const COMPONENT_BYTES_MAX: usize = 32 << 20;

/// What is asked for.
pub struct Install<'a> {
    /// The connector's id.
    pub name: &'a str,
    /// A certain version; the newest release else.
    pub version: Option<&'a Version>,
    /// A folder, or a Git repository's address.
    pub index: &'a str,
    /// Publishers that are trusted without a proof.
    pub trusted: &'a [PublicKey],
    /// Whether an unproven publisher will do.
    pub unproven: bool,
    /// Who answers questions about names.
    pub names: &'a egress::TxtNames,
}

/// What was found.
#[derive(Debug)]
pub struct Installed {
    /// The packed component.
    pub wasm: Vec<u8>,
    /// The release.
    pub release: Release,
    /// Why its publisher is believed, in words.
    pub publisher: String,
}

/// Find, fetch and prove.
pub async fn install(asked: Install<'_>) -> anyhow::Result<Installed> {
    if !is_id(asked.name) {
        bail!("a connector's name has only a-z, 0-9 and hyphens: `{}`", asked.name);
    }
    let source = Source::open(asked.index)?;
    let entry = Entry::read(&source.folder(), asked.name)?;
    let release = entry.choose(asked.version)?.clone();
    let version = &release.version;
    // Before anything is fetched: who could write the index can't make a release.
    if !release.key.signed(&statement(asked.name, version, &release.digest), &release.signature) {
        bail!("the index's signature over {}@{version} is not by the key that it names: {}", asked.name, release.key);
    }
    let wasm = egress::download(&release.url, COMPONENT_BYTES_MAX).await?;
    let digest = format!("sha256:{}", Digest::of(&wasm));
    if digest != release.digest {
        bail!("what lies at `{}` is not what was published: {digest} instead of {}", release.url, release.digest);
    }
    let package = Package::extract(&wasm).map_err(|reasons| {
        anyhow::anyhow!("it is no packed component: {}", reasons.first().map(ToString::to_string).unwrap_or_default())
    })?;
    if package.manifest.id != asked.name || package.manifest.version != *version {
        bail!(
            "it calls itself {}@{}, and the index {}@{version}",
            package.manifest.id,
            package.manifest.version,
            asked.name
        );
    }
    let publisher = believed(&asked, &release, &package.manifest.hosts).await?;
    Ok(Installed { wasm, release, publisher })
}

async fn believed(asked: &Install<'_>, release: &Release, hosts: &[String]) -> anyhow::Result<String> {
    if asked.trusted.contains(&release.key) {
        return Ok("a key that you trust".to_owned());
    }
    let proof = prove(hosts, &release.key, asked.names).await.context("the publisher's key can't be looked up")?;
    match proof {
        Proof::Proven(domains) => Ok(format!("proven by the DNS of {}", domains.join(", "))),
        Proof::Missing(why) if asked.unproven => Ok(format!("not proven: {why}")),
        Proof::Missing(why) => bail!(
            "its publisher is not proven: {why}\n  hint: where you know the publisher, --trust {}; to take it all the same, --unproven",
            release.key
        ),
    }
}
