//! The demo on a port of its own, for one environment.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::{Client, Codes, router};
use crate::clock::Clock;

/// Serve it without TLS, until the process ends. `/` leads to the environment's pages.
pub async fn serve(listener: TcpListener, environment: &str, codes: Arc<dyn Codes>) -> io::Result<()> {
    let home = format!("/demo/{environment}");
    let routes: Router = router(codes, Clock::system(), false)
        .route("/", get(|| async move { Redirect::to(&home) }))
        .layer(from_fn(whose));
    axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await
}

/// No proxy stands before it, so the browser is whoever connects.
async fn whose(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        request.extensions_mut().insert(Client(peer.ip()));
    }
    next.run(request).await
}
