//! An author's transcripts, played one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use url::Url;

use super::compare;
use super::examine::{Patience, Subject};
use super::script::Provider;
use super::verdict::{Finding, Outcome};
use crate::connector::call::Door;
use crate::connector::configured::{self, Configured};
use crate::connector::contract::{
    Call, CodeVerdict, Ending, Exchange, Failure, Handled, Receipt, Report, Standing, Started, Word,
};
use crate::connector::limits::Limits;
use crate::connector::package::Package;
use crate::connector::transcript::{Expect, Transcript, WireFault};
use crate::credentials::{Keyring, Wallet};
use crate::egress::{Egress, EgressOptions, Grants};

/// Transcripts of one component.
pub(super) struct Played<'a> {
    subject: &'a Subject<'a>,
    /// What came of each.
    pub(super) outcomes: Vec<Outcome>,
    /// Credentials that some request named.
    named: BTreeSet<String>,
    answer_ms: [u64; 2],
}

/// The transcripts of a folder, or one file.
pub(super) fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let read = std::fs::read_dir(path).with_context(|| format!("there are no transcripts at `{}`", path.display()))?;
    let mut files: Vec<PathBuf> = read.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

impl<'a> Played<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, patience: Patience) -> Self {
        Self { subject, outcomes: Vec::new(), named: BTreeSet::new(), answer_ms: patience.answer_ms }
    }

    pub(super) async fn play(&mut self, file: &Path) -> anyhow::Result<()> {
        let shown = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("can't read `{shown}`"))?;
        let outcome = match serde_json::from_str::<Transcript>(&text) {
            Ok(transcript) => {
                let Ended { differences, word, exchanges, .. } = self.ended(&transcript).await?;
                self.named.extend(exchanges.into_iter().flat_map(|exchange| exchange.credentials));
                let passed = differences.is_empty();
                let corrected = corrected(word).filter(|_| passed).map(str::to_owned);
                Outcome { name: transcript.name, file: shown, passed, differences, corrected }
            }
            Err(error) => {
                let differences = vec![format!("`{shown}` is not a transcript: {error}")];
                Outcome { name: shown.clone(), file: shown, passed: false, differences, corrected: None }
            }
        };
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Credentials of requests that no transcript used: what they would do, nobody has seen.
    pub(super) fn unused(&self) -> Option<Finding> {
        let declared = self.subject.package.manifest.credentials.iter();
        let for_requests = declared.filter(|(_, declared)| declared.kind.is_for_requests());
        let idle: Vec<&str> =
            for_requests.map(|(name, _)| name.as_str()).filter(|name| !self.named.contains(*name)).collect();
        if idle.is_empty() || self.outcomes.is_empty() {
            return None;
        }
        let text = format!("credentials that no transcript's request names: {}", idle.join(", "));
        Some(Finding::warning("credentials", text).hint("a transcript for each shows where its secret goes"))
    }

    /// Once more where a busy machine may be the reason: its CPU time ended the call, or the clock of a provider that never
    /// answers.
    async fn ended(&self, transcript: &Transcript) -> anyhow::Result<Ended> {
        let times_out = has(transcript, WireFault::Timeout);
        let [soon, later] = self.answer_ms.map(|ms| times_out.then_some(ms));
        let ended = self.call(transcript, soon).await?;
        let is_late = ended.ending == Ending::Cpu || (times_out && !ended.differences.is_empty());
        if is_late { self.call(transcript, later).await } else { Ok(ended) }
    }

    async fn call(&self, transcript: &Transcript, answer_ms: Option<u64>) -> anyhow::Result<Ended> {
        let refused = has(transcript, WireFault::Refused);
        let provider =
            Provider::start(transcript.exchanges.clone(), refused).await.context("can't listen on loopback")?;
        let component = self.subject.component;
        let package = self.subject.package;
        let configured = Configured::of(package, &transcript.config)
            .map_err(|reasons| anyhow::anyhow!("{}", configured::first(&reasons)))?;
        let config = configured.config();
        let door = door(package, configured, transcript, &provider, answer_ms)?;
        let call = Call {
            issued_at: transcript.call.issued_at,
            nonce: transcript.call.nonce.clone(),
            environment: "check".to_owned(),
        };
        let Transcript { callback, message, start, check, expect, .. } = transcript;
        let report = if let Some(callback) = callback {
            component.handle_callback(door, call, &config, &callback.to_callback()).await.map(Came::Handled)
        } else if let Some(start) = start {
            component.start(door, call, &config, &start.to_request()).await.map(Came::Started)
        } else if let Some(check) = check {
            component.check_code(door, call, &config, &check.to_request()).await.map(Came::Verdict)
        } else if let Some(message) = message.as_ref().filter(|_| !transcript.account) {
            component.send(door, call, &config, &message.to_message()).await.map(Came::Accepted)
        } else {
            component.check_account(door, call, &config).await.map(Came::Standing)
        };
        let mut ended = Ended::of(expect, report);
        ended.differences.extend(provider.differences());
        Ok(ended)
    }
}

