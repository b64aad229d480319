//! What one of the texts that are being typed would come to: the use case composes it, the phone shows it.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{Texts, ending_of, phone, region, row, told};
use crate::api::Parts;
use crate::api::error::ApiError;
use crate::connector::reason::Reason;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::words::texts as words;
use crate::setup::{DraftTexts, PreviewTexts, Previews, SetupError};
use crate::texts::template::Source;
use crate::texts::{PURPOSES, Shared, Template, shared};

/// The id of the block that a preview is exchanged in.
const PREVIEW: &str = "texts-preview";

/// Templates that are looked at in a preview, besides those of its purpose.
const LOOKED_AT_MAX: usize = 500;

/// Whose texts they are.
#[derive(Clone, Debug)]
pub(crate) enum Of {
    /// The environment's, which end so.
    Environment {
        /// As it is typed.
        ending: String,
    },
    /// A connector's that is being set up.
    Connector {
        /// `id` or `id@version`.
        component: String,
        /// Its name.
        name: String,
    },
}

impl Of {
    /// As the preview's own fields say.
    pub(crate) fn posted(posted: &Posted) -> Self {
        match posted.word("preview_component") {
            Some(component) => Self::Connector {
                component: component.to_owned(),
                name: posted.word("preview_name").unwrap_or_default().to_owned(),
            },
            None => Self::Environment { ending: posted.get("/ending").unwrap_or_default().to_owned() },
        }
    }
}

/// What is looked at.
pub(super) struct Asked {
    pub(super) purpose: String,
    pub(super) locale: String,
    pub(super) country: String,
    pub(super) connector: String,
}

impl Asked {
    /// As the form says; the row whose button was pressed beats it, and the first row is looked at before anything was
    /// chosen.
    fn new(posted: &Posted, texts: &[(usize, Template)]) -> Self {
        let word = |name: &str| posted.word(name).unwrap_or_default().to_owned();
        let pressed = posted.get("_preview").and_then(|pointer| pointer.rsplit('/').next()?.parse::<usize>().ok());
        let chosen = match pressed {
            Some(index) => texts.iter().find(|(at, _)| *at == index),
            None if posted.has("preview_purpose") => None,
            None => texts.first(),
        };
        let (mut purpose, mut locale) = (word("preview_purpose"), word("preview_locale"));
        if let Some((_, template)) = chosen {
            purpose = template.purpose.clone();
            locale = template.locale.clone().unwrap_or_default();
        }
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        let (purpose, locale) = (or(purpose, "sign-in"), or(locale, "en"));
        Self {
            purpose,
            locale,
            country: word("preview_country").to_ascii_uppercase(),
            connector: word("preview_connector"),
        }
    }
}

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
    preview_at: &str,
) -> Result<Markup, Refusal> {
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
        Of::Connector { component, name } => (Some(component), Some(name)),
        Of::Environment { .. } => (None, None),
    };
    Ok(html! {
        section.texts-preview id=(PREVIEW) aria-label=(words::PREVIEW) hx-post=(preview_at)
            hx-trigger="input changed delay:200ms from:'closest form'" hx-target="this" hx-swap="outerMorph" {
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
    let few = |all: BTreeSet<&str>| all.into_iter().take(LOOKED_AT_MAX).map(str::to_owned).collect();
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
    let (usable, left_out) = usable(parts, environment, entries, asked, of).await?;
    let (indexes, templates): (Vec<usize>, Vec<Template>) = usable.into_iter().unzip();
    let previews = match parts.setup.preview(environment, question(asked, of, templates.clone())).await {
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
    let facts = html! {
        @for reason in left_out.iter().take(5) { p.error { (region::coded(reason)) } }
        (told::facts(&first, at))
        @if let Some(worst) = &worst { (told::worst(worst)) }
    };
    Ok((facts, phone::phone(&first, &asked.locale)))
}

fn question(asked: &Asked, of: &Of, templates: Vec<Template>) -> PreviewTexts {
    let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let question = PreviewTexts {
        purpose: asked.purpose.clone(),
        locale: asked.locale.clone(),
        country: word(&asked.country),
        every: true,
        ..PreviewTexts::default()
    };
    match of {
        Of::Environment { ending } => {
            let ending = ending_of(ending).filter(|ending| ending.validate().is_ok());
            PreviewTexts {
                connector: word(&asked.connector),
                templates: Some(Shared { templates, ending }),
                ..question
            }
        }
        Of::Connector { component, name } => {
            let draft = DraftTexts { component: component.clone(), templates, senders: Vec::new() };
            PreviewTexts { connector: word(name), draft: Some(draft), ..question }
        }
    }
}

/// The texts that could be saved, and a word about those that could not: half a text in one row must not hide the
/// others while somebody types.
async fn usable(
    parts: &Parts,
    environment: &str,
    entries: &[(usize, Template)],
    asked: &Asked,
    of: &Of,
) -> Result<(Vec<(usize, Template)>, Vec<String>), Refusal> {
    let row = parts.store.environment(environment).await.map_err(ApiError::from)?;
    let app = row.map(|row| row.display_name).unwrap_or_default();
    let ending = match of {
        Of::Environment { ending } => ending_of(ending).filter(|ending| ending.validate().is_ok()),
        Of::Connector { .. } => parts.setup.texts(environment).await?.ending,
    };
    let matters = |(at, (_, t)): &(usize, &(usize, Template))| {
        *at < LOOKED_AT_MAX || t.purpose == asked.purpose || t.purpose == crate::texts::GENERIC
    };
    let looked_at: Vec<&(usize, Template)> =
        entries.iter().enumerate().filter(matters).map(|(_, entry)| entry).collect();
    let templates: Vec<Template> = looked_at.iter().map(|(_, template)| template.clone()).collect();
    let faults = shared::faults(&templates, &app, ending.as_ref());
    let index = |fault: &Reason| fault.pointer.as_deref()?.split('/').nth(2)?.parse::<usize>().ok();
    let wrong: BTreeSet<usize> = faults.iter().filter_map(index).collect();
    let word = |fault: &Reason| Some(words::left_out(looked_at.get(index(fault)?)?.0 + 1, &fault.text));
    let left_out = faults.iter().filter_map(word).collect();
    let fits = looked_at.iter().enumerate().filter(|(at, _)| !wrong.contains(at));
    Ok((fits.map(|(_, entry)| (*entry).clone()).collect(), left_out))
}

impl Texts {
    /// What is typed, each with its place in the form; none if it can't be read.
    pub(super) fn entries(&self) -> Option<Vec<(usize, Template)>> {
        match self.view {
            super::View::Table => {
                let rows = self.rows.iter().enumerate().filter(|(_, row)| !row.is_blank());
                Some(rows.map(|(at, row)| (at, row::Row::read(row))).collect())
            }
            super::View::Json => self.clone().read().ok().map(|templates| templates.into_iter().enumerate().collect()),
        }
    }
}
