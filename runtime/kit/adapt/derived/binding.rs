//! Where in a request the secrets stand, as the bindings of a manifest.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::search::Search;
use super::{entry, signing, snake};
use crate::kit::adapt::described::{Asked, Run};
use crate::kit::adapt::spelled::Fields;

/// One binding.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kit::adapt) struct Credential {
    pub name: String,
    /// The secrets in it.
    pub fields: Vec<String>,
    /// `kind` and what belongs to it, as the manifest has it.
    pub kind: Map<String, Value>,
    pub hosts: Vec<String>,
    pub methods: BTreeSet<String>,
    pub paths: BTreeSet<String>,
    pub pinned: Map<String, Value>,
}

/// What one request holds.
pub(super) struct Found {
    pub credentials: Vec<Credential>,
    /// Whether a secret stands where none of them is.
    pub left_over: bool,
}

impl Credential {
    /// The same but for where it goes.
    pub(in crate::kit::adapt) fn is_alike(&self, other: &Self) -> bool {
        self.kind == other.kind && self.pinned == other.pinned
    }

    pub(in crate::kit::adapt) fn widen(&mut self, other: Self) {
        self.methods.extend(other.methods);
        self.paths.extend(other.paths);
        self.hosts.extend(other.hosts);
        self.hosts.sort();
        self.hosts.dedup();
    }

    /// As the adapter has it, where `name` is the credential's own.
    pub(in crate::kit::adapt) fn planned(&self) -> Value {
        let mut out = self.kind.clone();
        let kind = out.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(name) = out.remove("name") {
            entry(&mut out, if kind == "header" { "header" } else { "field" }, name);
        }
        if kind == "hmac" {
            for (name, value) in
                [("prefix", Value::from("")), ("suffix", "".into()), ("chain", Value::Array(Vec::new()))]
            {
                out.entry(name).or_insert(value);
            }
        }
        entry(&mut out, "name", self.name.clone());
        Value::Object(out)
    }
}

/// Find the secrets of a request.
pub(super) fn find(run: &Run, asked: &Asked, fields: &Fields<'_>) -> anyhow::Result<Found> {
    let mut search = Search::of(asked, fields, signing::find(run, asked, fields))?;
    search.lift_all();
    let left_over = search.holds_secret() || signing::signs_secret(run, fields);
    let pinned = pinned(asked, fields);
    let address = fields.address(&asked.url).map(|field| format!("{{config.{field}:path}}"));
    let path = address.unwrap_or_else(|| fields.spell(search.path()));
    let credential = |(names, kind): (Vec<String>, Map<String, Value>)| Credential {
        name: match names.as_slice() {
            [only] => snake(only),
            _ => "account".to_owned(),
        },
        fields: names,
        kind,
        hosts: Vec::new(),
        methods: [asked.method.clone()].into(),
        paths: [path.clone()].into(),
        pinned: pinned.clone(),
    };
    Ok(Found { credentials: search.kinds.into_iter().map(credential).collect(), left_over })
}

/// Where every action has one path, the action is pinned.
fn pinned(asked: &Asked, fields: &Fields<'_>) -> Map<String, Value> {
    let mut out = Map::new();
    let fixed = |value: &str| fields.spell(value) == value;
    let action = asked.headers.iter().find(|own| own.name.ends_with("-action") && fixed(&own.value));
    if let Some(own) = action {
        entry(&mut out, &format!("header.{}", own.name), own.value.as_str());
    }
    if asked.is_form() {
        let actions =
            form_urlencoded::parse(asked.body.as_bytes()).filter(|(name, _)| matches!(&**name, "Action" | "Version"));
        for (name, value) in actions.filter(|(_, value)| fixed(value)) {
            entry(&mut out, &format!("form.{name}"), value.into_owned());
        }
    }
    out
}
