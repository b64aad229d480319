//! Which template a message uses.
//!
//! One is looked for by purpose before locale before `generic`; at each step the connector's own come before the
//! environment's, and behind all stands a built-in English text. So a Polish sign-in text beats an English one, and any
//! sign-in text beats a Polish generic one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ending::Ending;
use super::fault::TextError;
use super::render::{Values, render};
use super::{is_purpose, locale};
use crate::connector::contract::Pair;

/// The purpose that stands in for a missing one.
pub const GENERIC: &str = "generic";

/// The longest code that a policy allows.
pub const LONGEST_CODE: &str = "9182736450";

/// One text, the id under which the provider has it registered, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The purpose it is for, such as `sign-in`; `generic` stands in for missing ones.
    pub purpose: String,
    /// BCP 47 tag of its language; without one it serves every language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The text. Variables: `{{ code }}`, `{{ minutes }}`, `{{ app }}`, `{{ purpose }}`, and those of the message's
    /// parameters that `parameters` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The provider's id of a registered template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// The language under which the provider has it registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_locale: Option<String>,
    /// Names of the values that the registered template takes, in its order; the message's own parameters, or `code`
    /// alone, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
    /// How its text ends, instead of as the environment's texts do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

/// Whose template it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The connector's.
    Connector,
    /// The environment's.
    Environment,
}

/// The first template that `fits`, in the order that the header tells.
pub fn choose<'a>(
    purpose: &str,
    tag: &str,
    own: &'a [Template],
    shared: &'a [Template],
    fits: impl Fn(&Template) -> bool,
) -> Option<(Source, &'a Template)> {
    let purposes: &[&str] = if purpose == GENERIC { &[GENERIC] } else { &[purpose, GENERIC] };
    for purpose in purposes {
        for step in locale::fallbacks(tag) {
            let found = |of: &'a [Template]| {
                of.iter().find(|t| t.purpose == *purpose && locale::same(t.locale.as_deref(), step) && fits(t))
            };
            let own = found(own).map(|t| (Source::Connector, t));
            if let Some(found) = own.or_else(|| found(shared).map(|t| (Source::Environment, t))) {
                return Some(found);
            }
        }
    }
    None
}

/// The ordered values of a message: as the template names them, else as the caller gave them; the code is always among
/// them. What the message does not have is an error where a registered template `needs` it, and left out elsewhere.
pub fn parameters(names: Option<&[String]>, values: &Values<'_>, needs: bool) -> Result<Vec<Pair>, TextError> {
    let known = values.by_name();
    let mut pairs = Vec::new();
    match names {
        Some(names) => {
            for name in names {
                match known.get(name.as_str()) {
                    Some(value) => pairs.push(Pair { name: name.clone(), value: value.to_string() }),
                    None if needs => return Err(TextError::MissingParameter(name.clone())),
                    None => {}
                }
            }
        }
        None => pairs.extend_from_slice(values.parameters),
    }
    if let Some(code) = values.code.filter(|_| !pairs.iter().any(|pair| pair.name == "code")) {
        pairs.push(Pair { name: "code".to_owned(), value: code.to_owned() });
    }
    Ok(pairs)
}

/// Judge a template before it is saved, with sample values, so that a fault shows now and not at the next send.
/// `ending` is what its text gets unless it has its own.
pub fn validate(template: &Template, app: &str, ending: Option<&Ending>) -> Result<(), TextError> {
    let named = |name, text: Option<&String>| match text {
        Some(text) if text.is_empty() || text.chars().count() > 200 => Err(TextError::Field(name)),
        _ => Ok(()),
    };
    if !is_purpose(&template.purpose) {
        return Err(TextError::Purpose);
    }
    if let Some(tag) = template.locale.as_ref().filter(|tag| !locale::is_tag(tag)) {
        return Err(TextError::Locale(tag.clone()));
    }
    named("template_id", template.template_id.as_ref())?;
    named("template_locale", template.template_locale.as_ref())?;
    let names = template.parameters.as_deref().unwrap_or_default();
    names.iter().try_for_each(|name| named("parameters", Some(name)))?;
    if template.template_id.is_some() && template.parameters.is_some() && !names.iter().any(|name| name == "code") {
        return Err(TextError::NoCodeParameter);
    }
    template.ending.as_ref().map_or(Ok(()), Ending::validate)?;
    match (&template.text, &template.template_id) {
        (Some(_), _) => text(template, app, template.ending.as_ref().or(ending)),
        (None, Some(_)) => Ok(()),
        (None, None) => Err(TextError::Nothing),
    }
}

/// With the longest code that we make, so that what was saved is never too long for it; and with one minute and ten,
/// so that a condition on them has been tried both ways.
fn text(template: &Template, app: &str, ending: Option<&Ending>) -> Result<(), TextError> {
    let code = LONGEST_CODE;
    let own = template.parameters.iter().flatten().filter(|name| name.as_str() != "code");
    let parameters: Vec<Pair> = own.map(|name| Pair { name: name.clone(), value: "sample".to_owned() }).collect();
    for minutes in [10, 1] {
        let purpose = &template.purpose;
        let text =
            render(Some(template), &Values { code: Some(code), minutes, app, purpose, parameters: &parameters })?;
        // Also one that would not be doubled: the service writes it, so that there is one place to change it.
        Ending::None.close(text.clone(), code)?;
        ending.map_or(Ok(()), |ending| ending.close(text, code).map(|_| ()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
