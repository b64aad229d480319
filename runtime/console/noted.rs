//! What people do here is noted in the audit log, under the words that the API's calls are noted by.
//!
//! A page can't forget it: a form that is sent to an address without a line in [`RECORDS`] is refused. A form has done
//! something when another page is gone to; a page that shows what was done instead says so by `Noting::done`.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::refusal::Refusal;
use crate::api::error::ApiError;
use crate::api::{Noting, Parts, around};
use crate::audit::action;

/// What is noted of a form.
enum Record {
    /// A change, under this word; to what, by parameters of the address.
    Change(&'static str, &'static [&'static str]),
    /// Nothing is changed, or its use case writes the entry itself.
    Nothing,
}

use Record::{Change, Nothing};

/// By the address below `/console`.
const RECORDS: &[(&str, Record)] = &[
    ("/preferences", Nothing),
    ("/sign-in", Nothing),
    ("/sign-in/link", Nothing),
    ("/sign-out", Nothing),
    ("/environments", Change(action::ENVIRONMENT_CREATE, &[])),
    ("/environments/{env}/name", Change(action::ENVIRONMENT_RENAME, &["env"])),
    ("/environments/{env}/delete", Change(action::ENVIRONMENT_DELETE, &["env"])),
    ("/environments/{env}/promote", Change(action::PROMOTION, &[])),
    ("/environments/{env}/policy", Change(action::POLICY_SAVE, &[])),
    ("/environments/{env}/guard", Change(action::POLICY_SAVE, &[])),
    ("/environments/{env}/costs/prices/{name}", Change(action::PRICES_SAVE, &["name"])),
    ("/environments/{env}/costs/prices/{name}/delete", Change(action::PRICES_DELETE, &["name"])),
    ("/environments/{env}/webhooks", Change(action::WEBHOOK_SAVE, &[])),
    ("/environments/{env}/webhooks/{id}", Change(action::WEBHOOK_SAVE, &["id"])),
    ("/environments/{env}/webhooks/{id}/test", Change(action::WEBHOOK_TEST, &["id"])),
    ("/environments/{env}/webhooks/{id}/rotate", Change(action::WEBHOOK_ROTATE, &["id"])),
    ("/environments/{env}/webhooks/{id}/delete", Change(action::WEBHOOK_DELETE, &["id"])),
    (
        "/environments/{env}/webhooks/{id}/deliveries/{delivery}/retry",
        Change(action::WEBHOOK_RETRY, &["id", "delivery"]),
    ),
    ("/environments/{env}/locks/release", Change(action::LOCK_RELEASE, &[])),
    ("/components/upload", Change(action::COMPONENT_UPLOAD, &[])),
    ("/components/{id}/{version}/try", Nothing),
    ("/environments/{env}/new-connector", Change(action::CONNECTOR_SAVE, &[])),
    ("/environments/{env}/connectors/{name}", Change(action::CONNECTOR_SAVE, &["name"])),
    ("/environments/{env}/connectors/{name}/active", Change(action::CHANNEL_SAVE, &["name"])),
    ("/environments/{env}/connectors/{name}/revisions/{n}/activate", Change(action::CONNECTOR_ACTIVATE, &["name"])),
    ("/environments/{env}/connectors/{name}/delete", Change(action::CONNECTOR_DELETE, &["name"])),
    ("/environments/{env}/texts", Change(action::TEXTS_SAVE, &[])),
    ("/environments/{env}/texts/preview", Nothing),
    ("/environments/{env}/texts/rows", Nothing),
    ("/environments/{env}/sign-in-experience", Change(action::SIGN_IN_EXPERIENCE_SAVE, &[])),
    ("/keys", Change(action::KEY_CREATE, &[])),
    ("/keys/{id}/revoke", Change(action::KEY_REVOKE, &["id"])),
    ("/people", Change(action::USER_SAVE, &[])),
    ("/people/{id}", Change(action::USER_SAVE, &["id"])),
    ("/people/{id}/link", Change(action::USER_LINK, &["id"])),
    ("/people/{id}/delete", Change(action::USER_DELETE, &["id"])),
    ("/sessions/{id}/end", Change(action::SESSION_END, &["id"])),
    ("/components/{id}/{version}/delete", Change(action::COMPONENT_DELETE, &["id", "version"])),
];

/// Around every handler: what it changed is noted.
pub(super) async fn layer(State(parts): State<Arc<Parts>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let path = path.strip_prefix("/console").unwrap_or(&path);
    let (action, named) = match RECORDS.iter().find(|(at, _)| *at == path) {
        Some((_, Change(action, named))) => (*action, *named),
        Some((_, Nothing)) => return next.run(request).await,
        None => {
            return Refusal::from(ApiError::internal(&format!("nothing says how `{path}` is noted"))).into_response();
        }
    };
    let is_done = |response: &Response, noting: &Noting| {
        response.status().is_redirection() || (response.status().is_success() && noting.is_done())
    };
    around(&parts, action, named, request, next, is_done)
        .await
        .unwrap_or_else(|fault| Refusal::from(fault).into_response())
}
