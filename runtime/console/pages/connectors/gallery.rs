//! What there is to set up: a card for each component, found by words, channel and feature.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::console::posted::Posted;
use crate::console::shell;
use crate::console::words::connectors as words;
use crate::setup::ComponentView;

/// What is looked for, as the address has it.
pub(super) struct Asked {
    query: String,
    channel: String,
    feature: String,
}

impl Asked {
    pub(super) fn of(query: &Posted) -> Self {
        let word = |name: &str| query.word(name).unwrap_or_default().to_owned();
        Self { query: word("q"), channel: word("channel"), feature: word("feature") }
    }

    fn fits(&self, view: &ComponentView) -> bool {
        let told = format!("{} {} {} {}", view.id, view.name, view.summary, view.hosts.join(" ")).to_lowercase();
        let query = self.query.to_lowercase();
        query.split_whitespace().all(|word| told.contains(word))
            && (self.channel.is_empty() || view.channel == self.channel)
            && (self.feature.is_empty() || view.features.contains(&self.feature))
    }
}

/// The gallery: the newest version of each component.
pub(super) fn gallery(env: &str, components: &[ComponentView], asked: &Asked) -> Markup {
    let mut seen = BTreeSet::new();
    let newest: Vec<&ComponentView> = components.iter().filter(|view| seen.insert(view.id.as_str())).collect();
    let mut found: Vec<&&ComponentView> = newest.iter().filter(|view| asked.fits(view)).collect();
    // What somebody uploaded he looks for first.
    found.sort_by_key(|view| (view.built_in, view.name.to_lowercase()));
    html! {
        section.section #gallery {
            h2 { (words::GALLERY) }
            (filters(env, &newest, asked))
            div #found {
                @if found.is_empty() { (shell::empty(words::NONE_FOUND, Some(shell::action("", "/console/components", words::UPLOAD)))) }
                @else {
                    p.meta role="status" { (words::found(found.len())) }
                    ul.cards { @for view in found { li.card { (card(env, view)) } } }
                }
            }
        }
    }
}

fn filters(env: &str, all: &[&ComponentView], asked: &Asked) -> Markup {
    let address = format!("/console/environments/{env}/connectors");
    let options = |values: BTreeSet<&str>| {
        let any = std::iter::once((String::new(), words::ANY.to_owned()));
        any.chain(values.into_iter().map(|value| (value.to_owned(), value.to_owned()))).collect::<Vec<_>>()
    };
    let channels = options(all.iter().map(|view| view.channel.as_str()).collect());
    let features = options(all.iter().flat_map(|view| view.features.iter().map(String::as_str)).collect());
    html! {
        form.filters method="get" action=(address) role="search" hx-get=(address) hx-trigger="input delay:200ms"
            hx-target="#found" hx-select="#found" hx-swap="outerHTML" {
            div.field { label for="q" { (words::SEARCH) } input #q name="q" type="search" value=(asked.query) data-search autocomplete="off"; }
            div.field { label for="channel" { (words::CHANNEL) } (shell::select("channel", "channel", &channels, &asked.channel, None)) }
            div.field { label for="feature" { (words::FEATURE) } (shell::select("feature", "feature", &features, &asked.feature, None)) }
            button.button { (words::FILTER) }
        }
    }
}

fn card(env: &str, view: &ComponentView) -> Markup {
    let address = format!("/console/environments/{env}/new-connector?component={}", shell::encoded(&view.id));
    html! {
        div.row {
            img.logo src={ "/console/components/" (view.id) "/logo" } alt="" width="32" height="32" loading="lazy";
            h3 { a href=(address) { (view.name) } }
            @if !view.built_in { (shell::tag("warn", words::UPLOADED)) }
        }
        p { (view.summary) }
        p.meta { (view.channel) " · " (view.version) @if !view.features.is_empty() { " · " (view.features.join(", ")) } }
        p.meta { (words::HOSTS) ": " (view.hosts.join(", ")) }
        @if let Some(verified) = &view.verified { p.meta { (words::VERIFIED) ": " (verified.by.as_str()) ", " (verified.on) } }
    }
}
