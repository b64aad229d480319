//! A component as the checks run it: with the example of its schema as configuration, a made-up message, and a
//! stand-in that answers for every provider. Nothing leaves this process: what is checked may be anybody's upload.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use super::examine::Subject;
use super::scene::Scene;
use super::standard::Reply;
use crate::connector::call::Door;
use crate::connector::configured::{self, Configured};
use crate::connector::contract::{
    Callback, CheckRequest, CodeVerdict, Ending, Export, Handled, Receipt, Report, Standing,
};
use crate::connector::limits::Limits;
use crate::connector::sandbox::Component;
use crate::credentials::{Binding, Keyring, Tokens, Wallet};
use crate::egress::{Egress, EgressOptions, Fault, HostPattern, Request, Response, StandIn};
use crate::secret::Secret;

/// What a call gave, and what the stand-in was asked meanwhile: method and path of each request.
pub(super) struct Tried<T> {
    pub(super) report: Report<T>,
    pub(super) asked: Vec<String>,
}

/// As much of a path as a finding shows.
const SHOWN_CHARS_MAX: usize = 200;

pub(super) struct Rig<'a> {
    pub(super) component: &'a Component,
    egress: Egress,
    hosts: Vec<HostPattern>,
    bindings: BTreeMap<String, Binding>,
    secrets: BTreeMap<String, Secret<String>>,
    config: String,
    limits: Limits,
}

impl<'a> Rig<'a> {
    /// Or why the example can't be used.
    pub(super) fn new(subject: &Subject<'a>, wall_ms: u64) -> Result<Self, String> {
        let Subject { component, package, limits, .. } = *subject;
        let none = Map::new();
        let example = package.schema.get("examples").and_then(|examples| examples.get(0)).and_then(Value::as_object);
        let configured =
            Configured::of(package, example.unwrap_or(&none)).map_err(|reasons| configured::first(&reasons))?;
        let config = configured.config();
        let Configured { secrets, hosts, bindings, .. } = configured;
        let limits = Limits { send_ms: wall_ms, ..package.manifest.limits.over(limits) };
        let egress = Egress::new(EgressOptions::default()).map_err(|error| error.to_string())?;
        Ok(Self { component, egress, hosts, bindings, secrets, config, limits })
    }

    /// The configuration as the component reads it.
    pub(super) fn config(&self) -> &str {
        &self.config
    }

    /// Send, or have a verification started, whichever it does. What its CPU time ended is tried once more: a first call, with
    /// cold caches on a busy machine, says little of what the others need.
    pub(super) async fn send(&self, scene: &Scene, reply: Reply) -> Result<Tried<Receipt>, String> {
        let tried = self.send_once(scene, reply).await?;
        if tried.report.ending == Ending::Cpu { self.send_once(scene, reply).await } else { Ok(tried) }
    }

    async fn send_once(&self, scene: &Scene, reply: Reply) -> Result<Tried<Receipt>, String> {
        let (door, asked) = self.door(reply)?;
        let report = if self.makes_codes() {
            self.component.start(door, scene.call(), &self.config, &scene.start()).await.map(Receipt::from)
        } else {
            self.component.send(door, scene.call(), &self.config, &scene.message).await
        };
        Ok(Tried { report, asked: asked.taken() })
    }

    pub(super) async fn check_code(&self, scene: &Scene, reply: Reply) -> Result<Tried<CodeVerdict>, String> {
        let (door, asked) = self.door(reply)?;
        let request = CheckRequest {
            id: Some("check-started".to_owned()),
            to: scene.message.to.clone(),
            code: Secret::from(scene.code),
            reference: scene.message.reference.clone(),
        };
        let report = self.component.check_code(door, scene.call(), &self.config, &request).await;
        Ok(Tried { report, asked: asked.taken() })
    }

    fn makes_codes(&self) -> bool {
        self.component.exports().contains(&Export::Verification)
    }

    pub(super) async fn check_account(&self, scene: &Scene, reply: Reply) -> Result<Tried<Standing>, String> {
        let (door, asked) = self.door(reply)?;
        let report = self.component.check_account(door, scene.call(), &self.config).await;
        Ok(Tried { report, asked: asked.taken() })
    }

    pub(super) async fn read_callback(&self, scene: &Scene, callback: &Callback) -> Result<Report<Handled>, String> {
        let (door, _) = self.door(Reply::Silence)?;
        Ok(self.component.handle_callback(door, scene.call(), &self.config, callback).await)
    }

    /// Every credential is there: tokens are not fetched, and a client certificate is not shown to a stand-in.
    fn door(&self, reply: Reply) -> Result<(Door, Arc<Answering>), String> {
        let answering = Arc::new(Answering { reply, asked: Mutex::default() });
        let stand_in = Arc::clone(&answering) as Arc<dyn StandIn>;
        let outlet = self.egress.stand_in(self.hosts.clone(), stand_in).map_err(|error| error.to_string())?;
        let own = Arc::clone(&outlet);
        let wallet = Wallet::new(self.bindings.clone(), Keyring::new(self.secrets.clone()), None, |_| {
            Ok::<_, std::convert::Infallible>(Arc::clone(&own))
        });
        let mut wallet = wallet.map_err(|never| never.to_string())?;
        let token = Secret::from("check-token-0000000000000000");
        wallet.tokens = Arc::new(Tokens::held(self.bindings.keys().map(String::as_str), &token));
        let limits = self.limits.clone();
        let door = Door { outlet, wallet: Arc::new(wallet), limits, record: true, mask: Vec::new() };
        Ok((door, answering))
    }
}

/// A stand-in that does the same each time, and keeps what it was asked.
struct Answering {
    reply: Reply,
    asked: Mutex<Vec<String>>,
}

impl Answering {
    fn taken(&self) -> Vec<String> {
        self.asked.lock().map(|mut asked| std::mem::take(&mut *asked)).unwrap_or_default()
    }
}

impl StandIn for Answering {
    fn answer(&self, request: Request) -> Result<Response, Fault> {
        if let Ok(mut asked) = self.asked.lock() {
            let host = request.url.host_str().unwrap_or_default();
            let path: String = request.url.path().chars().take(SHOWN_CHARS_MAX).collect();
            asked.push(format!("{} {host}{path}", request.method));
        }
        self.reply.made()
    }
}
