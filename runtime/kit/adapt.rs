//! `countersign adapt`: another ecosystem's connectors, inside our contract.
//!
//! Logto's SMS connectors are npm packages that run in its own process with everything that it may do. Here one of them
//! is taken as it is, bundled with what stands in for Node and for its libraries (`adapt/logto/`), and made a component:
//! it reaches the hosts that it was seen to reach, and never holds the secrets of its configuration.
//!
//! | step | |
//! |---|---|
//! | `npm` | brings the package and the pinned tools |
//! | `described` | what the package says of itself, and which requests it makes of a made-up configuration |
//! | `derived` | hosts and credentials out of those requests |
//! | `form`, `logo`, `readme`, `transcripts` | the other files of the folder |
//! | `folder` | all of it written, built and packed |

mod derived;
mod described;
mod folder;
mod form;
mod logo;
mod manifest;
mod npm;
mod provider;
mod readme;
mod spelled;
mod transcripts;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use described::Described;

/// What to adapt, and how.
#[derive(Debug)]
pub struct Request {
    /// A package's name, with `@VERSION` if you like, or a folder in which it is installed.
    pub package: String,
    /// Where to write; a folder of its id here unless given.
    pub dir: Option<PathBuf>,
    /// A folder in which the tools are installed already.
    pub tools: Option<PathBuf>,
    /// Fields that are named like secrets and that the connector may read.
    pub public: Vec<String>,
}

/// What was made.
#[derive(Debug)]
pub struct Adapted {
    /// The folder.
    pub dir: PathBuf,
    /// The packed component in it.
    pub component: PathBuf,
    /// The hosts that it reaches.
    pub hosts: Vec<String>,
    /// Fields that only the host reads.
    pub secrets: Vec<String>,
}

/// Adapt one of Logto's SMS connectors.
pub fn logto(request: &Request) -> anyhow::Result<Adapted> {
    let work = tempfile::tempdir().context("can't make a folder to work in")?;
    let adapter = work.path().join("adapter");
    folder::unpack(&adapter)?;
    let source = npm::bring(&request.package, request.tools.as_deref(), &work.path().join("npm"))?;
    let id = id_of(&source.name)?;
    let dir = request.dir.clone().unwrap_or_else(|| PathBuf::from(&id));
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("`{}` is there already and not empty; --dir puts the connector elsewhere", dir.display());
    }
    let described = describe(&source, &adapter)?;
    if described.kind != "Sms" {
        bail!("`{}` is a connector for {}: only those that send SMS can be adapted", source.name, described.kind);
    }
    let provider = provider::of(&described.metadata.id)?;
    let derived = derived::derive(&described, &request.public)?;
    let plan = derived.plan(&described, &provider);
    let new = folder::New {
        id: &id,
        dir: &dir,
        source: &source,
        described: &described,
        derived: &derived,
        provider: &provider,
    };
    let component = new.make(&adapter, &plan)?;
    Ok(Adapted { component, hosts: derived.hosts.clone(), secrets: derived.secrets.clone(), dir })
}

/// Bundle the package and let it say what it is.
fn describe(source: &npm::Source, adapter: &Path) -> anyhow::Result<Described> {
    let bundle = adapter.join("described.cjs");
    npm::bundle(source, adapter, "describe", &bundle)?;
    let said =
        npm::describe(adapter, &bundle).with_context(|| format!("`{}` could not be asked what it is", source.name))?;
    serde_json::from_str(&said).with_context(|| format!("`{}` is not a connector of Logto's", source.name))
}

/// `@logto/connector-twilio-sms` becomes `logto-twilio-sms`: beside our own connectors, never in place of one.
fn id_of(package: &str) -> anyhow::Result<String> {
    let bare = package.rsplit('/').next().unwrap_or_default().trim_start_matches("connector-");
    let id: String =
        bare.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let id = format!("logto-{}", id.trim_matches('-'));
    if id.len() > 64 || id.len() <= "logto-".len() {
        bail!("`{package}` gives no id of at most 64 characters");
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn a_package_gets_an_id_that_is_no_connector_of_ours() {
        assert_eq!(id_of("@logto/connector-twilio-sms").unwrap(), "logto-twilio-sms");
        assert_eq!(id_of("connector-acme_sms").unwrap(), "logto-acme-sms");
        assert!(id_of("@logto/").is_err());
        assert!(id_of(&"x".repeat(70)).is_err());
    }
}
