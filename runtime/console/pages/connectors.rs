//! Connectors of an environment, and what there is to set up: the gallery.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};

use crate::api::{At, Parts};
use crate::clock::Timestamp;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{connectors as words, nav, revisions as revision_words};
use crate::delivery::health::State as Breaker;
use crate::setup::ConnectorView;

mod gallery;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/environments/{env}/connectors", get(list)).route("/components/{id}/logo", get(logo))
}

async fn list(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let row = visit.environment(&env)?;
    let connectors = parts.setup.connectors(&env).await?;
    let standings = parts.health.standings(&env, visit.now);
    let demoted: Vec<&str> = standings
        .iter()
        .filter(|standing| !matches!(standing.state, Breaker::Closed))
        .map(|standing| standing.connector.as_str())
        .collect();
    let components = parts.setup.components().await?;
    let asked = gallery::Asked::of(&Posted::parse(visit.query.as_bytes()));
    let content = html! {
        @if connectors.is_empty() { div.section { (shell::empty(words::NONE, None)) } }
        @else { div.section { (table(&env, &connectors, &demoted, &visit)) } }
        (gallery::gallery(&env, &components, &asked))
    };
    let done = (Posted::parse(visit.query.as_bytes()).get("done") == Some("deleted"))
        .then(|| Notice::Done(html! { (revision_words::DELETED) }));
    let page = Page {
        notices: done.into_iter().collect(),
        title: nav::CONNECTORS,
        place: Some(Place::Connectors),
        environment: Some(row.name.clone()),
        lead: Some(html! { (words::LEAD) }),
        actions: Some(shell::action("primary", "#gallery", words::ADD)),
        ..Page::default()
    };
    Ok(visit.page(&page, &content))
}

fn table(env: &str, connectors: &[ConnectorView], demoted: &[&str], visit: &Visit) -> Markup {
    let row = |view: &ConnectorView| {
        let serving = view.serving.filter(|serving| *serving != view.revision);
        vec![
            html! { a href={ "/console/environments/" (env) "/connectors/" (view.name) } { (view.name) } },
            html! { code { (view.component) } },
            html! { (view.revision) @if let Some(serving) = serving { " " span.meta { (words::serving(serving)) } } },
            status(view, demoted.contains(&view.name.as_str())),
            last_success(view, visit.now),
            shell::time(view.created_at, visit.now),
        ]
    };
    let rows: Vec<Vec<Markup>> = connectors.iter().map(row).collect();
    let heads = [words::NAME, words::COMPONENT, words::REVISION, words::STATUS, words::LAST_SUCCESS, words::SAVED];
    shell::table(words::HERE, &heads, &rows)
}

/// What a connector does now, in a word.
fn status(view: &ConnectorView, is_demoted: bool) -> Markup {
    if let Some(why) = &view.quarantined {
        return html! { (shell::status("bad", words::QUARANTINED)) p.meta { (why) } };
    }
    match (view.serving, view.active, is_demoted) {
        (None, ..) => shell::status("quiet", words::DRAFT),
        (Some(_), _, true) => shell::status("warn", words::DEMOTED),
        (Some(_), true, false) => shell::status("good", words::ACTIVE),
        (Some(_), false, false) => shell::status("quiet", words::STANDBY),
    }
}

/// When a message was last taken or delivered.
fn last_success(view: &ConnectorView, now: Timestamp) -> Markup {
    html! { @match view.last_success_at { Some(at) => (shell::time(at, now)), None => (words::NO_SUCCESS) } }
}

/// What stands below a connector's name.
pub(super) fn in_short(view: &ConnectorView, now: Timestamp) -> Markup {
    html! {
        (status(view, false)) " · " (revision_words::revision(view.revision)) " · "
        (words::LAST_SUCCESS) ": " (last_success(view, now))
    }
}

const NAMED: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"";

/// A component's logo. It was judged to be shapes alone when it came; whatever it were, it could load and run nothing.
async fn logo(State(parts): State<Arc<Parts>>, _visit: Visit, At(id): At<String>) -> Result<Response, Refusal> {
    let package = parts.setup.package(&id).await?;
    let svg = package.logo.unwrap_or_else(|| drawn(&package.manifest.name));
    // A picture of its own needs the namespace, which a drawing inside of a page can do without.
    let svg = if svg.contains(" xmlns=") { svg } else { svg.replacen("<svg", NAMED, 1) };
    let mut response = svg.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}

/// For a component without a logo: the first letter of its name.
fn drawn(name: &str) -> String {
    let letter: String = name.chars().filter(|c| c.is_alphanumeric()).take(1).flat_map(char::to_uppercase).collect();
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" {
            rect width="32" height="32" rx="6" fill="#0b6b4f" {}
            text x="16" y="22" text-anchor="middle" font-family="sans-serif" font-size="17" font-weight="600" fill="#fff" { (letter) }
        }
    }
    .into_string()
}
