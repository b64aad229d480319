//! `connector.toml`: what a component says of itself. It only asks; what it gets is decided elsewhere.

mod catalogued;
mod lint;
mod logo;

use std::collections::BTreeMap;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::limits::Limits;
use super::reason::Reason;
use crate::credentials::{Declaration, fill};
use crate::egress::HostPattern;

pub use catalogued::{FEATURES, Means, Verified};
pub use lint::{lint, sounds_secret};
pub use logo::lint as lint_logo;

/// A manifest. Unknown fields are kept and not fatal: a newer author's tool may write them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Lower-case letters, digits and hyphens.
    pub id: String,
    /// For people.
    pub name: String,
    /// Semantic version of the component.
    pub version: Version,
    /// Version of the contract that it was written for.
    pub contract: Version,
    /// `sms`.
    pub channel: String,
    /// One sentence.
    pub summary: String,
    /// The provider's website.
    #[serde(default)]
    pub website: Option<String>,
    /// The provider's documentation.
    #[serde(default)]
    pub documentation: Option<String>,
    /// What it sends.
    #[serde(default)]
    pub content: Content,
    /// What of a provider's answer says yes.
    #[serde(default)]
    pub success: Success,
    /// Hosts that it would reach: patterns, possibly with `{config.x}`.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Fields of the configuration that are secrets.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Fields that are named like secrets and are none.
    #[serde(default)]
    pub public: Vec<String>,
    /// How the host uses the secrets.
    #[serde(default)]
    pub credentials: BTreeMap<String, Declaration>,
    /// Limits other than the defaults.
    #[serde(default)]
    pub limits: AskedLimits,
    /// Countries that it serves; informative.
    #[serde(default)]
    pub countries: Vec<String>,
    /// What it can do, of [`FEATURES`]; informative.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// What it was held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// Command that builds the folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// What that command makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Whatever else there is.
    #[serde(flatten)]
    pub other: BTreeMap<String, toml::Value>,
}

/// What a connector sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Free text.
    #[default]
    Text,
    /// Registered templates only.
    TemplateId,
    /// Either.
    Either,
}

/// What of a provider's answer says that it took the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Success {
    /// The body does, whatever the status: an id, a word.
    #[default]
    Body,
    /// Any 2xx does: a webhook, or a provider that answers with nothing.
    Status,
}

/// Limits that a manifest asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedLimits {
    /// HTTP requests of a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
    /// Linear memory, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u64>,
    /// CPU time, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_ms: Option<u64>,
    /// HTTP answer, in KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_kib: Option<u64>,
}

impl AskedLimits {
    /// The limits of a call: the defaults, with what is asked for in their place.
    pub fn over(&self, defaults: &Limits) -> Limits {
        let mut limits = defaults.clone();
        limits.requests = self.requests.unwrap_or(limits.requests);
        limits.cpu_ms = self.cpu_ms.unwrap_or(limits.cpu_ms);
        limits.memory_bytes = self.memory_mib.map_or(limits.memory_bytes, |mib| mib << 20);
        limits.response_bytes = self.response_kib.map_or(limits.response_bytes, |kib| kib << 10);
        limits
    }
}

/// Read a manifest.
pub fn parse(text: &str) -> Result<Manifest, Reason> {
    let refuse = |error: &toml::de::Error| {
        let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        let place = "`place` is one of { header = NAME }, { query = NAME }, { form = NAME }, { json = POINTER }, { xml = PATH } and { path = INDEX }";
        let message = error.message().replace("unknown variant", "this version serves no kind");
        let message = message.replace("data did not match any variant of untagged enum Place", place);
        Reason::new(
            "manifest",
            match line {
                Some(line) => format!("connector.toml, line {line}: {message}"),
                None => format!("connector.toml: {message}"),
            },
        )
    };
    toml::from_str(text).map_err(|error| refuse(&error))
}

