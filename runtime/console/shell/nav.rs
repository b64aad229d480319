//! The navigation: the environment that is looked at, and what belongs to the service.

use maud::{Markup, html};

use super::Page;
use crate::console::prefs::Theme;
use crate::console::visit::Visit;
use crate::console::words::{common as words, nav};
use crate::store::EnvironmentRow;

/// A place of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Connectors,
    Texts,
    Messages,
    Inbox,
    Experience,
    Policy,
    Guard,
    Costs,
    Webhooks,
    Environments,
    Components,
    Keys,
    People,
    Audit,
    About,
}

struct Link {
    place: Place,
    name: &'static str,
    path: &'static str,
    keys: Option<&'static str>,
}

const fn link(place: Place, name: &'static str, path: &'static str, keys: Option<&'static str>) -> Link {
    Link { place, name, path, keys }
}

const OF_ENVIRONMENT: &[Link] = &[
    link(Place::Overview, nav::OVERVIEW, "", Some("g o")),
    link(Place::Connectors, nav::CONNECTORS, "/connectors", Some("g c")),
    link(Place::Texts, nav::TEXTS, "/texts", Some("g t")),
    link(Place::Messages, nav::MESSAGES, "/messages", Some("g l")),
    link(Place::Inbox, nav::INBOX, "/inbox", Some("g i")),
    link(Place::Experience, nav::EXPERIENCE, "/sign-in-experience", Some("g s")),
    link(Place::Policy, nav::POLICY, "/policy", Some("g p")),
    link(Place::Guard, nav::GUARD, "/guard", Some("g f")),
    link(Place::Costs, nav::COSTS, "/costs", None),
    link(Place::Webhooks, nav::WEBHOOKS, "/webhooks", Some("g w")),
];

const OF_SERVICE: &[Link] = &[
    link(Place::Environments, nav::ENVIRONMENTS, "/console/environments", Some("g e")),
    link(Place::Components, nav::COMPONENTS, "/console/components", Some("g m")),
    link(Place::Keys, nav::KEYS, "/console/keys", Some("g k")),
    link(Place::People, nav::PEOPLE, "/console/people", None),
    link(Place::Audit, nav::AUDIT, "/console/audit", None),
    link(Place::About, nav::ABOUT, "/console/about", None),
];

/// The environment whose links are shown: the page's own, else the one that was looked at last.
fn shown<'a>(visit: &'a Visit, page: &Page<'_>) -> Option<&'a EnvironmentRow> {
    let named = |name: &str| visit.environments.iter().find(|row| row.name == name);
    let own = page.environment.as_deref().or(visit.prefs.environment.as_deref()).and_then(named);
    own.or_else(|| named("development")).or_else(|| visit.environments.first())
}

pub(super) fn nav(visit: &Visit, page: &Page<'_>) -> Markup {
    let row = shown(visit, page);
    html! {
        nav.nav aria-label=(words::NAVIGATION) {
            a.brand href="/console" { (words::PRODUCT) }
            details.menu {
                summary { (words::MENU) }
                (places(visit, page, row))
            }
            div.nav-wide { (places(visit, page, row)) }
        }
    }
}

fn places(visit: &Visit, page: &Page<'_>, row: Option<&EnvironmentRow>) -> Markup {
    html! {
        @if let Some(row) = row {
            (switcher(visit, row))
            ul { @for link in OF_ENVIRONMENT {
                @if link.place != Place::Inbox || row.is_development() {
                    (item(link, &format!("/console/environments/{}{}", row.name, link.path), page))
                }
            } }
        }
        p.nav-head { (words::SERVICE) }
        ul { @for link in OF_SERVICE { (item(link, link.path, page)) } }
        (foot(visit))
    }
}

fn item(link: &Link, href: &str, page: &Page<'_>) -> Markup {
    let is_here = page.place == Some(link.place);
    html! {
        li { a href=(href) aria-current=[is_here.then_some("page")] data-keys=[link.keys] { (link.name) } }
    }
}

/// Environments as links: the same page of another one is a click away.
fn switcher(visit: &Visit, row: &EnvironmentRow) -> Markup {
    html! {
        details.switcher data-menu {
            summary {
                span.nav-head { (words::ENVIRONMENT) }
                span.switcher-name { (row.name) @if !row.is_development() { " " span.tag.warn { (words::PRODUCTION) } } }
            }
            ul { @for other in &visit.environments {
                li { a href={ "/console/environments/" (other.name) } aria-current=[(other.name == row.name).then_some("true")] { (other.name) } }
            } }
        }
    }
}

fn foot(visit: &Visit) -> Markup {
    html! {
        div.nav-foot {
            p.who { (visit.visitor.actor.name) }
            form method="post" action="/console/preferences" {
                input type="hidden" name="back" value=(visit.path);
                fieldset.themes {
                    legend.nav-head { (words::THEME) }
                    @for theme in Theme::ALL {
                        button.link name="theme" value=(theme.as_str()) aria-pressed=(visit.prefs.theme == theme) { (words::theme(theme)) }
                    }
                }
            }
            form method="post" action="/console/sign-out" { button.link { (words::SIGN_OUT) } }
        }
    }
}
