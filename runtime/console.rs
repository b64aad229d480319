//! The console: what the API does, for people with a browser.
//!
//! A handler here calls the use cases that the API's handler calls, and nothing else: there is no SQL here, and nothing
//! that the API can't do. Every page works without JavaScript: forms, links, tables. With it, parts of pages are
//! exchanged, and keys and editors are there.
//!
//! In reading order: `frame` stands around every request, `visit` says who asks, `pages` answer with the blocks of
//! `shell`; `form`, `texts` and `charts` are pure and turn data into markup; `words` has all the wording.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::api::Parts;
use crate::api::error::ApiError;

mod assets;
mod charts;
mod form;
pub(crate) mod frame;
mod markdown;
mod money;
mod noted;
mod pages;
pub(crate) mod posted;
mod prefs;
mod refusal;
mod session;
mod shell;
mod texts;
mod visit;
mod words;

pub(crate) use visit::visitor;

/// Everything under `/console`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(parts: Arc<Parts>) -> Router<S> {
    let pages = pages::routes(&parts)
        .route("/assets/{version}/{name}", get(assets::serve))
        .route_layer(axum::middleware::from_fn_with_state(Arc::clone(&parts), noted::layer))
        .fallback(|| async { refusal::Refusal::from(ApiError::not_found("there is no such page")) })
        .layer(axum::middleware::from_fn(frame::frame))
        .with_state(parts);
    Router::new().nest("/console", pages)
}
