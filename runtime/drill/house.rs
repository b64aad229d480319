//! The service, in this process, on a folder of its own and a loopback port: three connectors in each environment, each
//! with a provider of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Options;
use super::gateway::{Gateway, Taken};
use super::lanes::{Failing, Lane};
use crate::app::{App, Replace};
use crate::config::Config;
use crate::egress::{Call, Caller};
use crate::secret::Secret;

/// The connectors: the first is active, the others stand by.
pub(super) const PROVIDERS: [&str; 3] = ["one", "two", "three"];
const COMPONENT: &str = "kannel";

pub(super) struct House {
    /// With a key of its environment each.
    pub(super) callers: BTreeMap<&'static str, Arc<Caller>>,
    admin: Caller,
    pub(super) taken: mpsc::UnboundedReceiver<Taken>,
    pub(super) url: String,
    /// By environment, in the order of [`PROVIDERS`].
    gateways: BTreeMap<&'static str, Vec<Gateway>>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<anyhow::Result<()>>,
    _dir: tempfile::TempDir,
}

impl House {
    pub(super) async fn open(options: &Options) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let key = format!("cs_admin_{}", crate::random::hex::<16>());
        let (tell, taken) = mpsc::unbounded_channel();
        let mut config = Config::default();
        config.data.dir = dir.path().join("data");
        config.cache.dir.clone_from(&options.cache);
        config.admin_key = Some(Secret::from(key.as_str()));
        config.master_key.key = Some(Secret::new(crate::random::hex::<32>()));
        config.server.public_url = Some(url.parse()?);
        let mut gateways: BTreeMap<&'static str, Vec<Gateway>> = BTreeMap::new();
        for lane in options.scenario.lanes() {
            if gateways.contains_key(lane.environment) {
                continue;
            }
            let mut own = Vec::new();
            for provider in PROVIDERS {
                let gateway = Gateway::open(lane.environment, tell.clone()).await?;
                config.egress.overrides.insert(host(provider, lane.environment), gateway.url.clone());
                own.push(gateway);
            }
            gateways.insert(lane.environment, own);
        }
        let replace =
            Replace { clock: options.clock.clone(), compiler: Some(options.program.clone()), ..Replace::default() };
        let app = App::with(config, replace).await?;
        let setup = Arc::clone(app.setup());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(app.run(listener, async move {
            // An end of the drill without a word is a word too.
            let _ = stopped.await;
        }));
        let admin = Caller::new(&url, &key)?;
        let callers = BTreeMap::new();
        let mut house = Self { callers, admin, taken, url, gateways, stop: Some(stop), running, _dir: dir };
        let environments: Vec<&'static str> = house.gateways.keys().copied().collect();
        for environment in environments {
            house.furnish(environment).await?;
            let asked = json!({"name": "drill", "environment": environment});
            let told = house.done(Method::POST, "/v1/keys", asked).await?;
            let key = told.get("key").and_then(serde_json::Value::as_str).context("a key is told once")?;
            house.callers.insert(environment, Arc::new(Caller::new(&house.url, key)?));
        }
        // Compiled before the clock counts: the first codes would wait for it.
        for serving in setup.registry.all() {
            serving.code.warm_up().await?;
        }
        Ok(house)
    }

    /// An environment with its three connectors.
    async fn furnish(&self, environment: &str) -> anyhow::Result<()> {
        if environment != "development" {
            self.done(Method::POST, "/v1/environments", json!({"name": environment, "kind": "development"})).await?;
        }
        let at = format!("/v1/environments/{environment}");
        for provider in PROVIDERS {
            let url = format!("https://{}/cgi-bin/sendsms", host(provider, environment));
            let password = crate::random::hex::<8>();
            let config = json!({"url": url, "username": "drill", "password": password, "from": "DRILL"});
            let put = json!({"component": COMPONENT, "config": config});
            self.done(Method::PUT, &format!("{at}/connectors/{provider}"), put).await?;
        }
        let [active, fallback @ ..] = PROVIDERS;
        let channel = json!({"active": active, "fallback": fallback});
        self.done(Method::PUT, &format!("{at}/channels/sms"), channel).await.map(drop)
    }

    async fn done(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let body = (!body.is_null()).then_some(&body);
        let (status, told) = self.admin.call(Call { method, path, if_match: None, body }).await?;
        anyhow::ensure!((200..300).contains(&status), "{path}: {status}: {told}");
        Ok(told)
    }

    /// The active provider of a lane begins to fail, or does well again.
    pub(super) async fn fails(&self, lane: &Lane, failing: bool) -> anyhow::Result<()> {
        let active = self.gateways.get(lane.environment).and_then(|own| own.first()).context("it has gateways")?;
        match (lane.failing, failing) {
            (Failing::Nothing, _) => {}
            (Failing::Injected(kind), true) => {
                let path = format!("/v1/environments/{}/faults/{}", lane.environment, PROVIDERS[0]);
                self.done(Method::PUT, &path, json!({"fault": {"kind": kind}, "for_seconds": 3600})).await?;
            }
            (Failing::Injected(_), false) => {
                let path = format!("/v1/environments/{}/faults/{}", lane.environment, PROVIDERS[0]);
                self.done(Method::DELETE, &path, Value::Null).await?;
            }
            (other, true) => active.fails(other),
            (_, false) => active.fails(Failing::Nothing),
        }
        Ok(())
    }

    /// End the service as `SIGTERM` does.
    pub(super) async fn close(mut self) -> anyhow::Result<()> {
        drop(self.stop.take());
        self.running.await?
    }
}

fn host(provider: &str, environment: &str) -> String {
    format!("{provider}.{environment}.example")
}
