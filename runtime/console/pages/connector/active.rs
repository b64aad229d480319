//! Making a connector the active one.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;

use super::address;
use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::refusal::Refusal;
use crate::console::visit::Visit;
use crate::keys::Role;
use crate::setup::PutChannel;

/// The channel as it is, with another active connector.
pub(super) async fn activate(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let mut channel = parts.setup.channel(&env).await?;
    channel.fallback.retain(|other| *other != name);
    channel.active = Some(name.clone());
    let put = serde_json::from_value::<PutChannel>(json!(channel)).map_err(|error| ApiError::internal(&error))?;
    let put = put.by(visit.visitor.actor.clone());
    visit.noting.detail(json!({ "active": name }));
    let (setup, place) = (Arc::clone(&parts.setup), env.clone());
    whole(async move { setup.put_channel(&place, put).await }).await?;
    Ok(Redirect::to(&format!("{}?done=active", address(&env, &name))).into_response())
}
