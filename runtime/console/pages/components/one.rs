//! One version of a component: what it is, what it asks for, who uses it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::{delete, verdict};
use crate::api::{At, Parts};
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{components as words, nav};
use crate::keys::Role;
use crate::setup::{ComponentView, Tried, component_view};

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((id, version)): At<(String, String)>,
) -> Result<Response, Refusal> {
    show(&parts, &visit, &id, &version, None).await
}

/// Runs it against a stand-in, as an upload is tried.
pub(super) async fn try_again(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((id, version)): At<(String, String)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Upload)?;
    let tried = parts.setup.try_component(&id, &version).await?;
    show(&parts, &visit, &id, &version, Some(tried)).await
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    id: &str,
    version: &str,
    tried: Option<Option<Tried>>,
) -> Result<Response, Refusal> {
    let row = parts.setup.component_row(id, Some(version)).await?;
    let component = component_view(&row)?;
    let users = parts.setup.component_users(&row.digest).await?;
    let others: Vec<ComponentView> =
        parts.setup.components().await?.into_iter().filter(|other| other.id == id).collect();
    let environment = visit.prefs.environment.as_deref().unwrap_or("development");
    let wanted = shell::encoded(&format!("{id}@{version}"));
    let set_up = format!("/console/environments/{environment}/new-connector?component={wanted}");
    let notices = match &tried {
        Some(None) => vec![Notice::Bad(html! { (words::NOT_RUN) })],
        _ => Vec::new(),
    };
    let page = Page {
        title: &component.name,
        place: Some(Place::Components),
        crumbs: vec![(nav::COMPONENTS.to_owned(), "/console/components".to_owned())],
        lead: Some(html! { (component.summary) }),
        actions: Some(shell::action("primary", &set_up, words::SET_UP)),
        notices,
        ..Page::default()
    };
    let content = html! {
        (shell::panel(&format!("{id}@{version}"), &facts(&component, visit)))
        (used_by(&users))
        (try_form(visit, id, version))
        @if let Some(Some(tried)) = &tried { section.section { h2 { (words::VERDICT) } (verdict::tried(tried)) } }
        @if others.len() > 1 { (versions(&others, version, visit)) }
        (delete_link(visit, &component, &users))
    };
    Ok(visit.page(&page, &content))
}

fn facts(component: &ComponentView, visit: &Visit) -> Markup {
    let verified = component.verified.as_ref();
    shell::facts(&[
        (
            words::CAME,
            html! {
                @if component.built_in { (words::BUILT_IN) }
                @else if let Some(at) = component.created_at { (shell::time(at, visit.now)) }
            },
        ),
        (words::HOSTS, html! { @for host in &component.hosts { div { code { (host) } } } }),
        (words::CREDENTIALS, html! { @for name in credentials(component) { div { code { (name) } } } }),
        (words::EXPORTS, html! { (component.exports.join(", ")) }),
        (words::FEATURES, html! { (component.features.join(", ")) }),
        (words::VERIFIED, html! { @if let Some(by) = verified { (by.by.as_str()) ", " (by.on) ", " (by.with) } }),
        (words::SIZE, html! { (words::kilobytes(component.size)) }),
        (words::COMPILED_IN, html! { (component.compile_ms) " ms" }),
        (words::INSTANCE, html! { (component.instantiate_us) " µs" }),
        (words::DIGEST, shell::copy_field("digest", &component.digest)),
    ])
}

fn credentials(component: &ComponentView) -> Vec<&String> {
    component.credentials.as_object().map(|all| all.keys().collect()).unwrap_or_default()
}

fn used_by(all: &[String]) -> Markup {
    let links = html! { @if all.is_empty() { p { (words::UNUSED) } } @else { (users(all)) } };
    shell::section(words::USED_BY, &links)
}

/// The connectors that use it.
pub(super) fn users(users: &[String]) -> Markup {
    html! {
        ul { @for (environment, name) in users.iter().filter_map(|user| user.split_once('/')) {
            li { a href={ "/console/environments/" (environment) "/connectors/" (name) } { (environment) "/" (name) } }
        } }
    }
}

fn try_form(visit: &Visit, id: &str, version: &str) -> Markup {
    let denied = visit.denied(Role::Upload);
    html! {
        form.section method="post" action={ "/console/components/" (id) "/" (shell::encoded(version)) "/try" } {
            p.hint { (words::TRY_LEAD) }
            (shell::button("", "_try", "1", words::TRY, Some(words::TRYING), denied.as_deref()))
        }
    }
}

fn versions(all: &[ComponentView], here: &str, visit: &Visit) -> Markup {
    let row = |view: &ComponentView| {
        vec![
            html! { @if view.version == here { (view.version) } @else { a href=(super::address(view)) { (view.version) } } },
            html! { @if let Some(at) = view.created_at { (shell::time(at, visit.now)) } },
            html! { code { (view.digest.chars().take(12).collect::<String>()) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    shell::table(words::VERSIONS, &[words::VERSION, words::CAME, words::DIGEST], &rows)
}

/// The way to the page that asks; a button that can't be pressed where there is none.
fn delete_link(visit: &Visit, component: &ComponentView, users: &[String]) -> Markup {
    let why = delete::reason(visit, component, users);
    html! {
        div.section {
            @if why.is_none() { (shell::action("danger", &format!("{}/delete", super::address(component)), words::DELETE)) }
            @else { (shell::button("danger", "_delete", "1", words::DELETE, None, why.as_deref())) }
        }
    }
}