fn has(transcript: &Transcript, fault: WireFault) -> bool {
    transcript.exchanges.iter().any(|exchange| exchange.fault == Some(fault))
}

/// What of an expected outcome is the host's word rather than the component's.
fn corrected(word: Word) -> Option<&'static str> {
    match word {
        Word::Own => None,
        Word::FalseSuccess => Some("the component reported a success; the host made this failure of it"),
        Word::FalseCertainty => Some("the component said not-sent; the host made `unknown` of it"),
        Word::None => Some("the component ended without a word; this is the host's"),
    }
}

/// What one transcript came to.
struct Ended {
    differences: Vec<String>,
    word: Word,
    ending: Ending,
    exchanges: Vec<Exchange>,
}

impl Ended {
    fn of(expect: &Expect, report: Report<Came>) -> Self {
        let Report { result, word, ending, exchanges, .. } = report;
        Self { differences: judged(expect, result), word, ending, exchanges }
    }
}

/// What a call came to, of whichever export.
enum Came {
    Accepted(Receipt),
    Standing(Standing),
    Handled(Handled),
    Started(Started),
    Verdict(CodeVerdict),
}

fn judged(expect: &Expect, came: Result<Came, Failure>) -> Vec<String> {
    match (expect, came) {
        (Expect::Accepted(expected), Ok(Came::Accepted(receipt))) => compare::receipt(expected, &receipt),
        (Expect::Standing(expected), Ok(Came::Standing(standing))) => compare::standing(expected, &standing),
        (Expect::Handled(expected), Ok(Came::Handled(handled))) => compare::handled(expected, &handled),
        (Expect::Started(expected), Ok(Came::Started(started))) => compare::started(expected, &started),
        (Expect::Verdict(expected), Ok(Came::Verdict(verdict))) => compare::verdict(*expected, verdict),
        (Expect::Failure(expected), Err(failure)) => compare::failure(expected, &failure),
        (Expect::Failure(_), Ok(_)) => vec!["a failure was expected, and the call succeeded".to_owned()],
        (_, Ok(_)) => vec!["it succeeded in another way than `expect` says".to_owned()],
        (_, Err(failure)) => {
            let code = failure.provider_code.as_deref().map(|code| format!(", code {code}")).unwrap_or_default();
            vec![format!("it failed: {} ({:?}{code}): {}", failure.kind.as_str(), failure.certainty, failure.text)]
        }
    }
}

fn door(
    package: &Package,
    configured: Configured,
    transcript: &Transcript,
    provider: &Provider,
    answer_ms: Option<u64>,
) -> anyhow::Result<Door> {
    let Configured { secrets, hosts, bindings, .. } = configured;
    let mut overrides = BTreeMap::new();
    for exchange in &transcript.exchanges {
        let url =
            Url::parse(&exchange.request.url).with_context(|| format!("`{}` is not a URL", exchange.request.url))?;
        overrides.insert(url.authority().to_owned(), provider.origin().clone());
    }
    let egress = Egress::new(EgressOptions { overrides, ..EgressOptions::default() })?;
    let grants = Grants { hosts, development: true, internal: None };
    let identified = |identity| egress.identified_outlet(grants.clone(), &identity);
    let wallet = Wallet::new(bindings, Keyring::new(secrets), None, identified)?;
    Ok(Door {
        outlet: egress.outlet(grants.clone())?,
        wallet: Arc::new(wallet),
        limits: Limits { answer_ms, ..package.manifest.limits.over(&Limits::default()) },
        record: true,
        mask: Vec::new(),
    })
}
