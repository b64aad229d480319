//! What is asked: a set-up, saved or not, and whom to send to.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::connector::reason::Reason;
use crate::phone::PhoneNumber;
use crate::setup::SetupError;
use crate::texts::{self, GENERIC, Sender, Template};

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

impl TestSend {
    /// Whom it goes to, if all that is asked can be.
    pub(super) fn recipient(&self) -> Result<PhoneNumber, SetupError> {
        let mut reasons = Vec::new();
        let mut refuse = |pointer, text: &str| reasons.push(Reason::at("field", pointer, text));
        let to = PhoneNumber::parse(&self.to);
        if let Err(error) = &to {
            refuse("/to", &error.to_string());
        }
        if !texts::is_purpose(&self.purpose) {
            refuse("/purpose", texts::PURPOSE_FORM);
        }
        if !texts::locale::is_tag(&self.locale) {
            refuse("/locale", texts::locale::TAG_FORM);
        }
        to.ok().filter(|_| reasons.is_empty()).ok_or(SetupError::Refused { what: "the test", reasons })
    }
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
