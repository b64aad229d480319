//! Publishing and installing: an index that anybody can keep in a Git repository, one file a connector.
//!
//! An index says where a connector's releases lie and vouches for nothing. What is installed is judged by what can be
//! proven: its bytes by the digest that the publisher signed, the publisher by a record in the DNS of every domain that
//! the connector calls. Whoever keeps the index, or the server that the releases lie on, can leave a release
//! out; he can't change one. What the index says of a verdict is for people to read: the service judges for itself.

mod install;
mod proof;
mod publish;
mod publisher;
mod source;

use std::path::Path;

use anyhow::{Context as _, bail};
use semver::Version;
use serde::{Deserialize, Serialize};
use url::Url;

pub use install::{Install, Installed, install};
pub use proof::{Proof, record_name};
pub use publish::{Publish, publish};
pub use publisher::{PublicKey, SigningKey};

/// Longest file of an index.
const ENTRY_BYTES_MAX: u64 = 1 << 20;

/// `NAME.toml` of an index.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The connector's id.
    pub name: String,
    /// One sentence, for people.
    pub summary: String,
    /// In the order of their publication.
    #[serde(default)]
    pub releases: Vec<Release>,
}

/// One release of a connector.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Its version; its bytes never change.
    pub version: Version,
    /// Where the packed component lies; https.
    pub url: Url,
    /// `sha256:` and hexadecimal digits.
    pub digest: String,
    /// Who published it.
    pub key: PublicKey,
    /// By that key, over name, version and digest; base64.
    pub signature: String,
    /// What `countersign check` said, when it was published.
    pub verdict: Verdict,
}

/// What `countersign check` said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Transcripts that passed; all of them did.
    pub transcripts: usize,
    /// The program that checked: `countersign 0.1.0`.
    pub by: String,
}

/// What a publisher signs: nothing else than a release can be made to look like it, nor one release like another.
fn statement(name: &str, version: &Version, digest: &str) -> String {
    format!("countersign release 1\nname: {name}\nversion: {version}\ndigest: {digest}\n")
}

impl Entry {
    /// The file of a connector in an index's folder.
    pub fn read(folder: &Path, name: &str) -> anyhow::Result<Self> {
        if !is_id(name) {
            bail!("a connector's name has only a-z, 0-9 and hyphens: `{name}`");
        }
        let file = folder.join(format!("{name}.toml"));
        // A link in somebody's repository could lead to any file of this machine.
        match file.symlink_metadata() {
            Ok(about) if about.is_file() && about.len() <= ENTRY_BYTES_MAX => {}
            Ok(_) => bail!("`{}` is no file, or has more than 1 MiB", file.display()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("the index has no connector `{name}`"),
            Err(error) => return Err(error).with_context(|| format!("can't read `{}`", file.display())),
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("can't read `{}`", file.display()))?;
        let entry: Self = toml::from_str(&text).with_context(|| format!("`{}`", file.display()))?;
        if entry.name != name {
            bail!("`{}` is about another connector: `{}`", file.display(), entry.name);
        }
        Ok(entry)
    }

    /// The release of this version, or the newest that is no pre-release.
    fn choose(&self, version: Option<&Version>) -> anyhow::Result<&Release> {
        let found = match version {
            Some(version) => self.releases.iter().find(|release| release.version == *version),
            None => {
                let whole = self.releases.iter().filter(|release| release.version.pre.is_empty());
                whole.max_by(|a, b| a.version.cmp(&b.version))
            }
        };
        found.with_context(|| {
            let all: Vec<String> = self.releases.iter().map(|release| release.version.to_string()).collect();
            let asked = version.map_or_else(|| "that is no pre-release".to_owned(), |version| format!("{version}"));
            format!("the index has no release {asked} of `{}`; it has: {}", self.name, all.join(", "))
        })
    }
}

fn is_id(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
