//! Why something can't be set up.

use std::collections::BTreeMap;
use std::fmt;

use crate::connector::loader::LoadFailure;
use crate::connector::reason::Reason;
use crate::credentials::VaultError;
use crate::egress::EgressError;
use crate::store::StoreError;

/// Why something could not be set up. Names fields, never values of secrets.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An upload, configuration or text with faults: all of them.
    #[error("{what} was refused")]
    Refused {
        /// What was refused, for people.
        what: &'static str,
        /// Every fault.
        reasons: Vec<Reason>,
    },
    /// There is nothing of that name.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The same `id@version` exists with other bytes.
    #[error("`{id}@{version}` exists with other bytes (digest {digest}); a released version never changes")]
    VersionTaken {
        /// Component id.
        id: String,
        /// Its version.
        version: String,
        /// Digest of what is there.
        digest: String,
    },
    /// The component asks for more than was granted.
    #[error("the component asks for what has not been approved; repeat the request with `approve`: `{digest}`")]
    ApprovalNeeded {
        /// What to repeat.
        digest: String,
        /// What it asks for, in words.
        asks: Vec<String>,
    },
    /// A kept secret would go where it was not approved for.
    #[error("a kept secret would be used in a new way; give it again")]
    SecretRebound {
        /// The secrets, by field.
        fields: Vec<String>,
    },
    /// A promotion that lacks something.
    #[error("nothing was promoted: {}", Reasons(reasons))]
    NotPromoted {
        /// What it lacks, each by JSON Pointer.
        reasons: Vec<Reason>,
        /// What to approve, by connector.
        approvals: BTreeMap<String, Approval>,
    },
    /// Somebody changed the environment while a promotion was judged.
    #[error("`{0}` was changed meanwhile; nothing was promoted: try again")]
    Moved(String),
    /// A fault is injected in development only.
    #[error("environment `{0}` is not of kind development: nobody rehearses faults where real people wait for codes")]
    NotDevelopment(String),
    /// A revision needs a secret that was erased.
    #[error("the secrets of this revision were erased; save a new revision with new ones")]
    SecretErased {
        /// The secrets, by field.
        fields: Vec<String>,
    },
    /// The revision gave out a secret, and serves no more.
    #[error("revision {revision} of `{name}` is quarantined: {why}")]
    Quarantined {
        /// The connector.
        name: String,
        /// The revision.
        revision: u64,
        /// What it did.
        why: String,
    },
    /// `If-Match` names an older revision, or an older version of a document.
    #[error("revision {given} is not the current one; that is {current}")]
    Stale {
        /// What the request named.
        given: u64,
        /// What is current.
        current: u64,
    },
    /// `If-Match` names an older version of the sign-in experience.
    #[error("the sign-in experience was saved meanwhile: version {given} is not the current one; that is {current}")]
    StaleExperience {
        /// What the request named.
        given: u64,
        /// What is current.
        current: u64,
    },
    /// Something depends on it.
    #[error("{what} is in use: {by}", by = by.join(", "))]
    InUse {
        /// What was to go.
        what: String,
        /// What would break.
        by: Vec<String>,
    },
    /// What needs SMS can't be turned on.
    #[error("no connector is active in `{environment}`; set one up and activate it first")]
    NoActiveConnector {
        /// The environment.
        environment: String,
        /// What was to be turned on.
        needs: Vec<Reason>,
    },
    /// The bytes could not be compiled or run.
    #[error(transparent)]
    Load(#[from] LoadFailure),
    /// A way out could not be made.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// A secret could not be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a connector asks for, and the word that grants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Digest of the request.
    pub digest: String,
    /// The request, in words.
    pub asks: Vec<String>,
}

/// Reasons in one line.
struct Reasons<'a>(&'a [Reason]);

impl fmt::Display for Reasons<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(Reason::to_string).collect();
        f.write_str(&words.join("; "))
    }
}

impl SetupError {
    pub(crate) fn not_found(what: &'static str, name: impl Into<String>) -> Self {
        Self::NotFound { what, name: name.into() }
    }
}
