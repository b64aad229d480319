//! Deleting a user: a page of its own that asks.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;

use crate::api::{At, Parts};
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page};
use crate::console::visit::Visit;
use crate::console::words::people as words;
use crate::keys::Role;

pub(super) async fn ask(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(id): At<String>,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let user = parts.people.user(&id).await?;
    let title = words::delete_title(&user.name);
    let content = html! {
        p { (words::delete_text(&user.name)) }
        form.row method="post" action={ "/console/people/" (id) "/delete" } {
            (shell::button("danger primary", "delete", "now", words::DELETE, None, None))
            (shell::action("", &format!("/console/people/{id}"), words::KEEP))
        }
    };
    Ok(visit.page(&Page { title: &title, ..super::below() }, &content))
}

pub(super) async fn delete(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(id): At<String>,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    parts.people.remove_user(&id).await?;
    Ok(Redirect::to("/console/people?done=deleted").into_response())
}
