//! What one of the texts that are being typed would come to: the use case composes it, the phone shows it.

mod asked;
mod usable;

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::autofill::Place;
use super::{Texts, phone, told};
use crate::api::Parts;
use crate::api::error::ApiError;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::words::texts as words;
use crate::setup::{Previews, SetupError};
use crate::texts::template::Source;
use crate::texts::{PURPOSES, Template};

pub(crate) use asked::Of;
pub(super) use asked::{Asked, Look};

/// The id of the block that a preview is exchanged in.
const PREVIEW: &str = "texts-preview";

/// What brings a new preview. A list may tell of a choice by `change` alone; of a field that told already, nothing is sent
/// twice.
const TYPED: &str = "input changed delay:200ms from:'closest form', change changed delay:200ms from:'closest form'";

/// Purposes and languages that there are to choose from.
const CHOICES_MAX: usize = 500;

/// What there is to choose from.
pub(super) struct Choices {
    pub(super) purposes: Vec<String>,
    pub(super) locales: Vec<String>,
    pub(super) connectors: Vec<String>,
}

/// The phone, what the text takes, and the selectors. It stands in the form, and is exchanged as it is typed into.
pub(crate) async fn preview(
    parts: &Parts,
    environment: &str,
    texts: &Texts,
    posted: &Posted,
    of: &Of,
) -> Result<Markup, Refusal> {
    let at = super::address(environment);
    let entries = texts.entries();
    let is_read = entries.is_some();
    let entries = entries.unwrap_or_default();
    let mut asked = Asked::new(posted, &entries);
    let choices = choices(parts, environment, &entries, &mut asked, of).await?;
    let (content, phone) = if is_read {
        shown(parts, environment, &entries, &asked, of).await?
    } else {
        (html! { p { (words::JSON_FIRST) } }, phone::empty())
    };
    let (component, name) = match of {
        Of::Connector { component, name, .. } => (Some(component), Some(name)),
        Of::Environment { .. } => (None, None),
    };
    Ok(html! {
        section.texts-preview id=(PREVIEW) aria-label=(words::PREVIEW) hx-post={ (at) "/preview" }
            hx-trigger=(TYPED) hx-target="this" hx-swap="outerMorph" {
            @if let Some(component) = component { input type="hidden" name="preview_component" value=(component); }
            @if let Some(name) = name { input type="hidden" name="preview_name" value=(name); }
            (told::selectors(&asked, &choices))
            (phone)
            div.texts-facts aria-live="polite" { (content) }
        }
    })
}

async fn choices(
    parts: &Parts,
    environment: &str,
    entries: &[(usize, Template)],
    asked: &mut Asked,
    of: &Of,
) -> Result<Choices, Refusal> {
    let own = entries.iter().map(|(_, template)| template.purpose.as_str()).filter(|purpose| !purpose.is_empty());
    let purposes: BTreeSet<&str> = PURPOSES.iter().copied().chain(own).chain([asked.purpose.as_str()]).collect();
    let locales = entries.iter().filter_map(|(_, template)| template.locale.as_deref());
    let locales: BTreeSet<&str> = locales.chain(["en", asked.locale.as_str()]).collect();
    let mut connectors = Vec::new();
    if let Of::Environment { .. } = of {
        let rows = parts.store.connectors(environment).await.map_err(ApiError::from)?;
        connectors.extend(rows.into_iter().filter(|row| row.serving.is_some()).map(|row| row.name));
        let active = parts.store.channel(environment, "sms").await.map_err(ApiError::from)?.active;
        if !connectors.contains(&asked.connector) {
            let active = active.filter(|active| connectors.contains(active));
            asked.connector = active.or_else(|| connectors.first().cloned()).unwrap_or_default();
        }
    }
    let few = |all: BTreeSet<&str>| all.into_iter().take(CHOICES_MAX).map(str::to_owned).collect();
    Ok(Choices { purposes: few(purposes), locales: few(locales), connectors })
}

/// What there is to say, and the phone.
async fn shown(
    parts: &Parts,
    environment: &str,
    entries: &[(usize, Template)],
    asked: &Asked,
    of: &Of,
) -> Result<(Markup, Markup), Refusal> {
    let (usable, mut left_out) = usable::templates(parts, environment, entries, asked, of).await?;
    let (indexes, templates): (Vec<usize>, Vec<Template>) = usable.into_iter().unzip();
    let (senders, unread) = usable::senders(of);
    left_out.extend(unread);
    let question = asked.question(of, templates.clone(), senders);
    let previews = match parts.setup.preview(environment, question).await {
        Ok(previews) => previews,
        Err(SetupError::Refused { reasons, .. }) => return Ok((shell::reason_list(&reasons), phone::empty())),
        Err(error) => return Err(error.into()),
    };
    let mine = if matches!(of, Of::Environment { .. }) { Source::Environment } else { Source::Connector };
    let Previews { previews, worst, .. } = previews;
    let Some(first) = previews.into_iter().next() else { return Ok((html! {}, phone::empty())) };
    let at = first.template.as_ref().filter(|from| from.source == Some(mine)).and_then(|from| {
        let is_it =
            |t: &Template| Some(&t.purpose) == from.purpose.as_ref() && t.locale == from.locale && t.text.is_some();
        indexes.get(templates.iter().position(is_it)?).copied()
    });
    let place = Place { at, texts_at: &super::address(environment), is_connectors: mine == Source::Connector };
    let facts = html! {
        @for reason in left_out.iter().take(5) { p.error { (shell::coded(reason)) } }
        (told::facts(&first, &place))
        @if let Some(worst) = &worst { (told::worst(worst)) }
    };
    Ok((facts, phone::phone(&first, &asked.locale)))
}
