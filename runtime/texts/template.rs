//! Texts: which template a message uses, and what it says. Pure.
//!
//! A template is looked for by purpose before locale before `generic`; at each step the connector's own come before
//! the environment's, and behind all stands a built-in English text. So a Polish sign-in text beats an English one,
//! and any sign-in text beats a Polish generic one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::connector::contract::Pair;

/// The purpose that stands in for a missing one.
pub const GENERIC: &str = "generic";

const BUILT_IN: &str = "{{ code }} is your verification code. It is valid for {{ minutes }} minutes.";

/// What a template may cost to render, in the engine's steps: a text needs dozens, a loop without end is cut here.
const STEPS_MAX: u64 = 20_000;

/// The longest text that is sent, in characters: ten parts of a concatenated SMS.
const TEXT_CHARS_MAX: usize = 1530;

/// One text, or the id under which the provider has it registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The purpose it is for, such as `sign-in`; `generic` stands in for missing ones.
    pub purpose: String,
    /// BCP 47 tag of its language; without one it serves every language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The text. Variables: `{{ code }}`, `{{ minutes }}`, `{{ app }}`, `{{ purpose }}` and the message's parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The provider's id of a registered template, instead of `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// The language under which the provider has it registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_locale: Option<String>,
    /// Names of the values that the registered template takes, in its order; `code` alone unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
}

/// Why a template can't be saved or used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// Neither or both of the two ways.
    #[error("a template has either `text` or `template_id`")]
    OneOf,
    /// A field that must not be empty, or is too long.
    #[error("`{0}` must have 1 to 200 characters")]
    Field(&'static str),
    /// The engine's complaint; it quotes the template, which holds no secret.
    #[error("the text can't be rendered: {0}")]
    Render(String),
    /// A text without the code is of no use to anybody.
    #[error("the text does not contain {{{{ code }}}}")]
    NoCode,
    /// Longer than can be sent.
    #[error("the text has {0} characters; at most {TEXT_CHARS_MAX} can be sent")]
    TooLong(usize),
}

/// What a text may speak of.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// The code, for a message that carries one.
    pub code: Option<&'a str>,
    /// What is left of the code's life, in whole minutes, at least 1.
    pub minutes: u32,
    /// The environment's display name.
    pub app: &'a str,
    /// The message's purpose.
    pub purpose: &'a str,
    /// The caller's own parameters, which can't shadow the four above.
    pub parameters: &'a [Pair],
}

impl Values<'_> {
    fn context(&self) -> BTreeMap<String, String> {
        let own = self.parameters.iter().map(|pair| (pair.name.clone(), pair.value.clone()));
        let mut values: BTreeMap<String, String> = own.collect();
        if let Some(code) = self.code {
            values.insert("code".into(), code.into());
        }
        values.insert("minutes".into(), self.minutes.to_string());
        values.insert("app".into(), self.app.into());
        values.insert("purpose".into(), self.purpose.into());
        values
    }
}

/// The template for a message, or none if only the built-in text is left.
pub fn choose<'a>(purpose: &str, locale: &str, own: &'a [Template], shared: &'a [Template]) -> Option<&'a Template> {
    let purposes = if purpose == GENERIC { vec![GENERIC] } else { vec![purpose, GENERIC] };
    for purpose in purposes {
        for locale in fallbacks(locale) {
            let fits = |t: &&Template| t.purpose == purpose && same_locale(t.locale.as_deref(), locale);
            if let Some(found) = own.iter().find(fits).or_else(|| shared.iter().find(fits)) {
                return Some(found);
            }
        }
    }
    None
}

/// `zh-Hant-TW` → `zh-Hant-TW`, `zh-Hant`, `zh`, none: the look-up of RFC 4647 §3.4.
fn fallbacks(locale: &str) -> Vec<Option<&str>> {
    let mut steps = Vec::new();
    let mut rest = locale;
    while !rest.is_empty() {
        steps.push(Some(rest));
        rest = rest.rsplit_once('-').map_or("", |(shorter, _)| shorter);
    }
    steps.push(None);
    steps
}

fn same_locale(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// The text of a message: of `template`, or the built-in one.
pub fn render(template: Option<&Template>, values: &Values<'_>) -> Result<String, TemplateError> {
    let source = template.map_or(BUILT_IN, |t| t.text.as_deref().unwrap_or_default());
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(STEPS_MAX));
    let text = engine
        .render_str(source, minijinja::Value::from_pairs(values.context()))
        .map_err(|e| TemplateError::Render(complaint(&e)))?;
    let chars = text.chars().count();
    if chars > TEXT_CHARS_MAX { Err(TemplateError::TooLong(chars)) } else { Ok(text) }
}

/// The engine's words without the values that its debug output would show.
fn complaint(error: &minijinja::Error) -> String {
    let what: Cow<'_, str> = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()).into(),
        None => error.kind().to_string().into(),
    };
    match error.line() {
        Some(line) => format!("{what} (line {line})"),
        None => what.into_owned(),
    }
}

/// The ordered values that a registered template takes.
pub fn parameters(template: &Template, values: &Values<'_>) -> Vec<Pair> {
    let context = values.context();
    let names = template.parameters.clone().unwrap_or_else(|| vec!["code".to_owned()]);
    let value_of = |name: &String| context.get(name).cloned().unwrap_or_default();
    names.iter().map(|name| Pair { name: name.clone(), value: value_of(name) }).collect()
}

/// The values of a message without a template of its own: the code, if it carries one.
pub fn code_only(values: &Values<'_>) -> Vec<Pair> {
    values.code.iter().map(|code| Pair { name: "code".to_owned(), value: (*code).to_owned() }).collect()
}

/// Judge a template before it is saved, with sample values, so that a fault shows now and not at the next send.
pub fn validate(template: &Template) -> Result<(), TemplateError> {
    let named = |name, text: Option<&String>| match text {
        Some(text) if text.is_empty() || text.chars().count() > 200 => Err(TemplateError::Field(name)),
        _ => Ok(()),
    };
    named("purpose", Some(&template.purpose))?;
    named("locale", template.locale.as_ref())?;
    named("template_id", template.template_id.as_ref())?;
    match (&template.text, &template.template_id) {
        (Some(_), None) => {
            let sample = Values {
                code: Some("918273"),
                minutes: 10,
                app: "Countersign",
                purpose: &template.purpose,
                parameters: &[],
            };
            let text = render(Some(template), &sample)?;
            if text.contains("918273") { Ok(()) } else { Err(TemplateError::NoCode) }
        }
        (None, Some(_)) => Ok(()),
        _ => Err(TemplateError::OneOf),
    }
}

#[cfg(test)]
mod tests;
