//! The few pages that are no part of the API: the start, what problems mean, health, assets.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::body::At;
use super::error::{ApiError, KINDS, Problem};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .route("/", get(home))
        .route("/problems/{slug}", get(problem))
        .route(
            "/assets/inbox.js",
            get(|| async { asset("text/javascript; charset=utf-8", include_str!("assets/inbox.js")) }),
        )
        .route(
            "/assets/style.css",
            get(|| async { asset("text/css; charset=utf-8", include_str!("assets/style.css")) }),
        )
}

fn asset(kind: &'static str, text: &'static str) -> impl axum::response::IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")], text).into_response()
}

/// A page around its content.
pub(super) fn page(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Countersign" }
                link rel="stylesheet" href="/assets/style.css";
                link rel="icon" href="data:,";
            }
            body {
                nav { div { strong { "Countersign" } a href="/console" { "Console" } a href="/inbox" { "Inbox" } a href="/docs/" { "API" } a href="/readyz" { "Health" } } }
                main { (content) }
            }
        }
    }
}

async fn home() -> Markup {
    let content = html! {
        h1 { "Countersign" }
        p.quiet { "One-time passwords by SMS, through sandboxed connectors." }
        dl {
            dt { a href="/console" { "Console" } } dd { "Set up, test, change and watch connectors in the browser." }
            dt { a href="/inbox" { "Inbox" } } dd { "What the development environment sent." }
            dt { a href="/docs/" { "API" } } dd { "Every endpoint, to read and to try; as a document at " a href="/openapi.json" { "/openapi.json" } "." }
        }
    };
    page("Start", &content)
}

async fn problem(At(slug): At<String>) -> Result<Markup, ApiError> {
    let (slug, text) = KINDS
        .iter()
        .find(|(known, _)| *known == slug)
        .ok_or_else(|| ApiError::not_found("there is no such kind of problem"))?;
    Ok(page(slug, &html! { h1 { (slug) } p { (text) } }))
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "Operations", security(()), responses((status = 200, description = "`status`, `version`, `engine`, `instance`: a random id of this start")))]
async fn healthz(State(app): State<AppState>) -> Json<Value> {
    let engine = crate::connector::sandbox::Sandbox::engine_version();
    let instance = &app.parts.instance.id;
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "engine": engine, "instance": instance }))
}

/// The service can serve: its store answers.
#[utoipa::path(get, path = "/readyz", tag = "Operations", security(()), responses((status = 200, description = "`status`"), (status = 500, body = Problem), (status = 503, body = Problem)))]
async fn readyz(State(app): State<AppState>) -> Result<Json<Value>, ApiError> {
    app.parts.store.ping().await?;
    Ok(Json(json!({ "status": "ready" })))
}
