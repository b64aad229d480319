//! The pages, one file each: what the address asks for, use cases, what is shown.

use std::sync::Arc;

use axum::Router;

use crate::api::Parts;

mod about;
mod audit;
mod components;
mod connector;
mod connectors;
mod costs;
mod environments;
mod guard;
mod inbox;
mod keys;
mod messages;
mod overview;
mod people;
mod policy;
mod preferences;
mod roles;
mod sessions;
mod set_up;
mod sign_in;
mod sign_in_experience;
pub(super) mod texts;
mod webhooks;

/// Every page.
pub(super) fn routes(parts: &Parts) -> Router<Arc<Parts>> {
    let all = [
        overview::routes(),
        messages::routes(),
        components::routes(parts),
        connector::routes(),
        connectors::routes(),
        set_up::routes(),
        environments::routes(),
        policy::routes(),
        guard::routes(),
        webhooks::routes(),
        costs::routes(),
        texts::routes(),
        inbox::routes(),
        about::routes(),
        preferences::routes(),
        sign_in::routes(),
        sign_in_experience::routes(),
        keys::routes(),
        people::routes(),
        sessions::routes(),
        audit::routes(),
    ];
    all.into_iter().fold(Router::new(), Router::merge)
}
