//! Deleting a version of a component: a page of its own that says who uses it, and what stops.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::{address, one};
use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{components as words, nav};
use crate::keys::Role;
use crate::setup::{ComponentView, component_view};

pub(super) async fn ask(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((id, version)): At<(String, String)>,
) -> Result<Response, Refusal> {
    show(&parts, &visit, &id, &version, None).await
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    id: &str,
    version: &str,
    refused: Option<&ApiError>,
) -> Result<Response, Refusal> {
    let row = parts.setup.component_row(id, Some(version)).await?;
    let component = component_view(&row)?;
    let users = parts.setup.component_users(&row.digest).await?;
    let all = parts.setup.components().await?;
    let left = all.iter().find(|other| other.id == id && other.version != version);
    let title = format!("{}: {id}@{version}", words::DELETE);
    let page = Page {
        title: &title,
        place: Some(Place::Components),
        crumbs: vec![
            (nav::COMPONENTS.to_owned(), "/console/components".to_owned()),
            (component.name.clone(), address(&component)),
        ],
        notices: refused.map(|error| Notice::Bad(html! { (error.problem().detail) })).into_iter().collect(),
        ..Page::default()
    };
    let why = reason(visit, &component, &users);
    let content = html! {
        form.panel method="post" action={ (address(&component)) "/delete" } {
            (truth(&component, &users, left))
            div.row {
                (shell::button("danger primary", "_delete", "1", words::DELETE, None, why.as_deref()))
                (shell::action("", &address(&component), words::KEEP))
            }
        }
    };
    let code = refused.map_or_else(StatusCode::default, |error| status(error.problem()));
    Ok(visit.page_as(code, &page, &content))
}

/// Who needs it, before anything else. One that somebody needs can't go, so no name has to be typed for it.
fn truth(component: &ComponentView, users: &[String], left: Option<&ComponentView>) -> Markup {
    html! {
        @if users.is_empty() {
            p { strong { (words::NOTHING_STOPS) } }
            p { (words::left(&component.id, left.map(|left| left.version.as_str()))) }
            p.hint { (words::UPLOAD_AGAIN) }
        } @else {
            p { strong { (words::USED) } }
            (one::users(users))
            p.hint { (words::FREE_IT) }
        }
    }
}

/// Why it can't be deleted.
pub(super) fn reason(visit: &Visit, component: &ComponentView, users: &[String]) -> Option<String> {
    match (component.built_in, users.is_empty()) {
        (true, _) => Some(words::DELETE_BUILT_IN.to_owned()),
        (_, false) => Some(words::DELETE_IN_USE.to_owned()),
        _ => visit.denied(Role::Upload),
    }
}

pub(super) async fn delete(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((id, version)): At<(String, String)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Upload)?;
    let (setup, gone) = (Arc::clone(&parts.setup), (id.clone(), version.clone()));
    match whole(async move { setup.delete_component(&gone.0, &gone.1).await }).await {
        Ok(()) => Ok(Redirect::to("/console/components?done=deleted").into_response()),
        Err(error) if parts.setup.component_row(&id, Some(&version)).await.is_ok() => {
            // Somebody set a connector up with it since the page was shown: the page says who.
            show(&parts, &visit, &id, &version, Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}
