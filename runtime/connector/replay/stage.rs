//! A play: a component asked in the sandbox, with fake secrets and a stand-in that answers what it was told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use url::Url;

use super::{NoTranscript, refused};
use crate::connector::call::Door;
use crate::connector::configured::{self, Configured};
use crate::connector::contract::{Call, Exchange, Failure, Message, Receipt};
use crate::connector::limits::Limits;
use crate::connector::package::Package;
use crate::connector::sandbox::Component;
use crate::connector::stand_in::{self, Answer, Asked, StandIn};
use crate::connector::transcript::{FixedCall, Reply, WireFault};
use crate::credentials::{Keyring, Wallet};
use crate::egress::{Egress, EgressOptions, Grants};

/// How long a call waits for a provider that never answers.
const TIMEOUT_MS: u64 = 400;

/// What was on the wire, and what came of it.
pub(super) struct Play {
    pub(super) seen: Vec<(Asked, Answer)>,
    /// The same as the component wrote it, also where nobody was there to see it.
    pub(super) written: Vec<Exchange>,
    pub(super) result: Result<Receipt, Failure>,
}

/// Everything that a play needs.
pub(super) struct Stage<'a> {
    pub(super) component: &'a Component,
    pub(super) package: &'a Package,
    pub(super) config: &'a Map<String, Value>,
    pub(super) message: Message,
    pub(super) answers: &'a [Answer],
    pub(super) login_refused: Option<u16>,
}

impl Stage<'_> {
    pub(super) async fn play(&self) -> Result<Play, NoTranscript> {
        let configured = Configured::of(self.package, self.config)
            .map_err(|reasons| NoTranscript::Broken(configured::first(&reasons)))?;
        let config = configured.config();
        let Configured { secrets, hosts, bindings, .. } = configured;
        // Who knows which URL gives tokens; it places nothing.
        let logins = Wallet::new::<NoTranscript>(bindings.clone(), Keyring::default(), None, |_| {
            Err(NoTranscript::Broken("a wallet without secrets identifies nobody".to_owned()))
        })?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stand_in = StandIn::start(self.script(logins, Arc::clone(&seen))).await.map_err(NoTranscript::broken)?;
        let origin = match refused(self.answers) {
            true => stand_in::nobody().await.map_err(NoTranscript::broken)?,
            false => stand_in.origin().clone(),
        };
        let egress = Egress::new(EgressOptions { stand_in: Some(origin), ..EgressOptions::default() });
        let egress = egress.map_err(NoTranscript::broken)?;
        let grants = Grants { hosts, development: true, internal: None };
        let identified = |identity| egress.identified_outlet(grants.clone(), &identity);
        let wallet = Wallet::new(bindings, Keyring::new(secrets), None, identified).map_err(NoTranscript::broken)?;
        let outlet = egress.outlet(grants.clone()).map_err(NoTranscript::broken)?;
        let times_out = self.answers.iter().any(|answer| matches!(answer, Answer::Fault(WireFault::Timeout)));
        let send_ms = if times_out { TIMEOUT_MS } else { Limits::default().send_ms };
        let limits = Limits { send_ms, ..Limits::default() };
        let door = Door { outlet, wallet: Arc::new(wallet), limits, record: refused(self.answers), mask: Vec::new() };
        let FixedCall { issued_at, nonce } = FixedCall::default();
        // As `check` calls it, since that will replay it.
        let call = Call { issued_at, nonce, environment: "check".to_owned() };
        let report = self.component.send(door, call, &config, &self.message).await;
        let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Play { seen, written: report.exchanges, result: report.result })
    }

    /// Logins get a token that is none, or the status that refused one; everything else what the provider answered, in
    /// order.
    fn script(
        &self,
        logins: Wallet,
        seen: Arc<Mutex<Vec<(Asked, Answer)>>>,
    ) -> impl Fn(Asked) -> Answer + Send + Sync + use<> {
        let rest = Mutex::new(self.answers.iter().cloned().collect::<VecDeque<Answer>>());
        let login_refused = self.login_refused;
        move |asked| {
            let url = Url::parse(&format!("https://{}{}", asked.host, asked.target)).ok();
            let answer = match url.and_then(|url| logins.sample_login(&url)) {
                Some(token) => Answer::Reply(match login_refused {
                    // What it said of that was not kept: it may name the client.
                    Some(_) => Reply { status: login_refused, ..Reply::default() },
                    None => Reply { json: Some(token), ..Reply::default() },
                }),
                None => {
                    let next = rest.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    next.unwrap_or(Answer::Fault(WireFault::Reset))
                }
            };
            seen.lock().unwrap_or_else(PoisonError::into_inner).push((asked, answer.clone()));
            answer
        }
    }
}
