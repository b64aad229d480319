//! A message's content, composed once for sending and for showing: the text, the registered template, the sender.
//!
//! A connector gets its content both ways, whatever its component sends:
//!
//! | the component sends | text | template id |
//! |---|---|---|
//! | texts | the best text | that of the best entry, if it has one; the component does not read it |
//! | registered templates | the best text, or empty if it can't be rendered | the best id, or a failure |
//! | either | the best text | that of the best entry, so that a nearer text beats a farther id |
//!
//! A sender's template id for the recipient's country beats all of them. A text that the caller gave goes out as it is,
//! without an ending and without a template.

use serde::Serialize;
use utoipa::ToSchema;

use super::ending::Ending;
use super::fault::TextError;
use super::render::{Values, render};
use super::sender::{self, Sender};
use super::shared::Shared;
use super::template::{self, Source, Template};
use crate::connector::contract::Pair;
use crate::connector::manifest::Content;

/// What a message can be composed of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The connector's own templates.
    pub own: &'a [Template],
    /// Its senders.
    pub senders: &'a [Sender],
    /// What its component sends.
    pub content: Content,
    /// The environment's texts.
    pub shared: &'a Shared,
}

/// What a message is to say, to whom.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// BCP 47 tag of the recipient's language.
    pub locale: &'a str,
    /// ISO code of the recipient's country, where it is known.
    pub country: Option<&'a str>,
    /// What texts may speak of; the purpose is among it.
    pub values: Values<'a>,
    /// A text that goes out as it is.
    pub text: Option<&'a str>,
    /// Hash of the app that asked; it beats every configured ending.
    pub app_hash: Option<&'a str>,
    /// A sender that beats every configured one.
    pub sender: Option<&'a str>,
}

/// Which template was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Chosen {
    /// `connector` or `environment`; none is the built-in text.
    pub source: Option<Source>,
    /// Its purpose.
    pub purpose: Option<String>,
    /// Its locale; none serves every language.
    pub locale: Option<String>,
}

/// What a connector gets.
#[derive(Clone, Debug)]
pub struct Composed {
    /// Where the text is from; none for a text of the caller's.
    pub text_from: Option<Chosen>,
    /// Where the id is from; none without one, and for a sender's.
    pub id_from: Option<Chosen>,
    /// The text, with its ending.
    pub text: String,
    /// The last line that was added.
    pub ending: Option<String>,
    /// The registered template.
    pub template_id: Option<String>,
    /// Its language there.
    pub template_locale: Option<String>,
    /// Its values, in order.
    pub parameters: Vec<Pair>,
    /// Who it comes from.
    pub sender: Option<String>,
    /// Regulatory ids.
    pub extra: Vec<Pair>,
}

type Found<'a> = Option<(Source, &'a Template)>;

/// Compose a message's content.
pub fn compose(sources: Sources<'_>, wanted: &Wanted<'_>) -> Result<Composed, TextError> {
    let from = sender::choose(sources.senders, wanted.country);
    let find = |fits: fn(&Template) -> bool| {
        template::choose(wanted.values.purpose, wanted.locale, sources.own, &sources.shared.templates, fits)
    };
    let of_text = find(|t| t.text.is_some());
    let of_id = match (wanted.text, sources.content) {
        (Some(_), Content::TemplateId) => return Err(TextError::OwnText),
        (Some(_), _) => None,
        (None, Content::TemplateId) => find(|t| t.template_id.is_some()),
        (None, _) => find(|_| true).filter(|(_, t)| t.template_id.is_some()),
    };
    let senders_id = from.and_then(|s| s.template_id.clone()).filter(|_| wanted.text.is_none());
    let template_id = senders_id.clone().or_else(|| of_id.and_then(|(_, t)| t.template_id.clone()));
    if sources.content == Content::TemplateId && template_id.is_none() {
        let (purpose, locale) = (wanted.values.purpose.to_owned(), wanted.locale.to_owned());
        return Err(TextError::NoTemplateId { purpose, locale });
    }
    let (text, ending) = match wanted.text {
        Some(text) => (text.to_owned(), None),
        // What a component does not send must not keep it from sending.
        None if sources.content == Content::TemplateId => closed(sources, wanted, of_text).unwrap_or_default(),
        None => closed(sources, wanted, of_text)?,
    };
    let entry = of_id.or(of_text).map(|(_, t)| t);
    let needs = template_id.is_some() && sources.content != Content::Text;
    Ok(Composed {
        text_from: wanted.text.is_none().then(|| chosen(of_text)),
        id_from: of_id.filter(|_| senders_id.is_none()).map(|found| chosen(Some(found))),
        text,
        ending,
        template_id,
        template_locale: entry.and_then(|t| t.template_locale.clone()),
        parameters: template::parameters(entry.and_then(|t| t.parameters.as_deref()), &wanted.values, needs)?,
        sender: wanted.sender.map(str::to_owned).or_else(|| from.and_then(|s| s.sender.clone())),
        extra: from.map(Sender::extra).unwrap_or_default(),
    })
}

/// The rendered text with its last line. A message without a code has nothing that a line could hand on.
fn closed(sources: Sources<'_>, wanted: &Wanted<'_>, found: Found<'_>) -> Result<(String, Option<String>), TextError> {
    let template = found.map(|(_, t)| t);
    let text = render(template, &wanted.values)?;
    let asked = wanted.app_hash.map(|hash| Ending::AppHash(hash.to_owned()));
    let configured = template.and_then(|t| t.ending.as_ref()).or(sources.shared.ending.as_ref());
    match wanted.values.code {
        // Without an ending too: no value may have written a line of its own.
        Some(code) => asked.as_ref().or(configured).unwrap_or(&Ending::None).close(text, code),
        None => Ok((text, None)),
    }
}

fn chosen(found: Found<'_>) -> Chosen {
    Chosen {
        source: found.map(|(source, _)| source),
        purpose: found.map(|(_, t)| t.purpose.clone()),
        locale: found.and_then(|(_, t)| t.locale.clone()),
    }
}

#[cfg(test)]
mod tests;
