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
mod rule;
mod siteverify;
mod used;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::policy::Rules;
use super::{OtpError, limits};
use crate::clock::Timestamp;
use crate::egress::Origins;
use crate::secret::Secret;
use crate::store::{Limited, SendJudge, Sends};
pub(super) use checking::Asker;
pub use rule::{Attestation, KIND, Kind, OnError, Rule, When, aad};
use used::Used;

/// The rule by which a message without a proof is refused.
const REQUIRED: &str = "attestation-required";
/// That for one whose proof is none.
const FAILED: &str = "attestation-failed";
/// It would go out with a proof, and its token was not looked at yet. No caller is told this.
const UNREAD: &str = "attestation-unread";

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
