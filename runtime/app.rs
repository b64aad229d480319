//! The parts and how they are wired. `App::new` opens everything, `App::run` serves until it is told to stop: the
//! caller owns listener and shutdown, so tests do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use url::Url;

use crate::api::{self, AppState};
use crate::audit::Audit;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::connector::loader::Loader;
use crate::connector::registry::Registry;
use crate::connector::sandbox::Sandbox;
use crate::delivery::callbacks::Callbacks;
use crate::delivery::failures::Failures;
use crate::delivery::{Delivery, Times};
use crate::egress::{Egress, EgressOptions, Names, Origins};
use crate::hooks::Hooks;
use crate::inbox::Inbox;
use crate::instance::Instance;
use crate::machine::{Machine, Sizes};
use crate::metrics::{Metrics, Readings, Scrape};
use crate::nodes::Nodes;
use crate::nodes::following::{self, Following};
use crate::otp::Otp;
use crate::people::People;
use crate::people::oidc::Oidc;
use crate::random::Nonces;
use crate::setup::{Examinations, Setup, Turns};
use crate::store::Store;
use crate::traces::{Exporter, Traces};
use crate::twilio::{self, Twilio};
use crate::webhooks::{self, Webhooks};

mod canary;
mod first_start;
mod limits;
mod listener;
mod storage;
mod upkeep;
mod vault;
mod watch;
mod way_out;

pub use first_start::FirstKey;
pub(crate) use storage::{beside as store_beside, kind as store_kind, options as database_options};
pub(crate) use vault::{key_file as master_key_file, look as look_at_vault};
pub use vault::{master_key, rotate as rotate_master_key};
pub(crate) use way_out::options as way_out;

/// The service, open but not yet listening.
pub struct App {
    config: Config,
    state: AppState,
    delivery: Delivery,
    egress: Arc<Egress>,
    registry: Arc<Registry>,
    setup: Arc<Setup>,
    nodes: Arc<Nodes>,
    following: Following,
    store: Arc<dyn Store>,
    clock: Clock,
    twilio: Arc<Twilio>,
    webhooks: Arc<Webhooks>,
    people: Arc<People>,
    traces: Traces,
    exporter: Option<Exporter>,
    first_key: FirstKey,
    tls: Option<listener::Tls>,
    folder: Option<storage::Folder>,
}

/// What a test or an embedding program may replace.
#[derive(Clone, Debug)]
pub struct Replace {
    /// Where the time comes from.
    pub clock: Clock,
    /// The binary whose `compile-component` compiles uploads; this one unless given.
    pub compiler: Option<PathBuf>,
    /// Where the nonces of calls come from.
    pub nonces: Nonces,
    /// Who is asked for the addresses of connectors' hosts.
    pub names: Names,
    /// Who answers for the providers of development environments, as [`EgressOptions::stand_in`] says.
    pub stand_in: Option<Url>,
}

impl Default for Replace {
    fn default() -> Self {
        Self { clock: Clock::system(), compiler: None, nonces: Nonces::Random, names: Names::System, stand_in: None }
    }
}

impl App {
    /// Open everything that `config` names.
    pub async fn new(config: Config) -> anyhow::Result<Self> {
        Self::with(config, Replace::default()).await
    }

