//! A send told again as a transcript, which anybody may read and `check` replays.
//!
//! Nothing is taken over from the real requests, so that nothing secret can be. The same component is asked the same
//! again in the sandbox, with the schema's fake secrets, a number and a code that are nobody's, and a stand-in that
//! answers what the provider answered. What is then seen on the wire is what is written, and what comes of it what is
//! expected. It is played twice: what differs (a signature with chance in it) is left out.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};
use url::Url;

use super::call::Door;
use super::contract::{Call, Certainty, Exchange, Failure, FailureKind, Message, Receipt};
use super::limits::Limits;
use super::package::Package;
use super::sandbox::Component;
use super::schema;
use super::stand_in::{self, Answer, Asked, StandIn};
use super::transcript::{AskedMessage, FixedCall, Reply, WireFault};
use crate::credentials::{Binding, Keyring, Wallet, resolve};
use crate::egress::{Egress, EgressOptions, Grants};
use crate::secret::Secret;

mod swaps;
mod written;

use swaps::Swaps;

/// How long a call waits for a provider that never answers.
const TIMEOUT_MS: u64 = 400;

/// A send as it was.
pub struct Original<'a> {
    /// What was asked.
    pub component: &'a Component,
    /// Its package.
    pub package: &'a Package,
    /// Its configuration without secrets.
    pub config: &'a Map<String, Value>,
    /// Which secrets were set.
    pub set: Vec<&'a str>,
    /// What it was to send.
    pub message: &'a Message,
    /// The code in it.
    pub code: &'a str,
    /// What went over the wire.
    pub exchanges: &'a [Exchange],
    /// What came of it.
    pub result: &'a Result<Receipt, Failure>,
}

/// A transcript.
pub struct Replayed {
    /// The document.
    pub transcript: Value,
    /// What came out in another way than it did with the provider.
    pub note: Option<String>,
}

/// Why a send can't be told as a transcript.
#[derive(Debug, thiserror::Error)]
pub enum NoTranscript {
    /// Some connections stood, others did not.
    #[error("a transcript can't have both an answer and a refused connection")]
    Mixed,
    /// The requests differ between two plays.
    #[error("its requests differ each time by more than headers: write this transcript by hand")]
    Unsteady,
    /// Something that serves could not be made.
    #[error("it can't be played again: {0}")]
    Broken(String),
}

impl NoTranscript {
    fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }
}

/// One play: what was on the wire, and what came of it.
struct Play {
    seen: Vec<(Asked, Answer)>,
    result: Result<Receipt, Failure>,
}

/// Tell a send as a transcript.
pub async fn transcript(original: &Original<'_>) -> Result<Replayed, NoTranscript> {
    let swaps = Swaps::of(original.message, original.code);
    let answers = answers(original, &swaps)?;
    let (config, message) = (config(original), written::message(original.message, &swaps));
    let asked: AskedMessage = serde_json::from_value(message.clone()).map_err(NoTranscript::broken)?;
    let stage = Stage { original, config: &config, message: asked.to_message(), answers: &answers };
    let (one, other) = (stage.play().await?, stage.play().await?);
    let exchanges = match refused(&answers) {
        true => written::never_made(original.exchanges, &swaps),
        false => written::exchanges(&one.seen, &other.seen, original.exchanges)?,
    };
    let expect = written::expect(&one.result);
    let note = written::differs(original.result, &one.result);
    let name = format!("exported: {}", written::outcome(&one.result));
    let transcript =
        json!({ "name": name, "config": config, "message": message, "exchanges": exchanges, "expect": expect });
    Ok(Replayed { transcript, note })
}

/// The configuration with fake secrets where real ones were.
fn config(original: &Original<'_>) -> Map<String, Value> {
    let example = original.package.schema.pointer("/examples/0");
    let mut config = original.config.clone();
    for field in &original.set {
        let fake = example.and_then(|example| example.get(field)).filter(|value| value.is_string()).cloned();
        config.insert((*field).to_owned(), fake.unwrap_or_else(|| format!("fake-{field}-000000000000").into()));
    }
    config
}

/// What the provider did, in order. What was never sent is denied again, without anybody's help.
fn answers(original: &Original<'_>, swaps: &Swaps) -> Result<Vec<Answer>, NoTranscript> {
    let own = original.exchanges.iter().filter(|exchange| !exchange.by_host);
    let mut answers: Vec<Answer> = own
        .filter_map(|exchange| match (exchange.status, exchange.wire_fault) {
            (Some(status), _) => Some(Answer::Reply(written::reply(status, exchange, swaps))),
            (None, fault) => fault.map(Answer::Fault),
        })
        .collect();
    // A request that was still waiting when the call's own time was over was not recorded.
    let timed_out = |failure: &Failure| failure.kind == FailureKind::Timeout && failure.certainty == Certainty::Unknown;
    let waited = answers.iter().any(|answer| matches!(answer, Answer::Fault(WireFault::Timeout)));
    if original.result.as_ref().is_err_and(timed_out) && !waited {
        answers.push(Answer::Fault(WireFault::Timeout));
    }
    let refusals = answers.iter().filter(|answer| is_refusal(answer)).count();
    if refusals > 0 && refusals < answers.len() { Err(NoTranscript::Mixed) } else { Ok(answers) }
}

fn is_refusal(answer: &Answer) -> bool {
    matches!(answer, Answer::Fault(WireFault::Refused))
}

fn refused(answers: &[Answer]) -> bool {
    answers.first().is_some_and(is_refusal)
}

/// Everything that a play needs.
struct Stage<'a> {
    original: &'a Original<'a>,
    config: &'a Map<String, Value>,
    message: Message,
    answers: &'a [Answer],
}

impl Stage<'_> {
    async fn play(&self) -> Result<Play, NoTranscript> {
        let manifest = &self.original.package.manifest;
        let mut public = schema::with_defaults(&self.original.package.schema, self.config);
        let taken = manifest.secrets.iter().filter_map(|field| Some((field.clone(), public.remove(field)?)));
        let secrets = taken.filter_map(|(field, secret)| Some((field, Secret::new(secret.as_str()?.to_owned()))));
        let secrets: BTreeMap<String, Secret<String>> = secrets.collect();
        let hosts = manifest.resolve_hosts(&public).map_err(|reasons| NoTranscript::Broken(format!("{reasons:?}")))?;
        let bindings = manifest.credentials.iter();
        let bindings: BTreeMap<String, Binding> = bindings
            .filter_map(|(name, declared)| Some((name.clone(), resolve(name, declared, &hosts, &public).ok()?)))
            .collect();
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
        let door = Door { outlet, wallet: Arc::new(wallet), limits, record: false, mask: Vec::new() };
        let FixedCall { issued_at, nonce } = FixedCall::default();
        // As `check` calls it, since that will replay it.
        let call = Call { issued_at, nonce, environment: "check".to_owned() };
        let report = self.original.component.send(door, call, &Value::Object(public).to_string(), &self.message).await;
        let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Play { seen, result: report.result })
    }

    /// Logins get a token that is none, everything else what the provider answered, in order.
    fn script(
        &self,
        logins: Wallet,
        seen: Arc<Mutex<Vec<(Asked, Answer)>>>,
    ) -> impl Fn(Asked) -> Answer + Send + Sync + use<> {
        let rest = Mutex::new(self.answers.iter().cloned().collect::<VecDeque<Answer>>());
        move |asked| {
            let url = Url::parse(&format!("https://{}{}", asked.host, asked.target)).ok();
            let answer = match url.and_then(|url| logins.sample_login(&url)) {
                Some(token) => Answer::Reply(Reply { json: Some(token), ..Reply::default() }),
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
