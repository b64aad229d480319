//! HTTP. One file a resource: read the request, call one use case, write the answer.

mod attestation;
mod audit;
mod auth;
mod bills;
mod body;
mod callbacks;
mod channels;
mod components;
mod connectors;
mod conversion;
mod demo;
mod docs;
mod environments;
mod erasures;
pub(crate) mod error;
mod failures;
mod faults;
mod guard;
mod hooks;
mod inbox;
mod keys;
mod lists;
mod locks;
mod messages;
mod metrics;
mod nodes;
mod once;
mod outcomes;
mod pages;
mod parts;
mod plans;
mod prefer;
mod prices;
mod promotion;
mod reviewers;
mod revisions;
mod server;
mod sessions;
mod sign_in_experience;
mod statistics;
mod templates;
mod twilio;
mod users;
mod verifications;
mod webhooks;
mod whole;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use utoipa_axum::router::OpenApiRouter;

use crate::config::{Network, ServerConfig};
use crate::otp::Otp;
use crate::otp::idempotency::Idempotency;

pub(crate) use audit::{Noting, around};
pub use auth::FailedAttempts;
pub(crate) use body::{At, unreadable};
pub(crate) use components::{received, too_large};
pub(crate) use messages::table;
pub use parts::Parts;
pub(crate) use prices::table as table_of_rows;
pub(crate) use server::Client;
pub(crate) use whole::whole;

/// Largest JSON body.
const JSON_BYTES_MAX: usize = 256 << 10;

/// State of the handlers. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    parts: Arc<Parts>,
    idempotency: Idempotency,
    /// Who called hooks with a wrong key or signature.
    strangers: Arc<auth::FailedAttempts>,
    names: Arc<Vec<String>>,
}

impl AppState {
    /// Over these parts.
    pub fn new(parts: Parts) -> Self {
        let public = parts.config.server.public_host().map(str::to_owned);
        let names = parts.config.server.hosts.iter().cloned().chain(public).map(|name| name.to_ascii_lowercase());
        Self {
            idempotency: Idempotency::new(
                Arc::clone(&parts.store),
                Arc::clone(&parts.vault),
                parts.clock.clone(),
                parts.config.retention.idempotency(),
            ),
            strangers: Arc::default(),
            names: Arc::new(names.collect()),
            parts: Arc::new(parts),
        }
    }

    /// The use cases of one-time passwords.
    pub fn otp(&self) -> Arc<Otp> {
        Arc::clone(&self.parts.otp)
    }

    /// Whether a request for this host is meant for us: a name of this machine's loopback, an address, a configured
    /// name. A web page under any other name can't make a browser read from here (DNS rebinding).
    fn answers_to(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok()
            || self.names.contains(&host)
    }

    /// Whether a name is the public one, and that is https: browsers may be told to come by nothing else. Other names,
    /// such as those of this machine, are promised nothing.
    fn promises_https(&self, host: Option<&str>) -> bool {
        let server = &self.parts.config.server;
        server.is_https()
            && host.zip(server.public_host()).is_some_and(|(asked, ours)| asked.eq_ignore_ascii_case(ours))
    }

    /// Peers whose word on their clients counts.
    fn trusted_proxies(&self) -> &[Network] {
        &self.parts.config.server.trusted_proxies
    }

    /// Whether the service listens on loopback only.
    fn is_local(&self) -> bool {
        self.parts.config.server.listen.ip().is_loopback()
    }

    /// The URL for whoever reads this service's pages.
    fn address(&self) -> String {
        self.parts.config.server.reached_at(self.parts.config.server.listen)
    }

    fn otp_error(&self, error: crate::otp::OtpError) -> error::ApiError {
        error::ApiError::otp(error, self.parts.clock.now())
    }
}

/// Every address.
pub fn router(state: AppState) -> Router {
    let (routes, mut openapi) = documented(&state);
    audit::records::mark(&mut openapi);
    webhooks::events(&mut openapi);
    routes
        .layer(axum::middleware::from_fn_with_state(state.clone(), audit::layer))
        .layer(axum::middleware::from_fn_with_state(state.clone(), nodes::waiting))
        .merge(callbacks::routes().layer(DefaultBodyLimit::max(JSON_BYTES_MAX)))
        .merge(twilio::routes().layer(DefaultBodyLimit::max(JSON_BYTES_MAX)))
        .merge(hooks::receiving())
        .merge(docs::routes(openapi))
        .merge(crate::console::router(Arc::clone(&state.parts)))
        .merge(demo::routes(&state))
        .fallback(|| async {
            error::ApiError::not_found("there is nothing at this address; /docs lists what there is")
        })
        .method_not_allowed_fallback(|| async { error::ApiError::method_not_allowed() })
        .layer(axum::middleware::from_fn_with_state(state.clone(), server::frame))
        .with_state(state)
}

/// The addresses that the API's own document tells of.
fn documented(state: &AppState) -> (Router<AppState>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(docs::base())
        .merge(audit::routes())
        .merge(verifications::routes())
        .merge(messages::routes())
        .merge(outcomes::routes())
        .merge(connectors::routes())
        .merge(channels::routes())
        .merge(conversion::routes())
        .merge(statistics::routes())
        .merge(bills::routes())
        .merge(environments::routes())
        .merge(hooks::routes())
        .merge(webhooks::routes())
        .merge(templates::routes())
        .merge(promotion::routes())
        .merge(reviewers::routes())
        .merge(locks::routes())
        .merge(attestation::routes())
        .merge(guard::routes())
        .merge(revisions::routes())
        .merge(sign_in_experience::routes())
        .merge(keys::routes())
        .merge(users::routes())
        .merge(sessions::routes())
        .merge(erasures::routes())
        .merge(failures::routes())
        .merge(faults::routes())
        .merge(inbox::routes())
        .merge(twilio::credentials())
        .merge(pages::routes())
        .merge(metrics::routes())
        .merge(nodes::routes())
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .merge(components::routes(state))
        .merge(prices::routes())
        .merge(plans::routes())
        .split_for_parts()
}

/// Serve until `shutdown` resolves; over TLS if there is an acceptor.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    config: &ServerConfig,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    server::serve(listener, router(state), config, tls, shutdown).await
}
