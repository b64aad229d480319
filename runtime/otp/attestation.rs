//! A proof that a person asks: a captcha's token, or an attestation of an app, which the caller passes on with what he
//! asks for, and which somebody else judges before a message goes out.
//!
//! **The threat.** Who pumps messages does it by machine, at a price per message that he earns. A proof costs him more than
//! that, or a person. So an environment may ask for one with each message, or only where a rule of the guard fires.
//!
//! **What it is not.** A proof opens nothing that is closed: caps, budgets, locks, cooldowns and rules that refuse hold as
//! without one. It lets those messages pass for which rules of the guard fired that only record.
//!
//! **The order.** Limits and the guard first, in the send's own transaction: a message that they refuse costs nobody a
//! look at a token, and whoever is asked for tokens is not flooded by it. Where a message lacks only its proof and a token
//! was passed, nothing is written, the token is looked at outside of any transaction, and the send is judged anew with what
//! came of it.
//!
//! **What becomes of a token.** It goes to whoever judges it, and is forgotten: no log, trace, row or answer has it. A keyed
//! hash of one that was good is kept in memory for ten minutes, so that it is good once (`used`).

mod asking;
mod checking;
mod endpoint;
mod siteverify;
mod used;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::policy::Rules;
use super::{OtpError, limits};
use crate::clock::Timestamp;
use crate::egress::Origins;
use crate::secret::Secret;
use crate::store::{Limited, SendJudge, Sends};
pub(super) use checking::Asker;
use used::Used;

/// The kind of its document in the store.
pub const KIND: &str = "attestation";

/// The rule by which a message without a proof is refused.
const REQUIRED: &str = "attestation-required";
/// That for one whose proof is none.
const FAILED: &str = "attestation-failed";
/// It would go out with a proof, and its token was not looked at yet. No caller is told this.
const UNREAD: &str = "attestation-unread";

/// Who judges a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A captcha's provider, by the form that Cloudflare Turnstile, hCaptcha and reCAPTCHA have in common.
    Siteverify,
    /// The application itself, at an address of its own; its calls are signed as webhooks are.
    Endpoint,
}

/// Which messages need a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Each of them.
    Always,
    /// Those for which a rule of the guard fires that does not refuse them.
    Suspicious,
}

/// What happens while nobody can judge tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// Messages go out as if their tokens were good.
    #[default]
    Allow,
    /// They are refused with `503 attestation-unavailable`.
    Refuse,
}

/// Which proofs an environment asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// Who judges a token.
    pub kind: Kind,
    /// Where.
    #[schema(example = "https://challenges.cloudflare.com/turnstile/v0/siteverify")]
    pub url: String,
    /// Which messages need one.
    pub when: When,
    /// What happens while it can't be judged.
    pub on_error: OnError,
    /// Of which purposes; null: of all.
    #[serde(default)]
    pub purposes: Option<Vec<String>>,
    /// `siteverify`: the host that a token must be of; null: any.
    #[serde(default)]
    pub hostname: Option<String>,
    /// `siteverify`: the action that a token must be of; null: any.
    #[serde(default)]
    pub action: Option<String>,
    /// `siteverify`: the score that a token must have at least; null: none is asked for.
    #[serde(default)]
    pub score: Option<f64>,
}

/// The same as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attestation {
    /// What is asked for.
    #[serde(flatten)]
    pub rule: Rule,
    /// The provider's secret, or the key that signs: sealed, as hexadecimal.
    pub sealed: String,
}

/// What a caller shows for a person who asks.
#[derive(Clone, Debug, Default)]
pub enum Proof {
    /// Its door has no room for a proof: so none is asked for.
    #[default]
    NoRoom,
    /// Nothing, though there is room.
    Nothing,
    /// A token, not looked at.
    Token(Secret<String>),
}

