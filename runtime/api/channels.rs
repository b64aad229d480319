//! `/v1/environments/{env}/channels/sms`: who sends what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use super::whole::whole;
use crate::delivery::health;
use crate::keys::Role;
use crate::setup::{Channel, PutChannel};
use crate::store::JudgedBy;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(channel, put_channel))
}

/// A channel, and what is the matter with its connectors.
#[derive(Serialize, ToSchema)]
struct ChannelView {
    #[serde(flatten)]
    channel: Channel,
    /// Where a connector fails lately and others are asked first, with the reason; empty while all is well.
    health: Vec<health::Standing>,
    /// Where messages of the last half hour are by a source that never tells if a code was used.
    untold: Vec<Untold>,
    /// Where the cheapest is preferred: what each connector costs in each country that messages went to, and why it is asked
    /// first or not.
    costs: Vec<health::Cost>,
}

/// How many messages of a connector nobody tells of, and what it is judged by therefore.
#[derive(Serialize, ToSchema)]
struct Untold {
    /// The connector.
    connector: String,
    /// Its revision.
    revision: u64,
    /// The recipients' country.
    country: Option<String>,
    /// `reports` where nobody tells of any of its messages there, else `conversion`: by those of which it is told.
    judged_by: JudgedBy,
    /// How many.
    messages: u64,
}

fn view(app: &AppState, environment: &str, channel: Channel) -> ChannelView {
    let mut health = app.parts.health.standings(environment, app.parts.clock.now());
    let untold = health.iter().filter(|standing| standing.untold > 0).map(|standing| Untold {
        connector: standing.connector.clone(),
        revision: standing.revision,
        country: standing.country.clone(),
        judged_by: standing.judged_by,
        messages: standing.untold,
    });
    let untold = untold.collect();
    health.retain(|standing| standing.state != health::State::Closed);
    let costs = app.parts.health.costs(environment, app.parts.clock.now());
    ChannelView { channel, health, untold, costs }
}

/// Who is active, who is asked after it, which rules say otherwise, which revision is on trial, and how they do.
#[utoipa::path(get, path = "/v1/environments/{env}/channels/sms", tag = "Connectors", params(("env" = String, Path)),
    responses((status = 200, body = ChannelView), (status = 404, body = Problem)))]
async fn channel(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
) -> Result<Json<ChannelView>, ApiError> {
    caller.require_admin()?;
    let channel = app.parts.setup.channel(&env).await?;
    Ok(Json(view(&app, &env, channel)))
}

/// Change connector, rules and trial: the whole channel, as `GET` tells it. Takes effect with the next send.
///
/// The first rule of `routes` that matches a message decides who sends it, and nobody else does: neither a later rule
/// nor `active` and `fallback`, which get what no rule matches. A rule that can never match, since an earlier one takes
/// everything that it would, is refused. A `canary` is judged against the serving revision on failures, time and use
/// of codes, and ends by itself if it does worse: `canary_ended` then says why.
///
/// With `prefer` at `cheapest`, of the connectors that are named for a message the cheapest is asked first whose codes are
/// used as much as the best's in that country, and as soon: the difference could be chance, and is five of a hundred at most
/// (Newcombe's interval, 95 % at each end). Without prices, or where too few codes tell, the order stands. Of a hundred
/// messages, five at most go first to cheaper ones of which too little is known, and one to the best. `costs` tells it all.
#[utoipa::path(put, path = "/v1/environments/{env}/channels/sms", tag = "Connectors", params(("env" = String, Path)), request_body = PutChannel,
    responses((status = 200, body = ChannelView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put_channel(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<PutChannel>,
) -> Result<Json<ChannelView>, ApiError> {
    caller.require(Role::Configure)?;
    let (parts, place) = (Arc::clone(&app.parts), env.clone());
    let mut put = body.value;
    put.by = Some(caller.actor());
    let channel = whole(async move { parts.setup.put_channel(&place, put).await }).await?;
    let canary =
        channel.canary.as_ref().map(|canary| json!({"connector": canary.connector, "revision": canary.revision}));
    caller.noting.detail(json!({
        "active": channel.active, "fallback": channel.fallback, "rules": channel.routes.len(), "prefer": channel.prefer,
        "canary": canary,
    }));
    Ok(Json(view(&app, &env, channel)))
}
