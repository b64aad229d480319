//! Deleting a webhook: a page of its own that asks.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;

use super::address;
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{nav, webhooks as words};
use crate::keys::Role;

pub(super) async fn ask(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): At<(String, String)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let one = parts.webhooks.get(&env, &id).await.map_err(ApiError::from)?;
    let (title, here) = (words::delete_title(&one.url), format!("{}/{id}", address(&env)));
    let content = html! {
        p { (words::DELETE_TEXT) }
        form.row method="post" action={ (here) "/delete" } {
            (shell::button("danger primary", "delete", "now", words::DELETE_NOW, None, None))
            (shell::action("", &here, words::KEEP))
        }
    };
    let page = Page {
        title: &title,
        place: Some(Place::Webhooks),
        environment: Some(env.clone()),
        crumbs: vec![(nav::WEBHOOKS.to_owned(), address(&env)), (one.url.clone(), here.clone())],
        ..Page::default()
    };
    Ok(visit.page(&page, &content))
}

pub(super) async fn delete(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): At<(String, String)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    parts.webhooks.delete(&env, &id).await.map_err(ApiError::from)?;
    Ok(Redirect::to(&format!("{}?done=deleted", address(&env))).into_response())
}
