//! A development service of this command's own: on loopback, with a data folder that goes with it, and a stand-in for
//! every provider.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use super::stand_in::Provider;
use crate::app::{App, FirstKey, Replace};
use crate::clock::Clock;
use crate::config::{Config, EgressConfig, MasterKeyConfig, ServerConfig};
use crate::keys::{self, Grant, Role};
use crate::secret::Secret;
use crate::setup::Setup;

/// One author sends one message at a time, and each place of the pool costs address space.
const SLOTS: u32 = 16;
const COMPILE_SECONDS: u64 = 300;

/// What runs in this process.
pub(super) struct Own {
    pub(super) provider: Provider,
    pub(super) setup: Arc<Setup>,
    /// A key that was made for this run, to be revoked at its end.
    made: Option<String>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<anyhow::Result<()>>,
    /// Removed last.
    _scratch: Option<tempfile::TempDir>,
}

impl Own {
    /// Start it; answers where it is and a key for it.
    pub(super) async fn start(
        data: Option<PathBuf>,
        listen: SocketAddr,
    ) -> anyhow::Result<(Self, Url, Secret<String>)> {
        if !listen.ip().is_loopback() {
            bail!("--listen: the service of `dev` is for this machine alone: `{listen}` is not on loopback");
        }
        let provider = Provider::start().await.context("the stand-in for the providers can't listen on loopback")?;
        let scratch = if data.is_none() { Some(tempfile::tempdir()?) } else { None };
        let folder = data.or_else(|| scratch.as_ref().map(|scratch| scratch.path().join("data")));
        let config = config(folder.unwrap_or_default(), listen, scratch.is_some())?;
        let given = config.admin_key.clone();
        let listener = TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let stand_in = Some(provider.origin().clone());
        let app = App::with(config, Replace { stand_in, ..Replace::default() }).await?;
        let setup = Arc::clone(app.setup());
        provider.shows_in(Arc::clone(&setup.inbox));
        let (key, made) = match (app.first_key(), given) {
            (FirstKey::Made(key), _) => (Secret::new(key.clone()), None),
            (FirstKey::FromEnvironment, Some(key)) => (key, None),
            _ => {
                let all = Grant::Admin(Role::ALL.to_vec());
                let made = keys::make(&*setup.store, "countersign dev", all, Clock::system().now()).await?;
                (made.key, Some(made.id))
            }
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(app.run(listener, async {
            // Dropped without a word, it is told to stop as well.
            let _ = stopped.await;
        }));
        Ok((Self { provider, setup, made, stop, running, _scratch: scratch }, url, key))
    }

    /// Stop it, and leave nothing behind that it does not need the next time.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        if let Some(id) = &self.made {
            self.setup.store.revoke_key(id, Clock::system().now()).await?;
        }
        let _ = self.stop.send(());
        self.running.await?
    }
}

/// What the environment says of cache, sandbox and delivery holds here too; where it listens and what it reaches does not.
fn config(data: PathBuf, listen: SocketAddr, is_scratch: bool) -> anyhow::Result<Config> {
    let mut config = Config::load(None)?;
    config.data.dir = data;
    // A database that the environment names is not for trying things out.
    config.store = None;
    // An inbox page that is open somewhere holds its connection for as long as it may.
    config.server = ServerConfig { listen, drain_seconds: 1, ..ServerConfig::default() };
    config.egress = EgressConfig::default();
    config.sandbox.slots = Some(SLOTS);
    // It is the author's own code, and his machine is busy with building it.
    config.sandbox.compile_seconds = config.sandbox.compile_seconds.max(COMPILE_SECONDS);
    if is_scratch {
        // It seals what is gone with this process.
        let key = Some(Secret::new(crate::random::hex::<32>()));
        config.master_key = MasterKeyConfig { file: None, key };
    }
    Ok(config)
}
