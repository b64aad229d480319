//! The start: how an environment does, and what is left to do in it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::html;

use crate::api::{At, Parts};
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::nav;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/", get(start)).route("/environments/{env}", get(overview))
}

/// The environment that was looked at last, or the first one.
async fn start(visit: Visit) -> Response {
    let known = |name: &String| visit.environments.iter().any(|row| row.name == *name);
    let last = visit.prefs.environment.clone().filter(known);
    let first = || visit.environments.first().map_or_else(|| "development".to_owned(), |row| row.name.clone());
    Redirect::to(&format!("/console/environments/{}", last.unwrap_or_else(first))).into_response()
}

async fn overview(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let row = visit.environment(&env)?;
    let connectors = parts.setup.connectors(&env).await?;
    let content = html! {
        (shell::section(nav::CONNECTORS, &html! { ul { @for connector in &connectors { li { (connector.name) } } } }))
    };
    let page = Page {
        title: nav::OVERVIEW,
        place: Some(Place::Overview),
        environment: Some(row.name.clone()),
        ..Page::default()
    };
    Ok(visit.page(&page, &content))
}
