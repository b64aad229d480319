//! Who uses the demo, and whose browser it is.
//!
//! The threat: the demo sends messages that somebody pays for, and asks nobody for a key. On this machine anybody may use
//! it, as he may read the inbox there; from anywhere else only who is signed in to the console and may send.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts as Head;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use super::AppState;
use super::error::ApiError;
use super::server::Client;
use crate::console;
use crate::demo::{self, Here};
use crate::keys::Role;

/// Largest form of the demo.
const FORM_BYTES_MAX: usize = 16 << 10;
/// Its pages; what they load shows nothing.
const PAGES: &str = "/demo/";

pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let parts = &state.parts;
    let codes = Arc::new(Here(Arc::clone(parts)));
    demo::router(codes, parts.clock.clone(), parts.config.server.is_https())
        .layer(from_fn_with_state(state.clone(), layer))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    let client = head.extensions.get::<Client>().copied();
    let is_here = app.is_local() && client.is_some_and(|client| client.is_here);
    if head.uri.path().starts_with(PAGES) && !is_here {
        match may_send(&app, &head).await {
            Ok(true) => {}
            Ok(false) => return demo::closed(),
            Err(error) => return error.into_response(),
        }
    }
    if let Some(client) = client {
        head.extensions.insert(demo::Client(client.address));
    }
    next.run(Request::from_parts(head, body)).await
}

async fn may_send(app: &AppState, head: &Head) -> Result<bool, ApiError> {
    let visitor = console::visitor(&app.parts, &head.headers, &head.extensions).await?;
    Ok(visitor.is_some_and(|visitor| visitor.may(Role::Operate)))
}
