//! Where in a request the secrets stand, as the bindings of a manifest.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

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

/// A request whose secrets are taken out, one after the other.
struct Search<'a> {
    fields: &'a Fields<'a>,
    url: Url,
    headers: Vec<(String, String)>,
    form: Option<Vec<(String, String)>>,
    json: Option<Value>,
    body: String,
    kinds: Vec<(Vec<String>, Map<String, Value>)>,
}

/// Find the secrets of a request.
pub(super) fn find(run: &Run, asked: &Asked, fields: &Fields<'_>) -> anyhow::Result<Found> {
    let form = asked.is_form().then(|| form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect());
    let mut search = Search {
        fields,
        url: Url::parse(&asked.url)?,
        headers: asked.headers.iter().map(|own| (own.name.clone(), own.value.clone())).collect(),
        json: asked.json(),
        body: if form.is_some() { String::new() } else { asked.body.clone() },
        form,
        kinds: signing::find(run, asked, fields),
    };
    search.basic();
    search.headers();
    search.pairs();
    search.members();
    let left_over = search.holds_secret() || signing::signs_secret(run, fields);
    let pinned = pinned(asked, fields);
    let path = path_of(asked, fields)?;
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

impl Search<'_> {
    /// The secret that a text is, as a whole.
    fn secret(&self, text: &str) -> Option<String> {
        self.fields.secrets().find(|(_, own)| *own == text).map(|(field, _)| field.to_owned())
    }

    fn found(&mut self, field: String, members: &[(&str, &str)]) {
        let mut kind = Map::new();
        for (name, value) in members {
            entry(&mut kind, name, *value);
        }
        entry(&mut kind, "secret", field.clone());
        self.kinds.push((vec![field], kind));
    }

    fn basic(&mut self) {
        let Some(at) = self.headers.iter().position(|(name, _)| name == "authorization") else { return };
        let decode = |(_, value): &(String, String)| STANDARD.decode(value.strip_prefix("Basic ")?).ok();
        let Some(pair) = self.headers.get(at).and_then(decode).and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return;
        };
        let spelled = self.fields.spell(&pair);
        let names: Vec<String> = self
            .fields
            .secrets()
            .map(|(field, _)| field.to_owned())
            .filter(|f| spelled.contains(&format!("{{secret.{f}}}")))
            .collect();
        let Some((user, password)) = spelled.split_once(':').filter(|_| !names.is_empty()) else { return };
        let mut kind = Map::new();
        entry(&mut kind, "kind", "basic");
        entry(&mut kind, "user", user);
        entry(&mut kind, "password", password);
        self.headers.remove(at);
        self.kinds.push((names, kind));
    }

    fn headers(&mut self) {
        for (name, value) in std::mem::take(&mut self.headers) {
            let found =
                self.fields.secrets().find(|(_, own)| value.ends_with(own)).map(|(field, own)| (field.to_owned(), own));
            let Some((field, own)) = found else {
                self.headers.push((name, value));
                continue;
            };
            let prefix = value.strip_suffix(own).unwrap_or_default();
            match (name.as_str(), prefix) {
                ("authorization", "Bearer ") => self.found(field, &[("kind", "bearer")]),
                (_, "") => self.found(field, &[("kind", "header"), ("name", &name)]),
                _ => self.found(field, &[("kind", "header"), ("name", &name), ("prefix", prefix)]),
            }
        }
    }

    /// Parameters of the query and fields of a form.
    fn pairs(&mut self) {
        let query: Vec<(String, String)> = self.url.query_pairs().into_owned().collect();
        let rest = self.lift(query, "query");
        self.url.query_pairs_mut().clear().extend_pairs(&rest);
        if let Some(form) = self.form.take() {
            self.form = Some(self.lift(form, "form"));
        }
    }

    fn lift(&mut self, pairs: Vec<(String, String)>, kind: &str) -> Vec<(String, String)> {
        let mut rest = Vec::new();
        for (name, value) in pairs {
            match self.secret(&value) {
                Some(field) => self.found(field, &[("kind", kind), ("name", &name)]),
                None => rest.push((name, value)),
            }
        }
        rest
    }

    /// Members of a JSON body.
    fn members(&mut self) {
        let Some(mut json) = self.json.take() else { return };
        let mut pointers = Vec::new();
        walk(&json, String::new(), &mut pointers);
        for (pointer, text) in pointers {
            let Some(field) = self.secret(&text) else { continue };
            if let Some(place) = json.pointer_mut(&pointer) {
                *place = Value::Null;
            }
            self.found(field, &[("kind", "json"), ("pointer", &pointer)]);
        }
        self.body = json.to_string();
    }

    fn holds_secret(&self) -> bool {
        let has = |text: &str| self.fields.secrets().any(|(_, own)| text.contains(own));
        has(self.url.as_str())
            || has(&self.body)
            || self.headers.iter().any(|(_, value)| has(value))
            || self.form.iter().flatten().any(|(_, value)| has(value))
    }
}

/// Every text of a JSON value that is a member of an object, by its pointer.
fn walk(value: &Value, at: String, out: &mut Vec<(String, String)>) {
    let Value::Object(members) = value else { return };
    for (name, inner) in members {
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        match inner {
            Value::String(text) => out.push((pointer, text.clone())),
            inner => walk(inner, pointer, out),
        }
    }
}

fn path_of(asked: &Asked, fields: &Fields<'_>) -> anyhow::Result<String> {
    if let Some(field) = fields.address(&asked.url) {
        return Ok(format!("{{config.{field}:path}}"));
    }
    Ok(fields.spell(Url::parse(&asked.url)?.path()))
}

/// Where every action has one path, the action is pinned.
fn pinned(asked: &Asked, fields: &Fields<'_>) -> Map<String, Value> {
    let mut out = Map::new();
    let fixed = |value: &str| fields.spell(value) == value;
    if let Some((name, value)) =
        asked.headers.iter().map(|own| (&own.name, &own.value)).find(|(name, _)| name.ends_with("-action"))
    {
        entry(&mut out, &format!("header.{name}"), value.as_str());
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
