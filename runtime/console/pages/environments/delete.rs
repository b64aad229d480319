//! Deleting an environment: a page of its own that says what goes, and asks for the name.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Field, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{environments as words, nav};
use crate::keys::Role;

pub(super) async fn ask(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
) -> Result<Response, Refusal> {
    show(&parts, &visit, &env, None).await
}

async fn show(parts: &Parts, visit: &Visit, env: &str, refused: Option<&ApiError>) -> Result<Response, Refusal> {
    visit.environment(env)?;
    let connectors = parts.setup.connectors(env).await?;
    let error = refused.map(|error| error.problem().detail.as_str());
    let field = Field { id: "name", label: words::CONFIRM, hint: None, required: Some(true), error };
    let page = Page {
        title: words::DELETE,
        place: Some(Place::Environments),
        environment: Some(env.to_owned()),
        crumbs: vec![(nav::ENVIRONMENTS.to_owned(), "/console/environments".to_owned())],
        ..Page::default()
    };
    let content = html! {
        form.panel method="post" action={ "/console/environments/" (env) "/delete" } {
            p { strong { (words::delete_lead(env, connectors.len())) } }
            @if !connectors.is_empty() { ul { @for connector in &connectors { li { code { (connector.name) } } } } }
            (shell::field(&field, &html! { input #name name="name" autocomplete="off" required aria-describedby=[field.described_by()]; }))
            div.row {
                (shell::button("danger primary", "_delete", "1", words::DELETE, None, visit.denied(Role::Configure).as_deref()))
                (shell::action("", "/console/environments", words::KEEP))
            }
        }
    };
    let code = refused.map_or_else(axum::http::StatusCode::default, |error| status(error.problem()));
    Ok(visit.page_as(code, &page, &content))
}

pub(super) async fn delete(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    visit.environment(&env)?;
    if posted.word("name") != Some(env.as_str()) {
        return show(&parts, &visit, &env, Some(&ApiError::invalid(words::WRONG_NAME))).await;
    }
    let setup = Arc::clone(&parts.setup);
    whole(async move { setup.delete_environment(&env, true).await }).await?;
    Ok(Redirect::to("/console/environments?done=deleted").into_response())
}
