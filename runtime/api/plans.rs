//! `/v1/environments/{env}/plan`: what files would come to.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use crate::keys::Role;
use crate::setup::{Plan, PlanSetUp};

/// A plan holds all at once what else comes in bodies of their own.
const PLAN_BYTES_MAX: usize = 8 << 20;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(plan)).layer(DefaultBodyLimit::max(PLAN_BYTES_MAX))
}

/// Tell what a wanted set-up would come to, part by part, and store nothing. Whoever then makes the changes in the order
/// settings, templates, connectors (the active one first), price lists, policy, channel, sign-in experience, webhooks,
/// deletions, each by its own `PUT`, `POST` or `DELETE`, is refused nothing that is not in `needs`, unless somebody else
/// changes something meanwhile; `If-Match` with a connector's `revision` finds that out. `countersign apply` does so.
///
/// An environment that is not there is planned as one to make. Secrets are compared and never shown.
#[utoipa::path(post, path = "/v1/environments/{env}/plan", tag = "Environments", params(("env" = String, Path)), request_body = PlanSetUp,
    responses((status = 200, body = Plan), (status = 422, body = Problem)))]
async fn plan(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<PlanSetUp>,
) -> Result<Json<Plan>, ApiError> {
    caller.require(Role::Configure)?;
    let mut wanted = body.value;
    let (webhooks, kind, prune) = (wanted.webhooks.take(), wanted.kind.clone(), wanted.prune);
    let mut plan = app.parts.setup.plan_set_up(&env, wanted).await?;
    if let Some(webhooks) = webhooks {
        let planned = app.parts.webhooks.plan(&env, kind.as_deref(), webhooks, prune).await?;
        plan.needs.extend(planned.needs);
        plan.ready = plan.needs.is_empty();
        (plan.webhooks, plan.other_webhooks) = (planned.webhooks, planned.others);
    }
    Ok(Json(plan))
}
