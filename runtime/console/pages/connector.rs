//! The pages of one connector beside its settings: revisions, change, delete.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::api::Parts;
use crate::console::shell;
use crate::console::visit::Visit;
use crate::console::words::{nav, revisions as words};
use crate::keys::Role;
use crate::setup::ConnectorView;

mod active;
mod change;
pub(super) mod compare;
mod delete;
mod lately;
pub(super) mod rehearsed;
mod revision;
mod revisions;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/connectors/{name}/active", post(active::activate))
        .route("/environments/{env}/connectors/{name}/revisions", get(revisions::page))
        .route("/environments/{env}/connectors/{name}/revisions/compare", get(compare::page))
        .route("/environments/{env}/connectors/{name}/revisions/{n}", get(revision::page))
        .route("/environments/{env}/connectors/{name}/revisions/{n}/activate", post(revisions::activate))
        .route("/environments/{env}/connectors/{name}/change", get(change::page))
        .route("/environments/{env}/connectors/{name}/delete", get(delete::ask).post(delete::delete))
}

/// A tab of a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Settings,
    Revisions,
}

/// The address of a connector.
pub(super) fn address(env: &str, name: &str) -> String {
    format!("/console/environments/{env}/connectors/{name}")
}

/// What a connector's pages lie in.
pub(super) fn crumbs(env: &str, name: Option<&str>) -> Vec<(String, String)> {
    let mut all = vec![(nav::CONNECTORS.to_owned(), format!("/console/environments/{env}/connectors"))];
    all.extend(name.map(|name| (name.to_owned(), address(env, name))));
    all
}

/// What a page about single revisions lies in.
fn crumbs_of_revisions(env: &str, name: &str) -> Vec<(String, String)> {
    let mut all = crumbs(env, Some(name));
    all.push((words::REVISIONS.to_owned(), format!("{}/revisions", address(env, name))));
    all
}

/// The tabs of a connector.
pub(super) fn tabs(env: &str, name: &str, here: Tab) -> Markup {
    let at = address(env, name);
    let deliveries = format!("/console/environments/{env}/messages?connector={}", shell::encoded(name));
    shell::tabs(
        words::TABS,
        &[
            (words::SETTINGS, at.clone(), here == Tab::Settings),
            (words::REVISIONS, format!("{at}/revisions"), here == Tab::Revisions),
            (words::DELIVERIES, deliveries, false),
        ],
    )
}

/// What can be done with a connector as a whole.
pub(super) fn actions(visit: &Visit, env: &str, view: &ConnectorView) -> Markup {
    let at = address(env, &view.name);
    html! {
        @if !view.active && view.serving.is_some() && visit.may(Role::Configure) {
            form method="post" action={ (at) "/active" } { button.button { (words::MAKE_ACTIVE) } }
        }
        (shell::action("", &format!("{at}/change"), words::CHANGE))
        (shell::action("danger", &format!("{at}/delete"), words::DELETE))
    }
}
