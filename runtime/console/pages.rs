//! The pages, one file each: what the address asks for, use cases, what is shown.

use std::sync::Arc;

use axum::Router;

use crate::api::Parts;

mod about;
mod components;
mod environments;
mod inbox;
mod overview;
mod policy;
mod preferences;

/// Every page.
pub(super) fn routes(parts: &Parts) -> Router<Arc<Parts>> {
    Router::new().merge(overview::routes()).merge(components::routes(parts)).merge(preferences::routes())
}