impl Manifest {
    /// The hosts with this configuration. One whose field is not set is left out.
    pub fn resolve_hosts(&self, config: &Map<String, Value>) -> Result<Vec<HostPattern>, Vec<Reason>> {
        let mut hosts = Vec::new();
        let mut reasons = Vec::new();
        for template in &self.hosts {
            match resolve_host(template, config) {
                Ok(host) => hosts.extend(host),
                Err(reason) => reasons.push(reason),
            }
        }
        if reasons.is_empty() { Ok(hosts) } else { Err(reasons) }
    }
}

fn resolve_host(template: &str, config: &Map<String, Value>) -> Result<Option<HostPattern>, Reason> {
    let field = template.strip_prefix("{config.").and_then(|rest| rest.strip_suffix('}')).filter(|f| !f.contains('{'));
    if let Some(field) = field {
        let Some(text) = config.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let refuse = || Reason::at("host", &format!("/config/{field}"), "this has to be a URL, https://… or http://…");
        let url = Url::parse(text).map_err(|_| refuse())?;
        return match HostPattern::parse(&url.origin().ascii_serialization()) {
            Ok(host) if url.username().is_empty() && url.password().is_none() => Ok(Some(host)),
            _ => Err(refuse()),
        };
    }
    let label = |value: &str| {
        let fits =
            value.len() <= 63 && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        // Something that no host has: the pattern then does not parse, and the field is named below.
        if fits { value.to_owned() } else { "/".to_owned() }
    };
    match fill(template, config, label) {
        Err(_) => Ok(None),
        Ok(host) => HostPattern::parse(&host).map(Some).map_err(|error| {
            let text = format!("`{template}` does not give a host with this configuration: {error}");
            Reason::at("host", "/config", &text)
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hosts(template: &str, config: Value) -> Result<Vec<String>, Reason> {
        let host = resolve_host(template, config.as_object().unwrap())?;
        Ok(host.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_placeholder_is_one_label() {
        let template = "api.{config.edge}.{config.region}.twilio.com";
        assert_eq!(hosts(template, json!({"edge": "dublin", "region": "ie1"})).unwrap(), ["api.dublin.ie1.twilio.com"]);
        assert!(
            hosts(template, json!({"edge": "dublin"})).unwrap().is_empty(),
            "a host whose field is not set is left out"
        );
        for edge in ["evil.example/", "a.b", "*", "A", "x@y", ""] {
            let result = hosts(template, json!({"edge": edge, "region": "ie1"}));
            assert!(result.is_err() || result.unwrap().is_empty(), "{edge}");
        }
    }

    #[test]
    fn a_uri_field_gives_its_origin_and_nothing_else() {
        assert_eq!(
            hosts("{config.url}", json!({"url": "https://gw.example:8443/a/b?c"})).unwrap(),
            ["gw.example:8443"]
        );
        assert_eq!(hosts("{config.url}", json!({"url": "http://gw.example/"})).unwrap(), ["http://gw.example"]);
        for url in ["ftp://x", "nonsense", "https://user:pw@gw.example/"] {
            assert_eq!(
                hosts("{config.url}", json!({ "url": url })).unwrap_err().pointer.as_deref(),
                Some("/config/url"),
                "{url}"
            );
        }
    }

    #[test]
    fn a_kind_of_credential_that_we_do_not_serve_is_named() {
        let text = "id='x'\nname='X'\nversion='1.0.0'\ncontract='1.0.0'\nchannel='sms'\nsummary='s'\n[credentials.k]\nkind='telepathy'\nmethods=['POST']\npaths=['/']\n";
        let reason = parse(text).unwrap_err();
        assert!(reason.text.contains("telepathy"), "{reason}");
    }

    #[test]
    fn an_unknown_field_is_kept() {
        let text = "id='x'\nname='X'\nversion='1.0.0'\ncontract='1.0.0'\nchannel='sms'\nsummary='s'\nfuture='yes'\n";
        assert_eq!(parse(text).unwrap().other.get("future").and_then(toml::Value::as_str), Some("yes"));
    }
}
