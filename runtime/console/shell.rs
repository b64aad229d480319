//! The frame of a page, and the blocks that pages are made of: the console's component library.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::prefs::Theme;
use super::visit::Visit;
use super::words::{common as words, nav as nav_words};

mod blocks;
mod control;
mod nav;

pub(crate) use blocks::{
    Notice, coded, copy_field, empty, errors, facts, later, notice, number, pager, panel, reason_list, section, status,
    table, tabs, tag, time, time_of,
};
pub(crate) use control::{Field, action, button, field, moment, select, wanted};
pub(crate) use nav::Place;

/// What a page is made of. Pages fill in what they have.
#[derive(Default)]
pub(crate) struct Page<'a> {
    /// Its heading, and the window's title.
    pub(crate) title: &'a str,
    /// Where it stands in the navigation.
    pub(crate) place: Option<Place>,
    /// The environment that it is of.
    pub(crate) environment: Option<String>,
    /// What it lies in, from the outside in: name and address.
    pub(crate) crumbs: Vec<(String, String)>,
    /// One sentence below the heading.
    pub(crate) lead: Option<Markup>,
    /// Beside the heading.
    pub(crate) actions: Option<Markup>,
    /// What is said before anything else: what was done, what went wrong.
    pub(crate) notices: Vec<Notice>,
    /// Below the heading: the tabs of what is shown.
    pub(crate) tabs: Option<Markup>,
    /// Whether a JSON editor is on it.
    pub(crate) has_editor: bool,
}

impl Visit {
    /// A page.
    pub(crate) fn page(&self, page: &Page<'_>, content: &Markup) -> Response {
        self.page_as(StatusCode::OK, page, content)
    }

    /// A page with another status: 422 for a form that is shown again, 409 for one that came too late.
    pub(crate) fn page_as(&self, status: StatusCode, page: &Page<'_>, content: &Markup) -> Response {
        let mut response = (status, document(self, page, content)).into_response();
        if page.environment.is_some() && page.environment != self.prefs.environment {
            let prefs = super::prefs::Prefs { environment: page.environment.clone(), ..self.prefs.clone() };
            prefs.set_in(response.headers_mut());
        }
        response
    }

    /// Whether the page's environment is one of production: it wears a mark.
    fn is_production(&self, page: &Page<'_>) -> bool {
        let row = page.environment.as_deref().and_then(|name| self.environments.iter().find(|row| row.name == name));
        row.is_some_and(|row| !row.is_development())
    }
}

fn document(visit: &Visit, page: &Page<'_>, content: &Markup) -> Markup {
    let theme = (visit.prefs.theme != Theme::System).then(|| visit.prefs.theme.as_str());
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" data-theme=[theme] data-single-keys=[visit.prefs.keys_off.then_some("off")] {
            (head(page.title, page.has_editor))
            body.production[visit.is_production(page)] {
                a.skip href="#content" { (words::SKIP) }
                div.shell {
                    (nav::nav(visit, page))
                    main #content tabindex="-1" {
                        p data-lost role="alert" hidden { (words::LOST) }
                        (top(page))
                        (content)
                    }
                }
                p.visually-hidden role="status" data-say {}
                (keys_help())
            }
        }
    }
}

fn head(title: &str, has_editor: bool) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="htmx-config" content=(HTMX);
            title { (title) " · " (words::PRODUCT) }
            link rel="stylesheet" href=(assets::address("app.css"));
            link rel="icon" href=(assets::address("icon.svg")) type="image/svg+xml";
            script src=(assets::address("htmx.js")) defer {}
            script type="module" src=(assets::address("console.js")) {}
            @if has_editor { script type="module" src=(assets::address("editor.js")) {} }
        }
    }
}

/// No style of htmx's own, which the policy forbids; requests go to this origin alone. A refusal (4xx) is shown like any
/// answer; where there is none, `lost.js` says so.
const HTMX: &str = r#"{"includeIndicatorCSS":false,"history":false,"mode":"same-origin","noSwap":[204,304,"5xx"]}"#;

fn top(page: &Page<'_>) -> Markup {
    html! {
        header.top {
            @if !page.crumbs.is_empty() {
                nav.crumbs aria-label=(words::YOU_ARE_HERE) { ol {
                    @for (name, href) in &page.crumbs { li { a href=(href) { (name) } } }
                } }
            }
            div.top-line { h1 { (page.title) } @if let Some(actions) = &page.actions { div.actions { (actions) } } }
            @if let Some(lead) = &page.lead { p.lead { (lead) } }
            @if let Some(tabs) = &page.tabs { (tabs) }
        }
        @for given in &page.notices { (notice(given)) }
    }
}

/// A page without navigation: for who is not signed in, and for what went wrong.
pub(crate) fn bare(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            (head(title, false))
            body.bare { main #content { p.brand { (words::PRODUCT) } (content) } }
        }
    }
}

fn keys_help() -> Markup {
    let row = |keys: &str, what: &str| html! { dt { @for key in keys.split(' ') { kbd { (key) } " " } } dd { (what) } };
    html! {
        dialog #keys-help aria-labelledby="keys-help-title" {
            h2 #keys-help-title { (nav_words::SHORTCUTS) }
            dl.keys {
                (row("/", nav_words::KEYS_SEARCH))
                (row("g o", nav_words::OVERVIEW)) (row("g c", nav_words::CONNECTORS)) (row("g l", nav_words::MESSAGES))
                (row("g e", nav_words::ENVIRONMENTS)) (row("g m", nav_words::COMPONENTS))
                (row("Ctrl Enter", nav_words::KEYS_SAVE)) (row("Ctrl Shift M", nav_words::KEYS_EDITOR)) (row("?", nav_words::KEYS_HELP))
            }
            form method="dialog" { button.button { (nav_words::CLOSE) } }
        }
    }
}

/// What needs no escape in an address (RFC 3986): a name with a hyphen stays readable.
const UNRESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value in a query or a path.
pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string()
}
