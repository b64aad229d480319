//! A request, and the secrets in it: taken out one after the other, until none is left, or one that fits no place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::entry;
use crate::kit::adapt::described::Asked;
use crate::kit::adapt::spelled::Fields;

/// A request whose secrets are taken out, one after the other.
pub(super) struct Search<'a> {
    fields: &'a Fields<'a>,
    url: Url,
    headers: Vec<(String, String)>,
    form: Option<Vec<(String, String)>>,
    json: Option<Value>,
    body: String,
    /// What was taken out: the secrets in it, and the binding's kind.
    pub kinds: Vec<(Vec<String>, Map<String, Value>)>,
}

impl<'a> Search<'a> {
    /// With the kinds of those that sign, which leave nothing of their secret in it.
    pub(super) fn of(
        asked: &Asked,
        fields: &'a Fields<'a>,
        kinds: Vec<(Vec<String>, Map<String, Value>)>,
    ) -> anyhow::Result<Self> {
        let form = asked.is_form().then(|| form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect());
        Ok(Self {
            fields,
            url: Url::parse(&asked.url)?,
            headers: asked.headers.iter().map(|own| (own.name.clone(), own.value.clone())).collect(),
            json: asked.json(),
            body: if asked.is_form() { String::new() } else { asked.body.clone() },
            form,
            kinds,
        })
    }

    /// Every place that a kind is for.
    pub(super) fn lift_all(&mut self) {
        self.basic();
        self.headers();
        self.segments();
        self.pairs();
        self.members();
    }

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

    /// A segment of the path that ends with a secret.
    fn segments(&mut self) {
        let mut segments: Vec<String> = self.url.path().split('/').skip(1).map(str::to_owned).collect();
        for (index, segment) in segments.iter_mut().enumerate() {
            let Some((field, own)) = self.fields.secrets().find(|(_, own)| segment.ends_with(own)) else { continue };
            let mut kind = Map::new();
            entry(&mut kind, "kind", "path");
            entry(&mut kind, "segment", index);
            if let Some(prefix) = segment.strip_suffix(own).filter(|prefix| !prefix.is_empty()) {
                entry(&mut kind, "prefix", prefix);
            }
            entry(&mut kind, "secret", field);
            segment.clear();
            self.kinds.push((vec![field.to_owned()], kind));
        }
        self.url.set_path(&format!("/{}", segments.join("/")));
    }

    /// The path, with what was taken out left empty.
    pub(super) fn path(&self) -> &str {
        self.url.path()
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

    /// Whether one is left.
    pub(super) fn holds_secret(&self) -> bool {
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
