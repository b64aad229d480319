//! `/v1/nodes`: the processes that serve from one database; and `?wait=all-nodes` on whatever changes something.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::error::ApiError;
use super::lists::whole_list;

/// How long an answer waits for nodes that bring in a change.
const WAIT: Duration = Duration::from_secs(10);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A process that serves.
#[derive(Serialize, ToSchema)]
pub(super) struct NodeView {
    /// Of this start of it.
    id: String,
    /// Its machine and its process.
    name: String,
    /// The version of the program.
    version: String,
    /// Whether it is the one that answers this.
    here: bool,
    /// Environments where it does not serve yet what was saved last.
    behind: Vec<String>,
}

/// The nodes that live, by name. A service whose store is its data folder has one.
#[utoipa::path(get, path = "/v1/nodes", tag = "Nodes", responses((status = 200, description = "`items`, `next`", body = Vec<NodeView>)))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let nodes = &app.parts.setup.nodes;
    let here = nodes.row();
    let mut items: Vec<NodeView> = app
        .parts
        .store
        .nodes()
        .await?
        .into_iter()
        .map(|living| NodeView {
            here: living.node.id == here.id,
            id: living.node.id,
            name: living.node.name,
            version: living.node.version,
            behind: living.behind,
        })
        .collect();
    if !nodes.is_shared() {
        let (id, name, version) = (here.id.clone(), here.name.clone(), here.version.clone());
        items.push(NodeView { id, name, version, here: true, behind: Vec::new() });
    }
    Ok(whole_list(items))
}

/// What has `?wait=all-nodes` is answered once every node that lives serves it.
pub(super) async fn waiting(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let Some(rest) = without_wait(request.uri()).filter(|_| request.method() != Method::GET) else {
        return next.run(request).await;
    };
    *request.uri_mut() = rest;
    let response = next.run(request).await;
    if !response.status().is_success() {
        return response;
    }
    match app.parts.setup.nodes.all_in_step(WAIT).await {
        Ok(behind) if behind.is_empty() => response,
        Ok(behind) => ApiError::nodes_behind(&behind).into_response(),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// The address without `wait=all-nodes`, if it has that.
fn without_wait(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let rest: Vec<&str> = query.split('&').filter(|pair| *pair != "wait=all-nodes").collect();
    if rest.len() == query.split('&').count() {
        return None;
    }
    let (path, rest) = (uri.path(), rest.join("&"));
    let address = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(address.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_besides_stays() {
        let without = |uri: &str| without_wait(&uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(without("/v1/x?wait=all-nodes").as_deref(), Some("/v1/x"));
        assert_eq!(without("/v1/x?force=true&wait=all-nodes&a=b").as_deref(), Some("/v1/x?force=true&a=b"));
        assert_eq!(without("http://host/v1/x?wait=all-nodes&a").as_deref(), Some("http://host/v1/x?a"));
        assert_eq!(without("/v1/x?wait=all"), None);
        assert_eq!(without("/v1/x"), None);
    }
}
