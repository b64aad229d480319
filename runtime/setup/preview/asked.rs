//! What a preview is asked for, judged before anything is composed.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::connector::contract::Pair;
use crate::connector::reason::Reason;
use crate::phone::PhoneNumber;
use crate::setup::SetupError;
use crate::setup::judging;
use crate::texts::{self, GENERIC, Sender, Shared, Template, lint};

/// `POST /v1/environments/{env}/templates/preview`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewTexts {
    /// Which template; `generic` unless given.
    #[serde(default = "generic")]
    #[schema(example = "sign-in")]
    pub purpose: String,
    /// The recipient's language; `en` unless given.
    #[serde(default = "english")]
    pub locale: String,
    /// Only this connector; every one that serves unless given.
    #[serde(default)]
    pub connector: Option<String>,
    /// A recipient, whose country chooses the sender.
    #[serde(default)]
    pub to: Option<String>,
    /// A country (ISO 3166-1 alpha-2), instead of a recipient.
    #[serde(default)]
    pub country: Option<String>,
    /// Hash of an Android app, as a request would carry it.
    #[serde(default)]
    pub app_hash: Option<String>,
    /// Values for the template, as a message would carry them.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub parameters: Vec<Pair>,
    /// Texts that are not saved, instead of the environment's.
    #[serde(default)]
    pub templates: Option<Shared>,
    /// A connector that is not saved, instead of those that serve.
    #[serde(default)]
    pub draft: Option<DraftTexts>,
    /// Whether to tell of every text, in each purpose and language that a template names, what it costs at worst.
    #[serde(default)]
    pub every: bool,
}

/// What of a connector that is not saved matters to its texts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftTexts {
    /// `id` or `id@version`.
    pub component: String,
    /// Its own texts.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Who sends where.
    #[serde(default)]
    pub senders: Vec<Sender>,
}

fn generic() -> String {
    GENERIC.to_owned()
}

fn english() -> String {
    "en".to_owned()
}

impl Default for PreviewTexts {
    fn default() -> Self {
        Self {
            purpose: generic(),
            locale: english(),
            connector: None,
            to: None,
            country: None,
            app_hash: None,
            parameters: Vec::new(),
            templates: None,
            draft: None,
            every: false,
        }
    }
}

impl PreviewTexts {
    /// What could not be saved of the texts that it brings, which end as `shared` says.
    pub(super) fn faults(&self, app: &str, shared: &Shared) -> Vec<Reason> {
        let own = self.draft.as_ref().map(|draft| judging::texts(&draft.templates, &draft.senders, app, shared));
        let environments = self.templates.as_ref().map(|texts| texts.faults(app)).unwrap_or_default();
        deeper("/templates", environments).chain(deeper("/draft", own.unwrap_or_default())).collect()
    }

    /// What works in them, and costs more or arrives less often than it could.
    pub(super) fn warnings(&self, app: &str, shared: &Shared) -> Vec<Reason> {
        let of_draft = |draft: &DraftTexts| lint::templates(&draft.templates, app, shared.ending.as_ref());
        let environments = self.templates.as_ref().map(|texts| texts.warnings(app)).unwrap_or_default();
        let own = self.draft.as_ref().map(of_draft).unwrap_or_default();
        environments.into_iter().chain(deeper("/draft", own)).collect()
    }

    /// Judge the question; answers the recipient's country.
    pub(super) fn judge(&self) -> Result<Option<String>, SetupError> {
        let mut reasons = Vec::new();
        let mut refuse = |pointer, text: &str| reasons.push(Reason::at("field", pointer, text));
        if !texts::is_purpose(&self.purpose) {
            refuse("/purpose", texts::PURPOSE_FORM);
        }
        if !texts::locale::is_tag(&self.locale) {
            refuse("/locale", texts::locale::TAG_FORM);
        }
        if let Some(Err(error)) = self.app_hash.as_deref().map(texts::ending::app_hash) {
            refuse("/app_hash", &error.to_string());
        }
        let is_code = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        if self.country.as_ref().is_some_and(|code| !is_code(code)) {
            refuse("/country", "is an ISO 3166-1 alpha-2 code in upper case");
        }
        let to = match self.to.as_deref().map(PhoneNumber::parse).transpose() {
            Ok(to) => to.and_then(|to| to.country().map(str::to_owned)),
            Err(error) => {
                refuse("/to", &error.to_string());
                None
            }
        };
        if reasons.is_empty() {
            return Ok(to.or_else(|| self.country.clone()));
        }
        Err(SetupError::Refused { what: "the preview", reasons })
    }
}

fn deeper(below: &str, reasons: Vec<Reason>) -> impl Iterator<Item = Reason> {
    reasons
        .into_iter()
        .map(move |reason| Reason { pointer: reason.pointer.map(|pointer| format!("{below}{pointer}")), ..reason })
}
