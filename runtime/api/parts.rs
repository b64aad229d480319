//! What the handlers call.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use tokio::sync::Semaphore;

use super::FailedAttempts;
use crate::audit::Audit;
use crate::bill::Bills;
use crate::clock::Clock;
use crate::config::Config;
use crate::credentials::Vault;
use crate::delivery::callbacks::Callbacks;
use crate::delivery::health::Health;
use crate::hooks::Hooks;
use crate::inbox::Inbox;
use crate::instance::Instance;
use crate::log::Log;
use crate::metrics::Scrape;
use crate::otp::Otp;
use crate::people::People;
use crate::people::oidc::Oidc;
use crate::setup::Setup;
use crate::statistics::Statistics;
use crate::store::Store;
use crate::traces::Traces;
use crate::twilio::Twilio;
use crate::webhooks::Webhooks;

/// What the handlers call.
pub struct Parts {
    /// The store, for what is only read.
    pub store: Arc<dyn Store>,
    /// One-time passwords.
    pub otp: Arc<Otp>,
    /// One-time passwords and messages, in Twilio's words.
    pub twilio: Arc<Twilio>,
    /// The application is told what happened.
    pub webhooks: Arc<Webhooks>,
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
    /// What is counted, and read by whoever watches.
    pub scrape: Arc<Scrape>,
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
    /// What is told of requests, step by step.
    pub traces: Traces,
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

    /// What sends took and cost.
    pub fn bills(&self) -> Bills {
        Bills::new(Arc::clone(&self.store), self.clock.clone())
    }

    /// How sends went.
    pub fn statistics(&self) -> Statistics {
        Statistics::new(Arc::clone(&self.store), self.clock.clone())
    }
}
