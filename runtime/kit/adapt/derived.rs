//! Hosts and credentials, out of the requests that a package was seen to make.
//!
//! The threat: a secret that is taken for none is read by the package. So a field that asks for one by its name is a
//! secret until its use proves that no host could place it, and even then only an identifier (`accessKeyId`) becomes
//! public by itself; for anything else the operator has to say so.

use anyhow::bail;
use serde_json::{Map, Value, json};
use url::Url;

use super::described::{Asked, Described, Item, Run};
use super::provider::Provider;
use super::spelled::Fields;
use crate::connector::manifest::sounds_secret;

mod binding;
mod search;
mod signing;

pub(super) use binding::Credential;

/// What a manifest asks for.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub hosts: Vec<String>,
    pub secrets: Vec<String>,
    /// Named like secrets, and none.
    pub public: Vec<String>,
    pub credentials: Vec<Credential>,
}

/// Derive it. `public` are fields that the operator lets the connector read.
pub(super) fn derive(described: &Described, public: &[String]) -> anyhow::Result<Derived> {
    let items = &described.metadata.form_items;
    let mut derived = Derived::default();
    for item in items.iter().filter(|item| asks_for_secret(item)) {
        let list = if public.contains(&item.key) { &mut derived.public } else { &mut derived.secrets };
        list.push(item.key.clone());
    }
    let Some((first, _)) = described.telling() else {
        let said = described.runs.iter().find_map(|run| run.error.as_deref()).unwrap_or("nothing");
        bail!("with a made-up configuration the package makes no request, so nothing can be derived; it says: {said}");
    };
    // An identifier that is signed, or stands inside another text, is none that the host could place.
    let fits = |field: &String| !is_identifier(field) || is_placed(first, field);
    let (secrets, identifiers) = derived.secrets.drain(..).partition(fits);
    derived.secrets = secrets;
    derived.public.extend::<Vec<String>>(identifiers);
    for run in &described.runs {
        for asked in &run.requests {
            observe(&mut derived, run, asked)?;
        }
    }
    let used = |field: &String| derived.credentials.iter().any(|own| own.fields.contains(field));
    if let Some(unused) = derived.secrets.iter().find(|field| !used(field)) {
        bail!("`{unused}` is named like a secret and goes nowhere: if it is none, say so with --public {unused}");
    }
    Ok(derived)
}

fn asks_for_secret(item: &Item) -> bool {
    let by_name = sounds_secret(&item.key) || item.key.to_ascii_lowercase().contains("authorization");
    item.kind == "Text" && (item.is_confidential || by_name || sounds_secret(&item.label.replace(' ', "_")))
}

fn is_identifier(field: &str) -> bool {
    field.ends_with("Id") || field.ends_with("ID") || field.ends_with("_id") || field.ends_with("Sid")
}

/// Whether a field could be placed by the host in this run: it is not among what is signed, and all that holds it.
fn is_placed(run: &Run, field: &str) -> bool {
    let secrets = [field.to_owned()];
    let fields = Fields::of(&run.config, &secrets);
    let signed = run.hashes.iter().any(|hash| fields.spell(&hash.data).contains("{secret."));
    let left = run.requests.iter().any(|asked| binding::find(run, asked, &fields).is_ok_and(|found| found.left_over));
    !signed && !left
}

fn observe(derived: &mut Derived, run: &Run, asked: &Asked) -> anyhow::Result<()> {
    let fields = Fields::of(&run.config, &derived.secrets);
    let host = host_of(asked, &fields)?;
    let found = binding::find(run, asked, &fields)?;
    if found.left_over {
        let shown = fields.spell(&format!("{} {}", asked.method, asked.url));
        let names: Vec<&str> = fields.secrets().map(|(field, _)| field).collect();
        bail!(
            "of {} something stands where no credential can be written ({shown}): name the field that is no secret with --public",
            names.join(", ")
        );
    }
    if !derived.hosts.contains(&host) {
        derived.hosts.push(host.clone());
    }
    for mut credential in found.credentials {
        credential.hosts.push(host.clone());
        match derived.credentials.iter_mut().find(|own| own.is_alike(&credential)) {
            Some(own) => own.widen(credential),
            None => {
                let taken = derived.credentials.iter().filter(|own| own.name == credential.name).count();
                if taken > 0 {
                    credential.name = format!("{}_{}", credential.name, taken + 1);
                }
                derived.credentials.push(credential);
            }
        }
    }
    Ok(())
}

fn host_of(asked: &Asked, fields: &Fields<'_>) -> anyhow::Result<String> {
    if let Some(field) = fields.address(&asked.url) {
        return Ok(format!("{{config.{field}}}"));
    }
    let url = Url::parse(&asked.url)?;
    if url.scheme() != "https" {
        bail!("the package sends without TLS: {}", fields.spell(&asked.url));
    }
    Ok(fields.spell(url.authority()))
}

impl Derived {
    /// What the adapter in the component goes by.
    pub(super) fn plan(&self, described: &Described, provider: &Provider) -> Value {
        let secret = |field: &String| {
            let required = described.metadata.form_items.iter().any(|item| item.key == *field && item.required);
            let names = self.credentials.iter().filter(|own| own.fields.contains(field)).map(|own| own.name.as_str());
            json!({"field": field, "required": required, "credentials": names.collect::<Vec<_>>()})
        };
        let templates = described.metadata.templates();
        let has = |field: &&String| described.metadata.form_items.iter().any(|item| item.key == **field);
        json!({
            "secrets": self.secrets.iter().map(secret).collect::<Vec<_>>(),
            "credentials": self.credentials.iter().map(Credential::planned).collect::<Vec<_>>(),
            "templates": templates.map(|own| json!({"text": own.text, "id": own.id, "locale": own.locale})),
            "sender": provider.sender.as_ref().filter(has),
            "provider": provider,
        })
    }
}

/// A credential's name: `authToken` is `auth_token`.
fn snake(field: &str) -> String {
    let mut out = String::new();
    for c in field.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    out
}

/// A member of a JSON object.
fn entry(out: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    out.insert(name.to_owned(), value.into());
}

#[cfg(test)]
mod tests;
