//! What is asked: a set-up, saved or not, and whom to send to.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::texts::{GENERIC, Sender, Template};

/// `POST …/{name}/test`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestSend {
    /// The recipient, in international form.
    #[schema(example = "+14155550123")]
    pub to: String,
    /// Which template; `generic` unless given.
    #[serde(default = "generic")]
    pub purpose: String,
    /// The recipient's language; `en` unless given.
    #[serde(default = "english")]
    pub locale: String,
    /// Whether to tell it as a transcript too, which `countersign check` replays.
    #[serde(default)]
    pub transcript: bool,
    /// An unsaved set-up to test instead of the saved one.
    #[serde(default)]
    pub draft: Option<Draft>,
}

/// `POST …/{name}/account`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckAccount {
    /// An unsaved set-up whose credentials are meant instead of the saved ones.
    #[serde(default)]
    pub draft: Option<Draft>,
}

/// A set-up that is not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// `id` or `id@version`.
    pub component: String,
    /// The configuration; secrets that are left out are the saved ones, where that is permitted.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub config: Value,
    /// Texts.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Who sends where.
    #[serde(default)]
    pub senders: Vec<Sender>,
    /// Digest of what the component asks for, to approve it.
    #[serde(default)]
    pub approve: Option<String>,
}

fn generic() -> String {
    GENERIC.to_owned()
}

fn english() -> String {
    "en".to_owned()
}
