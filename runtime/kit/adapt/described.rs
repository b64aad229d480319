//! What a package says of itself and does, as `describe.js` writes it down.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A package, described.
#[derive(Debug, Deserialize)]
pub(super) struct Described {
    /// `Sms`.
    #[serde(rename = "type")]
    pub kind: String,
    pub metadata: Metadata,
    /// One for each made-up configuration and number.
    pub runs: Vec<Run>,
}

/// What Logto shows of a connector.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub id: String,
    #[serde(default)]
    pub name: Map<String, Value>,
    #[serde(default)]
    pub description: Map<String, Value>,
    #[serde(default)]
    pub logo: Option<String>,
    #[serde(default)]
    pub readme: Option<String>,
    #[serde(default)]
    pub form_items: Vec<Item>,
}

/// One field of its form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub key: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub default_value: Option<Value>,
    #[serde(default)]
    pub placeholder: Option<Value>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub tooltip: Option<String>,
    #[serde(default)]
    pub is_confidential: bool,
    #[serde(default)]
    pub select_items: Vec<Choice>,
}

/// One choice of a field.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    pub value: Value,
}

/// One message, sent to nobody.
#[derive(Debug, Deserialize)]
pub(super) struct Run {
    /// Digits only, as Logto has it.
    pub to: String,
    pub config: Map<String, Value>,
    pub requests: Vec<Asked>,
    pub hashes: Vec<Hash>,
    #[serde(default)]
    pub error: Option<String>,
}

/// A request that it made.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub method: String,
    pub url: String,
    pub headers: Vec<Header>,
    pub body: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub name: String,
    pub value: String,
}

/// A keyed hash that it made.
#[derive(Debug, Deserialize)]
pub(super) struct Hash {
    pub algorithm: String,
    /// How the result was written; none where it became the next key.
    pub encoding: Option<String>,
    /// The key, where it was a text.
    pub key: Option<String>,
    /// The result that was the key, in hexadecimal.
    pub parent: Option<String>,
    pub data: String,
    pub result: String,
    pub value: Option<String>,
}

/// The templates of a form: which member is the text, or the provider's id of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Templates {
    pub text: Option<String>,
    pub id: Option<String>,
    pub locale: Option<String>,
}

/// The field that Logto's connectors have their templates in.
pub(super) const TEMPLATES: &str = "templates";

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name).map(|header| header.value.as_str())
    }

    pub(super) fn is_form(&self) -> bool {
        self.header("content-type").is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
    }

    pub(super) fn json(&self) -> Option<Value> {
        let is = self.header("content-type").is_some_and(|value| value.starts_with("application/json"));
        is.then(|| serde_json::from_str(&self.body).ok()).flatten()
    }
}

impl Metadata {
    pub(super) fn english(texts: &Map<String, Value>) -> Option<&str> {
        texts.get("en").or_else(|| texts.values().next()).and_then(Value::as_str)
    }

    /// As the form's own default shows them.
    pub(super) fn templates(&self) -> Option<Templates> {
        let item = self.form_items.iter().find(|item| item.key == TEMPLATES && item.kind == "Json")?;
        let first = item.default_value.as_ref()?.as_array()?.first()?.as_object()?;
        let member = |name: &str| first.contains_key(name).then(|| name.to_owned());
        let id = first.keys().find(|name| name.starts_with("template")).cloned();
        Some(Templates { text: member("content"), id, locale: member("language") })
    }
}

impl Described {
    /// The first run in which something was asked, which is the one with the most of the form.
    pub(super) fn telling(&self) -> Option<(&Run, &Asked)> {
        self.runs.iter().find_map(|run| run.requests.first().map(|asked| (run, asked)))
    }
}
