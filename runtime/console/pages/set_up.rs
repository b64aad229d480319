//! Setting up a connector: what its provider says about it on one side, the set-up with its test on the other. A new
//! one, and the settings of one that is there, are the same page.
//!
//! Every button posts the whole form to the page's own address, so nothing that was typed is lost on the way: only
//! secrets, which are never shown.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::html;

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::Notice;
use crate::console::visit::Visit;
use crate::console::words::set_up as words;
use crate::keys::Role;

mod sheet;
mod test;
mod view;

use sheet::Sheet;

/// The button that was pressed.
const DO: &str = "_do";

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/connectors/new", get(blank).post(create))
        .route("/environments/{env}/connectors/{name}", get(settings).post(change))
}

async fn blank(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let asked = Posted::parse(visit.query.as_bytes());
    let Some(component) = asked.word("component") else {
        return Ok(Redirect::to(&format!("/console/environments/{env}/connectors#gallery")).into_response());
    };
    let sheet = Sheet::blank(&parts, &env, component).await?;
    Ok(view::page(&visit, &sheet, StatusCode::OK, Vec::new()))
}

async fn settings(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let asked = Posted::parse(visit.query.as_bytes());
    let sheet = Sheet::saved(&parts, &env, &name, asked.word("component")).await?;
    let done = match asked.get("done") {
        Some("saved") => Some(words::SAVED),
        Some("drafted") => Some(words::DRAFTED),
        _ => None,
    };
    let mut notices: Vec<Notice> = done.map(|text| Notice::Done(html! { (text) })).into_iter().collect();
    if done.is_some() {
        notices.extend(sheet.warnings(&parts).await);
    }
    Ok(view::page(&visit, &sheet, StatusCode::OK, notices))
}

async fn create(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    answer(parts, visit, env, None, posted).await
}

async fn change(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    answer(parts, visit, env, Some(name), posted).await
}

/// What a press of one of its buttons comes to.
async fn answer(
    parts: Arc<Parts>,
    visit: Visit,
    env: String,
    name: Option<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    visit.require(Role::Configure)?;
    let mut sheet = Sheet::posted(&parts, &env, name, posted).await?;
    let pressed = sheet.posted.get(DO).unwrap_or("save").to_owned();
    if let Some(edited) = sheet.form.edited(&sheet.posted) {
        sheet.typed = edited;
        return Ok(view::page(&visit, &sheet, StatusCode::OK, Vec::new()));
    }
    match pressed.as_str() {
        "json" | "form" => {
            let has_turned = sheet.turn(pressed == "json");
            let status = if has_turned { StatusCode::OK } else { unprocessable() };
            Ok(view::page(&visit, &sheet, status, sheet.lost_secrets()))
        }
        "component" => Ok(view::page(&visit, &sheet, StatusCode::OK, sheet.lost_secrets())),
        "test" | "account" => {
            let status = test::run(&parts, &mut sheet, pressed == "test").await;
            Ok(view::page(&visit, &sheet, status, Vec::new()))
        }
        pressed => save(&parts, &visit, sheet, pressed != "draft").await,
    }
}

async fn save(parts: &Arc<Parts>, visit: &Visit, mut sheet: Sheet, serve: bool) -> Result<Response, Refusal> {
    let Some(put) = sheet.put(serve) else {
        return Ok(view::page(visit, &sheet, unprocessable(), sheet.lost_secrets()));
    };
    let (setup, env, name) = (Arc::clone(&parts.setup), sheet.env.clone(), sheet.name.clone());
    let saved = whole(async move { setup.put_connector(&env, &name, put).await }).await;
    match saved {
        Ok(saved) => {
            let done = if serve { "saved" } else { "drafted" };
            let address = format!("{}?done={done}", view::address(&sheet.env, &saved.connector.name));
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) => {
            let mut notices = sheet.take(&error);
            notices.extend(sheet.lost_secrets());
            Ok(view::page(visit, &sheet, refusal::status(error.problem()), notices))
        }
    }
}

/// The status of a form that is shown again.
fn unprocessable() -> StatusCode {
    refusal::status(ApiError::invalid("").problem())
}