    /// As [`App::new`], with parts replaced.
    pub async fn with(config: Config, replace: Replace) -> anyhow::Result<Self> {
        let Replace { clock, compiler, nonces, names, stand_in } = replace;
        let way_out = way_out::options(&config, names)?;
        let egress = Arc::new(Egress::new(EgressOptions { stand_in, ..way_out })?);
        // First: files that can't serve are the operator's to mend, before anything is made.
        let tls = listener::open(&config, &egress, &clock)?;
        let sizes = Sizes::of(Machine::read(config.machine.memory_mib), config.sandbox.wanted());
        tracing::info!("{sizes}");
        let storage::Opened { store, figures, folder } = storage::open(&config, &sizes).await?;
        let metrics = Arc::new(Metrics::default());
        let (traces, exporter) = Traces::new(&config.traces, &egress, &metrics)?;
        let instance = Instance::new();
        instance.write(&config.data.dir).context("can't write to the data folder")?;
        let nodes = Arc::new(Nodes::new(Arc::clone(&store), instance.id.clone()));
        let turn = storage::turn(&*store).await?;
        let vault = Arc::new(vault::open(&config, &*store).await?);
        let compiler = compiler.map_or_else(std::env::current_exe, Ok).context("can't find this program's own file")?;
        let sandbox = Sandbox::new(limits::sandbox(&config, &sizes, compiler))?;
        let registry = Arc::new(Registry::default());
        let inbox = Arc::new(Inbox::new(clock.clone()));
        let loader = Arc::new(Loader::new(Arc::clone(&sandbox), Arc::clone(&store)));
        let callbacks = Arc::new(Callbacks::new(Arc::clone(&vault), config.server.public_url.clone()));
        let failures = Arc::new(Failures::default());
        let times = Times {
            send: Duration::from_millis(config.delivery.send_ms),
            call: Duration::from_millis(config.delivery.call_ms),
        };
        let delivery = Delivery::new(
            Arc::clone(&registry),
            Arc::clone(&store),
            clock.clone(),
            times,
            Arc::clone(&callbacks),
            Arc::clone(&failures),
            (Arc::clone(&metrics), Arc::clone(&nodes)),
        );
        let origins = Arc::new(Origins::new(Arc::clone(&egress)));
        let otp = Arc::new(Otp::new(
            Arc::clone(&store),
            Arc::clone(&vault),
            delivery.clone(),
            clock.clone(),
            Arc::clone(&metrics),
            Arc::clone(&origins),
        ));
        let told = Arc::clone(&otp);
        let setup = Arc::new(Setup {
            store: Arc::clone(&store),
            vault: Arc::clone(&vault),
            sandbox: Arc::clone(&sandbox),
            egress: Arc::clone(&egress),
            registry: Arc::clone(&registry),
            inbox: Arc::clone(&inbox),
            callbacks: Arc::clone(&callbacks),
            failures,
            failed_sends: config.transcripts.failed_sends,
            metrics: Arc::clone(&metrics),
            loader,
            clock: clock.clone(),
            nonces,
            limits: limits::of(&config),
            test_wall: Duration::from_millis(config.delivery.send_ms),
            examinations: Examinations::default(),
            nodes: Arc::clone(&nodes),
            turns: Turns::new(Arc::clone(&nodes), move |environment| told.invalidate(environment)),
        });
        let first_key = first_start::prepare(&config, &store, &setup, &clock).await?;
        drop(turn);
        setup.refresh_all().await?;
        let following = following::start(&nodes, &setup).await?;
        if nodes.is_shared() && nodes.is_alone().await? {
            // As with a data folder: nothing is under way when the only one starts.
            store.settle(Timestamp::NEVER).await?;
        }
        let twilio = Arc::new(Twilio::new(
            Arc::clone(&store),
            Arc::clone(&vault),
            Arc::clone(&otp),
            Arc::clone(&origins),
            clock.clone(),
        ));
        let counted = Arc::clone(&metrics);
        let webhooks = Arc::new(Webhooks::new(Arc::clone(&store), Arc::clone(&vault), origins, clock.clone(), counted));
        webhooks.begin_counting().await?;
        let hooks = Arc::new(Hooks::new(Arc::clone(&store), Arc::clone(&vault), Arc::clone(&otp), clock.clone()));
        let people = Arc::new(People::new(Arc::clone(&store), clock.clone()));
        let oidc = match &config.oidc {
            Some(oidc) => Some(Oidc::new(oidc, egress.authority(None)?, Arc::clone(&people), Arc::clone(&vault))?),
            None => None,
        };
        let readings = Readings {
            registry: Arc::clone(&registry),
            health: Arc::clone(delivery.health()),
            sandbox: Arc::clone(&sandbox),
            otp: Arc::clone(&otp),
            clock: clock.clone(),
            started: clock.now(),
        };
        let state = AppState::new(api::Parts {
            scrape: Arc::new(Scrape::new(metrics, &figures, sandbox.compile_seconds(), readings)),
            store: Arc::clone(&store),
            otp,
            twilio: Arc::clone(&twilio),
            webhooks: Arc::clone(&webhooks),
            setup: Arc::clone(&setup),
            hooks,
            people: Arc::clone(&people),
            oidc,
            failures: Arc::default(),
            audit: Arc::new(Audit::new(Arc::clone(&store), clock.clone())),
            health: Arc::clone(delivery.health()),
            inbox,
            callbacks,
            vault,
            clock: clock.clone(),
            traces: traces.clone(),
            instance,
            uploads: Arc::new(tokio::sync::Semaphore::new(sizes.uploads)),
            config: config.clone(),
        });
        Ok(Self {
            config,
            state,
            delivery,
            egress,
            registry,
            setup,
            nodes,
            following,
            store,
            clock,
            twilio,
            webhooks,
            people,
            traces,
            exporter,
            first_key,
            tls,
            folder,
        })
    }

