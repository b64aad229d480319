//! HTTP. One file a resource: read the request, call one use case, write the answer.

mod audit;
mod auth;
mod body;
mod callbacks;
mod channels;
mod components;
mod connectors;
mod conversion;
mod docs;
mod environments;
mod erasures;
pub(crate) mod error;
mod failures;
mod hooks;
mod inbox;
mod keys;
mod locks;
mod messages;
mod once;
mod outcomes;
mod pages;
mod plans;
mod prefer;
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
mod whole;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, header};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use utoipa_axum::router::OpenApiRouter;

use crate::audit::Audit;
use crate::clock::Clock;
use crate::config::{Config, Network, ServerConfig};
use crate::credentials::Vault;
use crate::delivery::callbacks::Callbacks;
use crate::delivery::health::Health;
use crate::hooks::Hooks;
use crate::inbox::Inbox;
use crate::instance::Instance;
use crate::log::Log;
use crate::otp::Otp;
use crate::otp::idempotency::Idempotency;
use crate::people::People;
use crate::people::oidc::Oidc;
use crate::setup::Setup;
use crate::statistics::Statistics;
use crate::store::Store;
use crate::twilio::Twilio;

pub(crate) use audit::{Noting, around};
pub use auth::FailedAttempts;
pub(crate) use body::{At, unreadable};
pub(crate) use components::{received, too_large};
pub(crate) use messages::table;
pub(crate) use server::Client;
pub(crate) use whole::whole;

/// Largest JSON body.
const JSON_BYTES_MAX: usize = 256 << 10;
/// Largest form of the demo.
const FORM_BYTES_MAX: usize = 16 << 10;

/// What the handlers call.
pub struct Parts {
    /// The store, for what is only read.
    pub store: Arc<dyn Store>,
    /// One-time passwords.
    pub otp: Arc<Otp>,
    /// One-time passwords and messages, in Twilio's words.
    pub twilio: Arc<Twilio>,
    /// Setting up.
    pub setup: Arc<Setup>,
    /// Where identity servers send their messages.
    pub hooks: Arc<Hooks>,
    /// Who may use the console.
    pub people: Arc<People>,
    /// An identity provider where people sign in.
    pub oidc: Option<Oidc>,
    /// Who sent a wrong key or link: of the API and of the console together.
    pub failures: Arc<FailedAttempts>,
    /// Who did what.
    pub audit: Arc<Audit>,
    /// How connectors do.
    pub health: Arc<Health>,
    /// The development environment's phone.
    pub inbox: Arc<Inbox>,
    /// The addresses that providers report to.
    pub callbacks: Arc<Callbacks>,
    /// Seals idempotent answers.
    pub vault: Arc<Vault>,
    /// The time.
    pub clock: Clock,
    /// Which start of the service this is.
    pub instance: Instance,
    /// A place for each upload that is received at once. An upload is received into memory: one that finds no place waits
    /// at its first byte.
    pub uploads: Arc<Semaphore>,
    /// The configuration.
    pub config: Config,
}

impl Parts {
    /// The address under which others reach this service: the configured one, or that of this very request.
    pub(crate) fn base(&self, headers: &HeaderMap) -> String {
        let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned();
        let server = &self.config.server;
        match &server.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("{}://{}", server.scheme(), host()),
        }
    }

    /// The log of messages.
    pub fn log(&self) -> Log {
        Log::new(Arc::clone(&self.store))
    }

    /// How sends went.
    pub fn statistics(&self) -> Statistics {
        Statistics::new(Arc::clone(&self.store), self.clock.clone())
    }
}

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
    routes
        .layer(axum::middleware::from_fn_with_state(state.clone(), audit::layer))
        .merge(callbacks::routes().layer(DefaultBodyLimit::max(JSON_BYTES_MAX)))
        .merge(twilio::routes().layer(DefaultBodyLimit::max(JSON_BYTES_MAX)))
        .merge(hooks::receiving())
        .merge(docs::routes(openapi))
        .merge(crate::console::router(Arc::clone(&state.parts)))
        .merge(demo(&state))
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
        .merge(environments::routes())
        .merge(hooks::routes())
        .merge(templates::routes())
        .merge(promotion::routes())
        .merge(reviewers::routes())
        .merge(locks::routes())
        .merge(revisions::routes())
        .merge(sign_in_experience::routes())
        .merge(keys::routes())
        .merge(users::routes())
        .merge(sessions::routes())
        .merge(erasures::routes())
        .merge(failures::routes())
        .merge(inbox::routes())
        .merge(twilio::credentials())
        .merge(pages::routes())
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .merge(components::routes(state))
        .merge(plans::routes())
        .split_for_parts()
}

/// The demo, told whose browser asks.
fn demo(state: &AppState) -> Router<AppState> {
    let parts = &state.parts;
    let codes = Arc::new(crate::demo::Here(Arc::clone(parts)));
    let told = |mut request: Request| async move {
        if let Some(client) = request.extensions().get::<server::Client>().copied() {
            request.extensions_mut().insert(crate::demo::Client(client.address));
        }
        request
    };
    crate::demo::router(codes, parts.clock.clone(), parts.config.server.is_https())
        .layer(axum::middleware::map_request(told))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
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
