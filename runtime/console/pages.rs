//! The pages, one file each: what the address asks for, use cases, what is shown.

use std::sync::Arc;

use axum::Router;

use crate::api::Parts;

mod keys;
mod overview;
mod people;
mod preferences;
mod roles;
mod sessions;
mod sign_in;

/// Every page.
pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .merge(overview::routes())
        .merge(preferences::routes())
        .merge(sign_in::routes())
        .merge(keys::routes())
        .merge(people::routes())
        .merge(sessions::routes())
}