    /// How the first admin key came to be.
    pub fn first_key(&self) -> &FirstKey {
        &self.first_key
    }

    /// Who may use the console: a first start makes a link that signs in.
    pub fn people(&self) -> &Arc<People> {
        &self.people
    }

    /// What serves, and what sets it up: `bench` puts its baseline there, and `dev` uses its sandbox and its phone.
    pub(crate) fn setup(&self) -> &Arc<Setup> {
        &self.setup
    }

    /// Serve on `listener` until `shutdown` resolves; then finish what is running, for at most the drain time.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        self.egress.add_own_listener(listener.local_addr()?);
        let retention = &self.config.retention;
        let keep = upkeep::Keep { spans: retention.spans(), of_webhook_max: retention.webhooks_waiting };
        let (store, webhooks) = (Arc::clone(&self.store), Arc::clone(&self.webhooks));
        let (clock, traces) = (self.clock.clone(), &self.traces);
        let upkeep = upkeep::start(store, self.state.otp(), webhooks, clock, keep, (Arc::clone(&self.nodes), traces));
        let exporting = self.exporter.map(Exporter::start);
        let canary = canary::start(Arc::clone(self.delivery.health()), Arc::clone(&self.setup));
        let tell = twilio::callbacks::start(Arc::clone(&self.twilio), &self.traces);
        let webhooks = webhooks::worker::start(Arc::clone(&self.webhooks), &self.traces);
        let warm = tokio::spawn(warm_up(Arc::clone(&self.registry)));
        let watch = watch::start(&self.config.watch, Arc::clone(&self.setup))?;
        let (acceptor, certificates) = listener::start(self.tls)?;
        api::serve(listener, self.state, &self.config.server, acceptor, shutdown).await?;
        certificates.abort();
        let drain = Duration::from_secs(self.config.server.drain_seconds);
        if tokio::time::timeout(drain, self.delivery.drained()).await.is_err() {
            tracing::warn!("sends were still running when the drain time ended; their outcome is unknown");
        }
        upkeep.abort();
        canary.abort();
        tell.abort();
        webhooks.abort();
        warm.abort();
        drop(watch);
        if let Some(exporting) = exporting {
            exporting.finish().await;
        }
        drop(self.following);
        if let Err(error) = self.nodes.leave().await {
            tracing::debug!(%error, "the other nodes find out by themselves that this one has ended");
        }
        // A task that is still ending may hold the store: whoever starts next does not wait for it.
        self.store.close();
        drop(self.folder);
        Ok(())
    }
}

/// Compile what serves before the first send needs it, without holding up the start.
async fn warm_up(registry: Arc<Registry>) {
    for serving in registry.all() {
        if let Err(error) = serving.code.warm_up().await {
            tracing::error!(connector = ?serving, %error, "this connector can't be loaded; its sends will fail");
        }
    }
}
