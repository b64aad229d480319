//! `/v1/messages/{id}/outcome`: what became of a caller's own code.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(outcome))
}

/// Tell whether the code of a message was used.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OutcomeBody {
    /// Whether the code was used.
    #[serde(default = "yes")]
    used: bool,
}

fn yes() -> bool {
    true
}

/// Tell whether the code of a message of your own was used, for as long as the log has it. Its content is erased, and the
/// connector that delivered it is credited, once: telling it again changes nothing, and what was used stays so. Until a
/// source tells its first outcome, its connectors are judged by attempts and delivery reports alone. `409` for a message
/// of a verification: its check tells.
#[utoipa::path(post, path = "/v1/messages/{id}/outcome", tag = "Messages", params(("id" = String, Path)), request_body = OutcomeBody,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn outcome(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
    body: Body<OutcomeBody>,
) -> Result<StatusCode, ApiError> {
    let environment = caller.environment()?;
    app.parts.otp.message_outcome(&environment, &id, body.value.used).await.map_err(|error| app.otp_error(error))?;
    Ok(StatusCode::NO_CONTENT)
}
