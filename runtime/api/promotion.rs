//! `/v1/environments/{env}/promote`: what was tested goes to another environment.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, Params};
use super::error::{ApiError, Problem};
use super::whole::whole;
use crate::keys::Role;
use crate::setup::{Promote, Promotion};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(promote))
}

/// How to promote.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct PromoteParams {
    /// Only tell what it would come to: `ready`, and if not, what it `needs`. Nothing is stored.
    #[serde(default)]
    dry_run: bool,
}

/// Promote: take the connectors that serve here, who sends, the shared texts, the policy and the sign-in experience to
/// another environment, in one step. Nobody sees half of it, and a failure leaves the other environment as it was.
///
/// Its secrets stay its own: one that it has not is given in `secrets` (or copied, if `copy_secrets` asks for that), and
/// one that would go somewhere new is given again. What a component asks for is approved there too, unless it was before.
/// Its name, its caps (`sends_per_hour`) and its trial stay. The `inbox` and quarantined revisions are never promoted. What
/// is there already is `unchanged`, and gets no new revision; a preview compares no secrets, and so takes one that is
/// given or copied for a new one.
#[utoipa::path(post, path = "/v1/environments/{env}/promote", tag = "Environments", params(("env" = String, Path), PromoteParams), request_body = Promote,
    responses((status = 200, body = Promotion), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn promote(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(params): Params<PromoteParams>,
    body: Body<Promote>,
) -> Result<Json<Promotion>, ApiError> {
    caller.require(Role::Configure)?;
    let promote = Promote { dry_run: params.dry_run, by: Some(caller.actor()), ..body.value };
    match params.dry_run {
        true => caller.noting.nothing(),
        false => caller.noting.target(promote.to.clone()),
    }
    let noting = caller.noting.clone();
    let parts = Arc::clone(&app.parts);
    let work = async move {
        let came = parts.setup.promote(&env, promote).await;
        if let Ok(done) = &came {
            noting.detail(done.told());
        }
        came
    };
    whole(work).await.map(Json)
}
