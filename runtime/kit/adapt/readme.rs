//! The folder's README: what became of the package, and then its own.

use super::derived::Derived;
use super::described::{Described, Metadata};
use super::manifest::name;
use super::npm::Source;

/// More than this no package holds (`connector/package.rs`).
const BYTES_MAX: usize = 250 << 10;

/// The README of an adapted package.
pub(super) fn of(
    source: &Source,
    described: &Described,
    derived: &Derived,
    licence: Option<&str>,
    own: Option<&str>,
) -> String {
    let metadata = &described.metadata;
    let Source { name: package, version, .. } = source;
    let hosts = listed(&derived.hosts);
    let secrets = if derived.secrets.is_empty() { "none".to_owned() } else { listed(&derived.secrets) };
    let texts = match metadata.templates() {
        Some(templates) if templates.text.is_some() => {
            "What is sent is the text of Countersign's templates. Give `templates` as you have them in Logto, and they are \
             used for messages that carry a code."
        }
        Some(_) => {
            "The provider sends registered templates. Give `templates` as you have them in Logto, or name a template id in \
             Countersign's own texts, which goes before them."
        }
        None => "The package sends the code and its purpose; whoever receives it makes the text.",
    };
    let licence = licence
        .map(|licence| {
            format!(" Its licence is {licence}; `connector.js` is its own code, bundled as it was published.")
        })
        .unwrap_or_default();
    let head = format!(
        "# {}\n\nThis is `{package}` {version}, made a connector of Countersign's by `countersign adapt logto`.{licence}\n\n\
         - It reaches: {hosts}\n- Only the host reads: {secrets}\n- Its configuration is the one that Logto has; paste it as it is.\n\n\
         {texts}\n\nWhat follows is the package's own README, written for Logto's console.\n\n---\n\n",
        name(metadata),
    );
    let own = own.unwrap_or_else(|| Metadata::english(&metadata.description).unwrap_or_default());
    let room = BYTES_MAX.saturating_sub(head.len());
    let end = own.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
    head + own.get(..end).unwrap_or_default()
}

fn listed(items: &[String]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}
