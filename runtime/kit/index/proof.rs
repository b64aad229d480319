//! Who may speak for a provider: whoever can write into the DNS of the domains that the connector calls.
//!
//! A record `_countersign.DOMAIN TXT "v=countersign1; key=ed25519:…"`, where DOMAIN is what the provider registered
//! (`twilio.com` for `api.twilio.com`, by the public suffix list). Every domain of the manifest's hosts must have it: a
//! connector that also calls somebody else's domain is not that provider's own. An answer is as good as the resolver
//! that gave it: let it be one that checks DNSSEC.

use std::collections::BTreeSet;

use super::publisher::PublicKey;
use crate::egress;

/// What the DNS says of a publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// All of these domains name the key.
    Proven(Vec<String>),
    /// Not; why.
    Missing(String),
}

/// Where a domain names its publishers.
pub fn record_name(domain: &str) -> String {
    format!("_countersign.{domain}")
}

/// What that record says.
pub(super) fn record(key: &PublicKey) -> String {
    format!("v=countersign1; key={key}")
}

/// Ask the DNS for the domains of these hosts.
pub(super) async fn prove(hosts: &[String], key: &PublicKey, names: &egress::TxtNames) -> anyhow::Result<Proof> {
    let domains = match domains(hosts) {
        Ok(domains) => domains,
        Err(host) => return Ok(Proof::Missing(format!("`{host}` is no domain of anybody's: the operator chooses it"))),
    };
    if domains.is_empty() {
        return Ok(Proof::Missing("it calls nobody".to_owned()));
    }
    for domain in &domains {
        let records = names.texts(&record_name(domain)).await?;
        if !records.iter().any(|record| names_key(record, key)) {
            let found = if records.is_empty() { "there is none" } else { "it names another key" };
            return Ok(Proof::Missing(format!("no record at {} names its key: {found}", record_name(domain))));
        }
    }
    Ok(Proof::Proven(domains.into_iter().collect()))
}

/// Registered domains of host patterns; a host that has none is answered instead.
pub(super) fn domains(hosts: &[String]) -> Result<BTreeSet<String>, String> {
    hosts.iter().map(|host| domain(host).ok_or_else(|| host.clone())).collect()
}

/// What stands right of the last placeholder and star decides.
fn domain(host: &str) -> Option<String> {
    let host = host.split_once("://").map_or(host, |(_, host)| host);
    let fixed = host.rsplit_once(['}', '*']).map_or(Some(host), |(_, fixed)| fixed.split_once('.').map(|(_, f)| f))?;
    let name = fixed.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let domain = psl::domain_str(&name)?;
    // An address is no name, whatever the list makes of its last number.
    let is_name = domain.rsplit('.').next().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    is_name.then(|| domain.to_owned())
}

fn names_key(record: &str, key: &PublicKey) -> bool {
    let mut parts = record.split(';').map(str::trim);
    parts.next() == Some("v=countersign1") && parts.any(|part| part.strip_prefix("key=") == Some(&key.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_belongs_to_whoever_registered_its_domain() {
        for (host, expected) in [
            ("api.twilio.com", Some("twilio.com")),
            ("api.{config.edge}.{config.region}.twilio.com", Some("twilio.com")),
            ("*.sms.example.co.uk:8443", Some("example.co.uk")),
            ("http://gateway.example:8080", Some("gateway.example")),
            ("acme.azurewebsites.net", Some("acme.azurewebsites.net")),
            ("{config.url}", None),
            ("{config.name}.com", None),
            ("127.0.0.1", None),
            ("localhost", None),
        ] {
            assert_eq!(domain(host).as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn a_record_names_a_key_or_not() {
        let key: PublicKey = format!("ed25519:{}=", "A".repeat(43)).parse().unwrap();
        assert!(names_key(&record(&key), &key));
        assert!(names_key(&format!("v=countersign1;key=ed25519:old; key={key} "), &key));
        for wrong in [format!("key={key}"), format!("v=countersign2; key={key}"), "v=countersign1".into()] {
            assert!(!names_key(&wrong, &key), "{wrong}");
        }
    }
}
