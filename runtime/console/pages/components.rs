//! The registry: what is there, what was uploaded, who uses it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::api::Parts;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{components as words, nav};
use crate::setup::ComponentView;

mod delete;
mod one;
mod upload;
mod verdict;

pub(super) fn routes(parts: &Parts) -> Router<Arc<Parts>> {
    let upload_bytes_max = usize::try_from(parts.config.sandbox.upload_mib << 20).unwrap_or(usize::MAX);
    Router::new()
        .route("/components", get(list))
        .route(
            "/components/upload",
            // The form around the file takes a little.
            post(upload::upload).layer(DefaultBodyLimit::max(upload_bytes_max.saturating_add(64 << 10))),
        )
        .route("/components/{id}/{version}", get(one::page))
        .route("/components/{id}/{version}/try", post(one::try_again))
        .route("/components/{id}/{version}/delete", get(delete::ask).post(delete::delete))
}

async fn list(State(parts): State<Arc<Parts>>, visit: Visit) -> Result<Response, Refusal> {
    let asked = Posted::parse(visit.query.as_bytes());
    let query = asked.word("q").unwrap_or_default().to_lowercase();
    let all = parts.setup.components().await?;
    let done = (asked.get("done") == Some("deleted")).then(|| Notice::Done(html! { (words::DELETED) }));
    let page = Page {
        title: nav::COMPONENTS,
        place: Some(Place::Components),
        lead: Some(html! { (words::LEAD) }),
        notices: done.into_iter().collect(),
        ..Page::default()
    };
    let matches = |view: &&ComponentView| {
        let told = format!("{} {} {} {}", view.id, view.name, view.summary, view.hosts.join(" ")).to_lowercase();
        query.split_whitespace().all(|word| told.contains(word))
    };
    let found: Vec<&ComponentView> = all.iter().filter(matches).collect();
    let content = html! {
        (upload::form(&visit))
        (search(&query))
        div #found {
            @if found.is_empty() { (shell::empty(words::NONE_FOUND, None)) }
            (group(words::UPLOADED, &found, false, &visit))
            @if query.is_empty() && all.iter().all(|view| view.built_in) { p.hint { (words::NONE_UPLOADED) } }
            (group(words::BUILT_IN, &found, true, &visit))
        }
    };
    Ok(visit.page(&page, &content))
}

fn search(query: &str) -> Markup {
    html! {
        form.filters method="get" action="/console/components" role="search" {
            div.field {
                label for="q" { (words::SEARCH) }
                input #q name="q" type="search" value=(query) data-search
                    hx-get="/console/components" hx-trigger="input changed delay:200ms" hx-target="#found" hx-select="#found" hx-swap="outerHTML";
            }
            button.button { (words::SEARCH) }
        }
    }
}

/// Components of one kind, each once, with the versions that it has.
fn group(title: &str, found: &[&ComponentView], built_in: bool, visit: &Visit) -> Markup {
    let mut by_id: BTreeMap<&str, Vec<&ComponentView>> = BTreeMap::new();
    for view in found.iter().filter(|view| view.built_in == built_in) {
        by_id.entry(&view.id).or_default().push(view);
    }
    let rows: Vec<Vec<Markup>> = by_id.values().filter_map(|versions| row(versions, visit)).collect();
    let heads = [words::NAME, words::VERSION, words::SUMMARY, words::FEATURES, words::CAME];
    html! { @if !rows.is_empty() { div.section { (shell::table(title, &heads, &rows)) } } }
}

fn row(versions: &[&ComponentView], visit: &Visit) -> Option<Vec<Markup>> {
    let newest = versions.first()?;
    let came = newest.created_at.filter(|_| !newest.built_in).map(|at| shell::time(at, visit.now));
    Some(vec![
        html! { a href=(address(newest)) { (newest.name) } " " code { (newest.id) } },
        html! { (newest.version) @if versions.len() > 1 { " " span.meta { (words::versions(versions.len())) } } },
        html! { (newest.summary) },
        html! { span.meta { (newest.features.join(", ")) } },
        html! { @if let Some(came) = came { (came) } },
    ])
}

/// The address of a version's page.
fn address(view: &ComponentView) -> String {
    format!("/console/components/{}/{}", view.id, shell::encoded(&view.version))
}
