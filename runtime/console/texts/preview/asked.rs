//! What is looked at, and whose texts they are.

use crate::console::posted::Posted;
use crate::console::texts::ending_of;
use crate::setup::{DraftTexts, PreviewTexts};
use crate::texts::{Sender, Shared, Template};

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
        /// Its senders, as they are typed.
        senders: String,
    },
}

impl Of {
    /// As the preview's own fields say.
    pub(crate) fn posted(posted: &Posted) -> Self {
        match posted.word("preview_component") {
            Some(component) => Self::Connector {
                component: component.to_owned(),
                name: posted.word("preview_name").unwrap_or_default().to_owned(),
                senders: posted.get("senders").unwrap_or_default().to_owned(),
            },
            None => Self::Environment { ending: posted.get("/ending").unwrap_or_default().to_owned() },
        }
    }
}

/// How the phone is drawn, whatever the page is drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::console::texts) enum Look {
    /// As the page.
    #[default]
    Page,
    Light,
    Dark,
}

impl Look {
    pub(in crate::console::texts) const ALL: [Self; 3] = [Self::Page, Self::Light, Self::Dark];

    pub(in crate::console::texts) const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What is looked at.
pub(in crate::console::texts) struct Asked {
    pub(in crate::console::texts) purpose: String,
    pub(in crate::console::texts) locale: String,
    pub(in crate::console::texts) country: String,
    pub(in crate::console::texts) connector: String,
    pub(in crate::console::texts) look: Look,
}

impl Asked {
    /// As the form says; the row whose button was pressed beats it, and the first row is looked at before anything was
    /// chosen.
    pub(super) fn new(posted: &Posted, texts: &[(usize, Template)]) -> Self {
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
            look: Look::ALL.into_iter().find(|look| look.word() == word("preview_look")).unwrap_or_default(),
        }
    }

    /// The question to the use case that composes what is sent.
    pub(super) fn question(&self, of: &Of, templates: Vec<Template>, senders: Vec<Sender>) -> PreviewTexts {
        let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let question = PreviewTexts {
            purpose: self.purpose.clone(),
            locale: self.locale.clone(),
            country: word(&self.country),
            every: true,
            ..PreviewTexts::default()
        };
        match of {
            Of::Environment { ending } => {
                let ending = ending_of(ending).filter(|ending| ending.validate().is_ok());
                PreviewTexts {
                    connector: word(&self.connector),
                    templates: Some(Shared { templates, ending }),
                    ..question
                }
            }
            Of::Connector { component, name, .. } => {
                let draft = DraftTexts { component: component.clone(), templates, senders };
                PreviewTexts { connector: word(name), draft: Some(draft), ..question }
            }
        }
    }
}
