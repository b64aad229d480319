//! A send told again as a transcript, which anybody may read and `check` replays.
//!
//! Nothing is taken over from the real requests, so that nothing secret can be. The same component is asked the same
//! again in the sandbox, with the schema's fake secrets, a number and a code that are nobody's, and a stand-in that
//! answers what the provider answered. What is then seen on the wire is what is written, and what comes of it what is
//! expected. It is played twice: what differs (a signature with chance in it) is left out.
//!
//! Two steps, since a failed send is kept in between: [`Redacted::of`] takes away all that is anybody's, at once;
//! [`Redacted::tell`] plays it, when somebody asks.

use serde_json::{Map, Value, json};

use super::contract::{Certainty, Exchange, Failure, FailureKind, Message, Receipt};
use super::package::Package;
use super::sandbox::Component;
use super::stand_in::Answer;
use super::transcript::{AskedMessage, WireFault};

mod outcome;
mod stage;
mod swaps;
mod words;
mod written;

use outcome::Outcome;
use stage::Stage;
pub use swaps::{Real, Swaps};

/// A send as it was.
pub struct Original<'a> {
    /// Its configuration without secrets.
    pub config: &'a Map<String, Value>,
    /// Which secrets were set.
    pub set: Vec<&'a str>,
    /// What a transcript says that it was to send: nobody's words, to the number that `swaps` takes away.
    pub message: &'a Message,
    /// What is put in the place of what.
    pub swaps: &'a Swaps,
    /// What went over the wire.
    pub exchanges: &'a [Exchange],
    /// What came of it.
    pub result: &'a Result<Receipt, Failure>,
}

/// A send without anything that is anybody's: no request, no number, no code, no secret, no word of a caller's.
pub struct Redacted {
    config: Map<String, Value>,
    set: Vec<String>,
    message: Value,
    answers: Vec<Answer>,
    /// With which status the provider refused a token, if it did.
    login_refused: Option<u16>,
    /// Whether it went over plain HTTP.
    plain: bool,
    outcome: Outcome,
    /// Whether a sample stands where a caller's own words did.
    is_sample: bool,
    /// Whether an answer was left out, because something in it could not be replaced.
    is_withheld: bool,
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

impl Redacted {
    /// Take away what is anybody's.
    pub fn of(original: &Original<'_>) -> Result<Self, NoTranscript> {
        let login_refused = original.exchanges.iter().filter(|exchange| exchange.by_host).find_map(refusal);
        let (answers, is_withheld) = answers(original, login_refused.is_some())?;
        Ok(Self {
            config: original.config.clone(),
            set: original.set.iter().map(|field| (*field).to_owned()).collect(),
            message: written::message(original.message, original.swaps),
            answers,
            login_refused,
            plain: original.exchanges.iter().any(|exchange| exchange.url.starts_with("http://")),
            outcome: Outcome::of(original.result, original.swaps),
            is_sample: original.swaps.has_words(),
            is_withheld,
        })
    }

    /// The provider's own code, where it gave one.
    pub fn provider_code(&self) -> Option<String> {
        self.outcome.code().map(str::to_owned)
    }

    /// How much memory it takes, roughly, in bytes.
    pub fn bytes(&self) -> usize {
        let answer = |answer: &Answer| match answer {
            Answer::Reply(reply) => written::reply_bytes(reply),
            Answer::Fault(_) => 0,
        };
        let config = serde_json::to_string(&self.config).map(|config| config.len()).unwrap_or_default();
        config + self.message.to_string().len() + self.answers.iter().map(answer).sum::<usize>()
    }

    /// Play it, and tell it as a transcript.
    pub async fn tell(&self, component: &Component, package: &Package) -> Result<Replayed, NoTranscript> {
        let config = self.faked(package);
        let asked: AskedMessage = serde_json::from_value(self.message.clone()).map_err(NoTranscript::broken)?;
        let message = asked.to_message();
        let (answers, login_refused) = (&self.answers, self.login_refused);
        let stage = Stage { component, package, config: &config, message, answers, login_refused };
        let (one, other) = (stage.play().await?, stage.play().await?);
        let exchanges = match refused(&self.answers) {
            true => written::never_made(&one.written),
            false => written::exchanges(&one.seen, &other.seen, self.plain)?,
        };
        let replayed = Outcome::told(&one.result);
        let sample = if self.is_sample { " (a sample in place of the text)" } else { "" };
        let transcript = json!({
            "name": format!("exported: {replayed}{sample}"), "config": config, "message": self.message,
            "exchanges": exchanges, "expect": written::expect(&one.result),
        });
        Ok(Replayed { transcript, note: self.note(&replayed) })
    }

    fn note(&self, replayed: &Outcome) -> Option<String> {
        let withheld =
            "an answer was left out, since number, code or text stood in it in a form that can't be replaced";
        let differs = self.outcome.differs(replayed);
        let notes: Vec<String> = self.is_withheld.then(|| withheld.to_owned()).into_iter().chain(differs).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// The configuration with fake secrets where real ones were.
    fn faked(&self, package: &Package) -> Map<String, Value> {
        let example = package.schema.pointer("/examples/0");
        let mut config = self.config.clone();
        for field in &self.set {
            let fake = example.and_then(|example| example.get(field)).filter(|value| value.is_string()).cloned();
            config.insert(field.clone(), fake.unwrap_or_else(|| format!("fake-{field}-000000000000").into()));
        }
        config
    }
}

/// What the provider did, in order, and whether an answer had to be left out. What was never sent is denied again,
/// without anybody's help.
fn answers(original: &Original<'_>, login_refused: bool) -> Result<(Vec<Answer>, bool), NoTranscript> {
    let own = original.exchanges.iter().filter(|exchange| !exchange.by_host);
    let mut is_withheld = false;
    let mut answers: Vec<Answer> = own
        .filter_map(|exchange| match (exchange.status, exchange.wire_fault) {
            (Some(status), _) => {
                let (reply, withheld) = written::reply(status, exchange, original.swaps);
                is_withheld |= withheld;
                Some(Answer::Reply(reply))
            }
            // Without a token nothing was asked, and nobody refused a connection.
            (None, Some(WireFault::Refused)) if login_refused => None,
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
    if refusals > 0 && refusals < answers.len() { Err(NoTranscript::Mixed) } else { Ok((answers, is_withheld)) }
}

/// The status of an answer that gave no token.
fn refusal(login: &Exchange) -> Option<u16> {
    login.status.filter(|status| !(200..300).contains(status))
}

fn is_refusal(answer: &Answer) -> bool {
    matches!(answer, Answer::Fault(WireFault::Refused))
}

fn refused(answers: &[Answer]) -> bool {
    answers.first().is_some_and(is_refusal)
}
