//! Changing the provider: old beside new, what carries over, and that the old one serves until the switch.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::{address, crumbs, lately};
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Field, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::revisions as words;
use crate::setup::{ComponentView, ConnectorView, Replacement};

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
) -> Result<Response, Refusal> {
    let old = parts.setup.connector(&env, &name).await?;
    let sent = lately::sent(&parts, &visit, &env, &name).await?;
    if visit.is_part && lately::is_counted(&visit) {
        return Ok(sent.into_response());
    }
    let asked = Posted::parse(visit.query.as_bytes());
    let plan = match asked.word("component") {
        Some(component) => Some(parts.setup.change_plan(&env, &name, component).await?),
        None => None,
    };
    let components = parts.setup.components().await?;
    let title = words::change(&name);
    let page = Page {
        title: &title,
        place: Some(Place::Connectors),
        environment: Some(env.clone()),
        crumbs: crumbs(&env, Some(&name)),
        lead: Some(html! { (words::UNTIL_SWITCH) }),
        ..Page::default()
    };
    let content = html! {
        div.halves {
            (shell::panel(words::OLD, &serves(&visit, &old, &sent)))
            (shell::panel(words::NEW, &html! {
                (choice(&env, &name, &components, asked.word("component")))
                @if let Some(plan) = &plan {
                    p { strong { code { (plan.to_component) } } }
                    (shell::action("primary", &set_up(&env, plan), words::SET_UP))
                }
            }))
        }
        @if let Some(plan) = &plan { (carries(plan)) }
    };
    Ok(visit.page(&page, &content))
}

/// The set-up page, in replace mode.
fn set_up(env: &str, plan: &Replacement) -> String {
    format!(
        "/console/environments/{env}/new-connector?component={}&replaces={}",
        shell::encoded(&plan.to_component),
        shell::encoded(&plan.from)
    )
}

fn serves(visit: &Visit, old: &ConnectorView, sent: &Markup) -> Markup {
    html! {
        (shell::facts(&[
            (words::COMPONENT, html! { code { (old.component) } }),
            (words::REVISION, html! { (old.revision) }),
            (words::SAVED, shell::time(old.created_at, visit.now)),
            (words::BY, html! { @if let Some(by) = &old.by { (by.name) } }),
        ]))
        (sent)
    }
}

fn choice(env: &str, name: &str, components: &[ComponentView], chosen: Option<&str>) -> Markup {
    let options: Vec<(String, String)> = components
        .iter()
        .map(|view| (format!("{}@{}", view.id, view.version), format!("{} {}", view.name, view.version)))
        .collect();
    let field = Field { id: "component", label: words::CHOOSE, ..Field::default() };
    html! {
        form.row.end method="get" action={ (address(env, name)) "/change" } {
            (shell::field(&field, &shell::select("component", "component", &options, chosen.unwrap_or_default(), None)))
            button.button { (words::LOOK) }
        }
    }
}

fn carries(plan: &Replacement) -> Markup {
    html! {
        div.halves {
            (shell::panel(words::CARRIES, &html! {
                p { (words::carried(plan.templates.len(), plan.senders.len())) }
                h3 { (words::PLACES) }
                @if plan.places.is_empty() { p { (words::NO_PLACES) } }
                ul.reasons { @for place in &plan.places { li { (words::place(place)) } } }
                @if plan.ends_trial { p { (words::TRIAL_ENDS) } }
            }))
            (shell::panel(words::STAYS_BEHIND, &html! {
                ul.reasons {
                    @for left in &plan.left {
                        li { (left.purpose) @if let Some(locale) = &left.locale { " (" (locale) ")" } ": " (left.reason) }
                    }
                    li { (words::SECRETS_STAY) }
                }
            }))
        }
    }
}
