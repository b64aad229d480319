//! What a component asks for, and who granted it.
//!
//! A manifest only asks. Built-in components get what they ask for; so does a request that is equal to or narrower
//! than what the connector's previous revision was granted. Anything wider is listed in words, and the operator
//! repeats the request with the digest of what he read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::connector::limits::Limits;
use crate::connector::manifest::{Manifest, sounds_secret};
use crate::credentials::Binding;
use crate::egress::HostPattern;

/// One request, resolved against a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Hosts that it would reach.
    pub hosts: BTreeSet<HostPattern>,
    /// Credentials that it would use, and where.
    pub credentials: BTreeMap<String, Binding>,
    /// Limits above the defaults, by name.
    pub limits: BTreeMap<String, u64>,
    /// Fields that it would read although they are named like secrets: its manifest says that they are none.
    #[serde(default)]
    pub reads: BTreeSet<String>,
}

impl Asked {
    /// What `manifest` asks for with this configuration.
    pub fn new(
        manifest: &Manifest,
        hosts: &[HostPattern],
        bindings: &BTreeMap<String, Binding>,
        defaults: &Limits,
    ) -> Self {
        let asked = &manifest.limits;
        let above = [
            ("requests", asked.requests.map(u64::from), u64::from(defaults.requests)),
            ("memory_mib", asked.memory_mib, defaults.memory_bytes >> 20),
            ("cpu_ms", asked.cpu_ms, defaults.cpu_ms),
            ("response_kib", asked.response_kib, defaults.response_bytes >> 10),
        ];
        let limits = above.into_iter().filter_map(|(name, asked, default)| {
            asked.filter(|asked| *asked > default).map(|asked| (name.to_owned(), asked))
        });
        let reads = manifest.public.iter().filter(|field| sounds_secret(field)).cloned();
        Self {
            hosts: hosts.iter().cloned().collect(),
            credentials: bindings.clone(),
            limits: limits.collect(),
            reads: reads.collect(),
        }
    }

    /// SHA-256 of the request's canonical form (maps and sets are ordered), in hexadecimal.
    pub fn digest(&self) -> String {
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(canonical))
    }

    /// Whether everything asked for was granted before.
    pub fn is_within(&self, granted: &Self) -> bool {
        let host = |asked: &HostPattern| granted.hosts.iter().any(|host| asked.is_within(host));
        let credential = |(name, asked): (&String, &Binding)| {
            granted.credentials.get(name).is_some_and(|granted| asked.is_within(granted))
        };
        let limit = |(name, asked): (&String, &u64)| granted.limits.get(name).is_some_and(|granted| asked <= granted);
        self.hosts.iter().all(host)
            && self.credentials.iter().all(credential)
            && self.limits.iter().all(limit)
            && self.reads.is_subset(&granted.reads)
    }

    /// The request in words, one line each.
    pub fn words(&self) -> Vec<String> {
        let hosts = self.hosts.iter().map(|host| format!("reaches {host}"));
        let credentials = self.credentials.values().map(Binding::words);
        let limits = self.limits.iter().map(|(name, value)| format!("may use {name} = {value}"));
        let reads = self.reads.iter().map(|field| format!("reads {field}, which is named like a secret"));
        hosts.chain(credentials).chain(limits).chain(reads).collect()
    }

    /// The limits of a call: the defaults, with what was granted above or asked below them.
    pub fn limits(manifest: &Manifest, defaults: &Limits) -> Limits {
        manifest.limits.over(defaults)
    }
}
