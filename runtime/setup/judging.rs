//! Judging a connector's configuration before anything of it is stored: every fault, each by JSON Pointer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::connector::manifest::{Content, Manifest};
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::connector::schema;
use crate::credentials::{self, Binding, Keyring, Net, ResolveError};
use crate::egress::HostPattern;
use crate::otp::sign_in::SignInExperience;
use crate::secret::Secret;
use crate::texts::{Sender, Shared, Template, lint, sender, shared};

/// A configuration taken apart: what the guest sees, and what it never sees.
pub(super) struct Split {
    /// Everything but the secrets.
    pub public: Map<String, Value>,
    /// Secrets that the request brings.
    pub given: BTreeMap<String, Secret<String>>,
    /// Secrets that the request leaves as they are: `{"set": true}`, or not mentioned.
    pub kept: Vec<String>,
    /// Secrets that the request takes away: `null`.
    pub removed: Vec<String>,
}

/// Take a configuration apart.
pub(super) fn split(manifest: &Manifest, config: &Value) -> Result<Split, Reason> {
    let Value::Object(config) = config else {
        return Err(Reason::at("config", "/config", "the configuration is a JSON object"));
    };
    let mut split = Split { public: config.clone(), given: BTreeMap::new(), kept: Vec::new(), removed: Vec::new() };
    for field in &manifest.secrets {
        match split.public.remove(field) {
            None => split.kept.push(field.clone()),
            Some(Value::Object(marker)) if marker.get("set") == Some(&Value::Bool(true)) => {
                split.kept.push(field.clone())
            }
            Some(Value::Null) => split.removed.push(field.clone()),
            Some(Value::String(secret)) => {
                split.given.insert(field.clone(), Secret::new(secret));
            }
            Some(_) => {
                let text = "a secret is a string, `{\"set\": true}` to keep it, or null to remove it";
                return Err(Reason::at("secret", &format!("/config/{field}"), text));
            }
        }
    }
    Ok(split)
}

/// Judge the whole configuration, secrets included, against the component's schema.
pub(super) fn against_schema(
    package: &Package,
    public: &Map<String, Value>,
    secrets: &BTreeMap<String, Secret<String>>,
) -> Vec<Reason> {
    let mut whole = public.clone();
    for (field, secret) in secrets {
        whole.insert(field.clone(), Value::String(secret.expose().clone()));
    }
    let faults = schema::validate(&package.schema, &Value::Object(whole));
    faults.into_iter().map(|fault| Reason::at("config", &format!("/config{}", fault.pointer), &fault.text)).collect()
}

/// The hosts that a connector may reach, and its credentials by name.
pub(super) type Resolved = (Vec<HostPattern>, BTreeMap<String, Binding>);

/// The hosts and credentials of `manifest` with this configuration. A host or credential that needs a field which is
/// not set is left out: an optional region, an alternative kind of key.
pub(super) fn resolve(manifest: &Manifest, public: &Map<String, Value>) -> Result<Resolved, Vec<Reason>> {
    let hosts = manifest.resolve_hosts(public)?;
    let mut bindings = BTreeMap::new();
    let mut reasons = Vec::new();
    for (name, declaration) in &manifest.credentials {
        match credentials::resolve(name, declaration, &hosts, public) {
            Ok(binding) => {
                bindings.insert(name.clone(), binding);
            }
            Err(ResolveError::NotSet { .. }) => {}
            Err(error) => reasons.push(Reason::at("credential", "/config", &error.to_string())),
        }
    }
    if reasons.is_empty() { Ok((hosts, bindings)) } else { Err(reasons) }
}

/// Judge the secrets: each gives what its credential needs, and none stands where the guest would read it.
pub(super) fn secrets(
    public: &Map<String, Value>,
    secrets: &BTreeMap<String, Secret<String>>,
    bindings: &BTreeMap<String, Binding>,
) -> Vec<Reason> {
    let keyring = Keyring::new(secrets.clone());
    let mut reasons = Vec::new();
    let mut refuse = |field: &str, text: String| reasons.push(Reason::at("secret", &format!("/config/{field}"), &text));
    for binding in bindings.values() {
        if let Err((field, what)) = credentials::check_material(binding, &keyring) {
            refuse(&field, format!("credential `{}` needs {what}", binding.name()));
        }
        let identity = credentials::identity(binding, &keyring);
        if let Some(Err(error)) = identity.map(|identity| identity.check()) {
            let field = binding.secrets().iter().next().map_or("", String::as_str);
            refuse(field, format!("credential `{}`: {error}", binding.name()));
        }
    }
    let net = Net::of(&keyring, bindings.values());
    for (field, value) in public {
        if let Some(hit) = net.find(value.to_string().as_bytes()) {
            refuse(field, format!("it holds the secret `{}`, and the connector would read it here", hit.secret));
        }
    }
    reasons
}

/// Judge texts and senders. They end as the environment's texts do.
pub(super) fn texts(templates: &[Template], senders: &[Sender], app: &str, shared: &Shared) -> Vec<Reason> {
    let mut reasons = shared::faults(templates, app, shared.ending.as_ref());
    if let Err(error) = sender::validate(senders) {
        reasons.push(Reason::at("sender", &format!("/senders/{}", error.index()), &error.to_string()));
    }
    reasons
}

/// What works in them, and costs more or arrives less often than it could.
pub(super) fn warnings(
    content: Content,
    templates: &[Template],
    senders: &[Sender],
    app: &str,
    shared: &Shared,
    experience: &SignInExperience,
) -> Vec<Reason> {
    let texts = lint::templates(templates, app, shared.ending.as_ref());
    texts
        .into_iter()
        .chain(lint::coverage(content, templates, senders, &shared.templates, |purpose| experience.is_open(purpose)))
        .collect()
}
