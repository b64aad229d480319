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

use crate::api::{At, Parts, whole};
use crate::audit::action;
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::Notice;
use crate::console::visit::Visit;
use crate::console::words::{revisions as revision_words, set_up as words};
use crate::keys::Role;
use crate::setup::PutConnector;

mod fields;
mod sheet;
mod test;
mod view;

use sheet::Sheet;

/// The button that was pressed.
const DO: &str = "_do";

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        // Not below `connectors`, where it would be the address of a connector of that name.
        .route("/environments/{env}/new-connector", get(blank).post(create))
        .route("/environments/{env}/connectors/{name}", get(settings).post(change))
}

async fn blank(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let asked = Posted::parse(visit.query.as_bytes());
    let Some(component) = asked.word("component") else {
        return Ok(Redirect::to(&format!("/console/environments/{env}/connectors#gallery")).into_response());
    };
    let sheet = match asked.word("replaces") {
        Some(old) => Sheet::in_place_of(&parts, &env, component, old).await?,
        None => Sheet::blank(&parts, &env, component).await?,
    };
    view::page(&parts, &visit, &sheet, StatusCode::OK, Vec::new()).await
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
        Some("active") => Some(revision_words::MADE_ACTIVE),
        _ => None,
    };
    let mut notices: Vec<Notice> = done.map(|text| Notice::Done(html! { (text) })).into_iter().collect();
    if done.is_some() {
        notices.extend(sheet.warnings(&parts).await);
    }
    view::page(&parts, &visit, &sheet, StatusCode::OK, notices).await
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
    if let Some(faults) = sheet.texts.pressed(&sheet.posted) {
        sheet.text_faults = faults;
        let status = if sheet.text_faults.is_empty() { StatusCode::OK } else { refusal::invalid() };
        return view::page(&parts, &visit, &sheet, status, sheet.lost_secrets()).await;
    }
    if let Some(edited) = sheet.form.edited(&sheet.posted) {
        sheet.typed = edited;
        return view::page(&parts, &visit, &sheet, StatusCode::OK, Vec::new()).await;
    }
    match pressed.as_str() {
        "json" | "form" => {
            let has_turned = sheet.turn(pressed == "json");
            let status = if has_turned { StatusCode::OK } else { refusal::invalid() };
            view::page(&parts, &visit, &sheet, status, sheet.lost_secrets()).await
        }
        "component" => view::page(&parts, &visit, &sheet, StatusCode::OK, sheet.lost_secrets()).await,
        "test" | "account" => {
            visit.noting.action(if pressed == "test" { action::TEST_SEND } else { action::ACCOUNT_CHECK });
            visit.noting.target(sheet.name.clone());
            visit.noting.done();
            let status = test::run(&parts, &mut sheet, pressed == "test").await;
            view::page(&parts, &visit, &sheet, status, Vec::new()).await
        }
        pressed => save(&parts, &visit, sheet, pressed != "draft").await,
    }
}

async fn save(parts: &Arc<Parts>, visit: &Visit, mut sheet: Sheet, serve: bool) -> Result<Response, Refusal> {
    let Some(put) = sheet.put(serve) else {
        return view::page(parts, visit, &sheet, refusal::invalid(), sheet.lost_secrets()).await;
    };
    let put = PutConnector { by: Some(visit.visitor.actor.clone()), ..put };
    visit.noting.target(sheet.name.clone());
    let wanted = put.clone();
    let (setup, env, name) = (Arc::clone(&parts.setup), sheet.env.clone(), sheet.name.clone());
    let saved = whole(async move { setup.put_connector(&env, &name, put).await }).await;
    match saved {
        Ok(saved) => {
            visit.noting.detail(saved.told());
            let done = if serve { "saved" } else { "drafted" };
            let address = format!("{}?done={done}", view::address(&sheet.env, &saved.connector.name));
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) => {
            let mut notices = sheet.take(&error);
            if sheet.saved.is_some() && error.problem().more.contains_key("current") {
                let (env, name) = (&sheet.env, &sheet.name);
                sheet.differs = parts.setup.compare_unsaved(env, name, sheet.revision, &wanted).await.ok();
            }
            notices.extend(sheet.lost_secrets());
            view::page(parts, visit, &sheet, refusal::status(error.problem()), notices).await
        }
    }
}
