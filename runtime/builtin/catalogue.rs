//! The catalogue: one row for each built-in connector, made of what the connectors say of themselves.

use std::fmt::Write as _;

use serde::Serialize;

use super::{BuiltIn, all};
use crate::connector::manifest::{Content, Verified};
use crate::connector::reason::Reason;

/// A row.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its id: also its folder's name.
    pub id: String,
    /// For people.
    pub name: String,
    /// One sentence.
    pub summary: String,
    /// `sms`.
    pub channel: String,
    /// What it sends.
    pub content: Content,
    /// Countries, if it serves a few.
    pub countries: Vec<String>,
    /// What it can do.
    pub features: Vec<String>,
    /// What it was held against.
    pub verified: Option<Verified>,
    /// Bytes of the packed component.
    pub size: usize,
}

/// All rows, by id.
pub fn entries() -> Result<Vec<Entry>, Vec<Reason>> {
    all().iter().map(entry).collect()
}

fn entry(built_in: &BuiltIn) -> Result<Entry, Vec<Reason>> {
    let manifest = &built_in.package()?.manifest;
    Ok(Entry {
        id: manifest.id.clone(),
        name: manifest.name.clone(),
        summary: manifest.summary.clone(),
        channel: manifest.channel.clone(),
        content: manifest.content,
        countries: manifest.countries.clone(),
        features: manifest.features_with(&built_in.exports()),
        verified: manifest.verified.clone(),
        size: built_in.wasm.len(),
    })
}

const HEAD: &str = "# The connectors that come with Countersign

Made of their folders by `countersign catalogue --markdown`, and held to them by a test. A connector's page tells how to get
an account, what its fields are, which sender works where, and what its errors mean.

- **sends**: free `text`, or only templates that are registered with the provider (`template`), or `either`; or
  the provider makes and checks a code of `its own` ([how](../wit/verification.md)).
- **sender**: whether a name or a number can be given; a sender by country beats the configuration's.
- **reports**: the provider calls back, and its reports decide failover. **account**: credentials and balance can be checked.
- **validity**: the provider is told when the code's life ends. **repeat**: a repeated request is harmless (`safe`), or
  carries our reference (`named`).
- **verified**: `sdk`: its requests are those of the provider's own SDK, byte for byte where they are signed; `server`: tried
  against the server's own software; `documentation`: from documentation, not seen on the wire.

";

/// The page.
pub fn markdown(entries: &[Entry]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| connector | | sends | countries | sender | reports | account | validity | repeat | verified |\n");
    page.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for entry in entries {
        let has = |feature: &str| entry.features.iter().any(|had| had == feature);
        let mark = |feature: &str| if has(feature) { "yes" } else { "" };
        let content = match entry.content {
            _ if has("verification") => "its own code",
            Content::Text => "text",
            Content::TemplateId => "template",
            Content::Either => "either",
        };
        let sender = match (has("alphanumeric-sender"), has("numeric-sender")) {
            (true, true) => "name, number",
            (true, false) => "name",
            (false, true) => "number",
            (false, false) => "",
        };
        let repeat = if has("idempotency") {
            "safe"
        } else if has("reference") {
            "named"
        } else {
            ""
        };
        let verified = entry
            .verified
            .as_ref()
            .map_or_else(String::new, |verified| format!("{}, {}", verified.by.as_str(), verified.on));
        // A file of text does not fail to be written to memory.
        let _ = writeln!(
            page,
            "| [{}]({}/README.md) | {} | {content} | {} | {sender} | {} | {} | {} | {repeat} | {verified} |",
            entry.name,
            entry.id,
            entry.summary,
            entry.countries.join(" "),
            mark("delivery-reports"),
            mark("account"),
            mark("validity"),
        );
    }
    page
}