/// Why a message without a good proof was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// It had none.
    #[error("a message like this one is sent with an attestation only")]
    Required,
    /// Nobody looked at its token yet.
    #[error("the attestation was not looked at yet")]
    Unread,
    /// It was not good.
    #[error("the attestation {}", .0.told())]
    Failed(Doubt),
    /// Nobody could tell whether it is.
    #[error("the attestation could not be checked, and nothing is sent without")]
    Unavailable,
}

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Whoever judges it says so.
    Rejected,
    /// It was used before.
    Used,
    /// It is of another host.
    Hostname,
    /// It is of another action.
    Action,
    /// Its score is lower than is asked for.
    Score,
}

/// What a message has to show before it may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Nothing, or nothing any more.
    Nothing,
    /// A proof, and it has none.
    Missing(When),
    /// A proof, and its token was not looked at.
    Unread(When),
    /// A proof, and its token is not good.
    Failed(When),
}

/// What is needed to have tokens judged.
pub(super) struct Attestations {
    origins: Arc<Origins>,
    used: Used,
}

impl Attestations {
    pub(super) fn over(origins: Arc<Origins>) -> Self {
        Self { origins, used: Used::default() }
    }
}

impl Attestation {
    /// As it was saved; none where none is asked for.
    pub fn read(document: serde_json::Value) -> serde_json::Result<Option<Self>> {
        serde_json::from_value(document)
    }

    /// What a message of this purpose has to show.
    pub(super) fn demand(&self, purpose: &str, proof: &Proof) -> Demand {
        let Rule { when, purposes, .. } = &self.rule;
        if purposes.as_ref().is_some_and(|named| !named.iter().any(|one| one == purpose)) {
            return Demand::Nothing;
        }
        match proof {
            Proof::NoRoom => Demand::Nothing,
            Proof::Nothing => Demand::Missing(*when),
            Proof::Token(_) => Demand::Unread(*when),
        }
    }
}

/// The place for which its secret is sealed.
pub fn aad(environment: &str) -> String {
    format!("attestation/{environment}")
}

impl Demand {
    /// Whether a message that nothing else refuses may go out.
    pub(super) fn met(self, is_suspicious: bool, at: Timestamp) -> Result<(), Limited> {
        let (when, rule) = match self {
            Self::Nothing => return Ok(()),
            Self::Missing(when) => (when, REQUIRED),
            Self::Unread(when) => (when, UNREAD),
            Self::Failed(when) => (when, FAILED),
        };
        if when == When::Always || is_suspicious { Err(Limited { rule, retry_at: at }) } else { Ok(()) }
    }

    pub(super) fn is_unread(self) -> bool {
        matches!(self, Self::Unread(_))
    }
}

/// Where the guard is not asked: limits, then the proof.
pub(super) fn judge(rules: Rules, demand: Demand, now: Timestamp) -> SendJudge {
    Box::new(move |sends: &Sends| limits::send(&rules, sends, now).and_then(|()| demand.met(false, now)).into())
}

impl From<Limited> for OtpError {
    fn from(limited: Limited) -> Self {
        match limited.rule {
            REQUIRED => Self::Unproven(Unproven::Required),
            UNREAD => Self::Unproven(Unproven::Unread),
            FAILED => Self::Unproven(Unproven::Failed(Doubt::Rejected)),
            _ => Self::Limited(limited),
        }
    }
}

impl Unproven {
    /// The rule that refused it, in a word.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Required => REQUIRED,
            Self::Unread => UNREAD,
            Self::Failed(_) => FAILED,
            Self::Unavailable => "attestation-unavailable",
        }
    }
}

impl Doubt {
    /// A word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Used => "used",
            Self::Hostname => "hostname",
            Self::Action => "action",
            Self::Score => "score",
        }
    }

    fn told(self) -> &'static str {
        match self {
            Self::Rejected => "is wrong, or too old",
            Self::Used => "was used before",
            Self::Hostname => "is of another host",
            Self::Action => "is of another action",
            Self::Score => "has too low a score",
        }
    }
}
