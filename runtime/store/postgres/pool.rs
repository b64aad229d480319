//! The connections: how many, how long anything may wait, and how the database is known to be the right one.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, PoolError, RecyclingMethod, Runtime, TimeoutType};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::link::Shared;
use super::trouble;
use crate::secret::Secret;
use crate::store::{StoreError, Stored};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long somebody may wait for one of the pool.
const WAIT: Duration = Duration::from_secs(5);
/// How long a flight may take: longer than the server lets its statements take, since it also has to travel.
const PATIENCE: Duration = Duration::from_secs(12);
/// The server ends what takes longer, what waits longer for a lock, and what does nothing in a transaction. The last is
/// for a node that was cut off: its locks are free by then.
const LIMITS: [(&str, &str); 3] =
    [("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "15s")];

/// Statements are planned once a connection: left to itself, the server plans those over partitions anew each time, which takes
/// four times as long as running them.
const PLANS: &str = "-c plan_cache_mode=force_generic_plan";

/// How a database is reached.
#[derive(Clone, Debug)]
pub struct Options {
    /// `postgres://user:password@host[,host]:port/database?…`, as libpq has it (postgresql.org/docs/15/libpq-connect.html).
    pub url: Secret<String>,
    /// Connections at most.
    pub connections: usize,
    /// Whether a pooler in transaction mode stands between.
    pub pooled: bool,
    /// The authority of the server's certificate, in PEM; those that browsers know, unless set.
    pub ca: Option<PathBuf>,
}

/// The pool.
pub(super) struct Pool(deadpool_postgres::Pool);

impl Pool {
    /// A connection, as soon as one is free.
    pub(super) async fn take(&self) -> Stored<Object> {
        self.0.get().await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Overloaded,
            PoolError::Timeout(_) => StoreError::Unreachable("no connection could be made in time".into()),
            PoolError::Backend(error) => trouble::stored(&error),
            PoolError::Closed => StoreError::Closed,
            error => StoreError::Unreachable(error.to_string()),
        })
    }

    /// Let all of them go; whoever asks later is refused.
    pub(super) fn close(&self) {
        self.0.close();
    }
}

/// Read the options. Nothing is connected yet.
pub(super) fn open(options: &Options) -> Stored<(Pool, Arc<Shared>)> {
    let config = config(options)?;
    let tls = MakeRustlsConnect::new(tls(options)?);
    let manager = Manager::from_config(config, tls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let pool = deadpool_postgres::Pool::builder(manager)
        .max_size(options.connections.max(1))
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT + Duration::from_secs(1)))
        .build()
        .map_err(|error| unusable(&error.to_string()))?;
    let limits = LIMITS.map(|(name, value)| format!("; SET LOCAL {name} = '{value}'")).concat();
    let begin = if options.pooled { format!("BEGIN{limits}") } else { "BEGIN".into() };
    Ok((Pool(pool), Arc::new(Shared::new(options.pooled, begin, PATIENCE))))
}

/// What the URL says, and what it leaves open.
pub(super) fn config(options: &Options) -> Stored<tokio_postgres::Config> {
    let url = options.url.expose();
    // The library's message names what is wrong and quotes no value.
    let mut config = tokio_postgres::Config::from_str(url).map_err(|error| unusable(&error.to_string()))?;
    if !url.contains("sslmode=") && !config.get_hosts().iter().all(is_here) {
        // `prefer`, libpq's default, speaks in the clear with whoever stands between and says that there is no TLS.
        config.ssl_mode(SslMode::Require);
    }
    if config.get_application_name().is_none() {
        config.application_name("countersign");
    }
    if !options.pooled {
        // A pooler takes no such options; it gets them with each transaction.
        let limits = LIMITS.map(|(name, value)| format!("-c {name}={value} ")).concat();
        config.options(format!("{limits}{PLANS} {}", config.get_options().unwrap_or_default()));
    }
    config.connect_timeout(CONNECT);
    config.tcp_user_timeout(PATIENCE);
    config.keepalives_idle(Duration::from_secs(15));
    config.keepalives_interval(Duration::from_secs(5));
    config.keepalives_retries(3);
    // Of several hosts, the one that can be written to: the others are its replicas.
    config.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
    Ok(config)
}

/// Whether a host is this machine.
pub(super) fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        Host::Unix(_) => true,
    }
}

/// A certificate is always checked, against the name in the URL.
pub(super) fn tls(options: &Options) -> Stored<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match &options.ca {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let unreadable = |error: &dyn std::fmt::Display| unusable(&format!("`{}`: {error}", path.display()));
            let found = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))?;
            for certificate in found {
                let certificate = certificate.map_err(|error| unreadable(&error))?;
                roots.add(certificate).map_err(|error| unreadable(&error))?;
            }
            if roots.is_empty() {
                return Err(unreadable(&"it has no certificate"));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| unusable(&error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn unusable(why: &str) -> StoreError {
    StoreError::Unreachable(format!("its settings can't be used: {why}"))
}
