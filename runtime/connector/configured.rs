//! A component's package with a configuration, as it is tried out beside a service: what it sees of it, what it does not, and
//! where it may go. A service reads the same out of its store (`setup`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::package::Package;
use super::reason::Reason;
use super::schema;
use crate::credentials::{Binding, resolve};
use crate::egress::HostPattern;
use crate::secret::Secret;

/// The parts.
pub(super) struct Configured {
    /// What the component sees, with the schema's defaults.
    pub(super) public: Map<String, Value>,
    /// What it does not.
    pub(super) secrets: BTreeMap<String, Secret<String>>,
    /// Where it may go.
    pub(super) hosts: Vec<HostPattern>,
    /// How its secrets are placed. A credential whose field is not set is not available, as in a service.
    pub(super) bindings: BTreeMap<String, Binding>,
}

impl Configured {
    /// Take a configuration apart; or why its hosts are none.
    pub(super) fn of(package: &Package, config: &Map<String, Value>) -> Result<Self, Vec<Reason>> {
        let manifest = &package.manifest;
        let mut public = schema::with_defaults(&package.schema, config);
        let mut secrets = BTreeMap::new();
        for field in &manifest.secrets {
            if let Some(Value::String(secret)) = public.remove(field) {
                secrets.insert(field.clone(), Secret::new(secret));
            }
        }
        let hosts = manifest.resolve_hosts(&public)?;
        let declared = manifest.credentials.iter();
        let bindings = declared
            .filter_map(|(name, declared)| Some((name.clone(), resolve(name, declared, &hosts, &public).ok()?)))
            .collect();
        Ok(Self { public, secrets, hosts, bindings })
    }

    /// As the component reads it.
    pub(super) fn config(&self) -> String {
        serde_json::to_string(&self.public).unwrap_or_default()
    }
}

/// In one line.
pub(super) fn first(reasons: &[Reason]) -> String {
    reasons.first().map(ToString::to_string).unwrap_or_default()
}
