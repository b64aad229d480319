//! Setting up: upload components, save revisions, swap what serves. The use cases behind the API's registry half and
//! behind `--watch`; each judges everything first, writes one transaction, then swaps one pointer.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::config::FailedSends;
use crate::connector::limits::Limits;
use crate::connector::loader::{LoadFailure, Loader};
use crate::connector::reason::Reason;
use crate::connector::registry::{Registry, Routes, Trial};
use crate::connector::sandbox::Sandbox;
use crate::connector::serving::Serving;
use crate::credentials::{Vault, VaultError};
use crate::delivery::callbacks::Callbacks;
use crate::delivery::failures::Failures;
use crate::egress::{Egress, EgressError};
use crate::inbox::Inbox;
use crate::random::Nonces;
use crate::store::{Canary, EnvironmentRow, Store, StoreError};
use crate::texts;

pub mod approval;
mod building;
mod changes;
mod channels;
mod components;
mod connectors;
mod environments;
mod examining;
mod failures;
mod judging;
mod plan;
mod policy;
mod preview;
mod promotion;
mod sign_in;
mod testing;
mod wording;

pub use changes::Change;
pub use channels::{Channel, PutCanary, PutChannel};
pub use components::{ComponentView, Loaded, Tried, Uploaded, Verdict, view as component_view};
pub use connectors::{
    Comparison, ConnectorView, Dependent, Dependents, Difference, Kind as DifferenceKind, LeftTemplate, PutConnector,
    Replacement, RevisionDetail, RevisionView, Saved,
};
pub use environments::{NewEnvironment, PutEnvironment};
pub use examining::Examinations;
pub use failures::{FailedSendTranscript, FailedSendView};
pub use plan::{Plan, PlanConnector, PlanSetUp};
pub use preview::{DraftTexts, Preview, PreviewTexts, Previews, Worst, WorstCase};
pub use promotion::{Action, Fate, Promote, PromotedConnector, Promotion, Way};
pub use sign_in::SavedExperience;
pub use testing::{Account, CheckAccount, Draft, TestSend, Tested};
pub use wording::SavedTexts;

/// The host that the `inbox` connector speaks to; answered in process.
pub const INBOX_HOST: &str = "inbox.countersign.internal";

/// Sets up connectors.
pub struct Setup {
    /// Where revisions and components are kept.
    pub store: Arc<dyn Store>,
    /// Seals and opens secrets.
    pub vault: Arc<Vault>,
    /// Judges and compiles components.
    pub sandbox: Arc<Sandbox>,
    /// Makes the way out of each connector.
    pub egress: Arc<Egress>,
    /// What serves now.
    pub registry: Arc<Registry>,
    /// The development environment's phone.
    pub inbox: Arc<Inbox>,
    /// The addresses that providers report to.
    pub callbacks: Arc<Callbacks>,
    /// Failed sends that are kept for transcripts.
    pub failures: Arc<Failures>,
    /// In which environments they are.
    pub failed_sends: FailedSends,
    /// From digest to code.
    pub loader: Arc<Loader>,
    /// The time.
    pub clock: Clock,
    /// Where the nonces of calls come from.
    pub nonces: Nonces,
    /// What a call may use unless more is granted.
    pub limits: Limits,
    /// How long a test send may take.
    pub test_wall: Duration,
    /// What uploads were found to do.
    pub examinations: Examinations,
    /// Held from a write to the swap that shows it, so that an older state never replaces a newer one.
    pub turn: Mutex<()>,
}

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

impl Setup {
    /// Bring what serves in every environment in step with the store.
    pub async fn refresh_all(&self) -> Result<(), SetupError> {
        for environment in self.store.environments().await? {
            let _turn = self.turn.lock().await;
            self.refresh(&environment.name).await?;
        }
        Ok(())
    }

    /// Bring what serves in `environment` in step with the store: the swap. Call it with the turn held.
    async fn refresh(&self, environment: &str) -> Result<(), SetupError> {
        let Some(row) = self.store.environment(environment).await? else {
            self.registry.remove(environment, self.clock.now());
            self.failures.retain(environment, |_| false);
            return Ok(());
        };
        let before = self.registry.routes(environment);
        let channel = self.store.channel(environment, "sms").await?;
        let mut routes = Routes {
            active: channel.active,
            fallback: channel.fallback,
            rules: channel.routes,
            texts: self.shared_texts(environment).await?,
            display_name: row.display_name.clone(),
            keeps_failed_sends: self.failed_sends.are_kept(row.is_development()),
            ..Routes::default()
        };
        let connectors = self.store.connectors(environment).await?;
        let names: HashSet<String> = connectors.iter().map(|connector| connector.name.clone()).collect();
        for connector in connectors {
            let Some(revision) = connector.serving else { continue };
            if let Some(serving) = self.serving(&row, &connector.name, revision, before.as_deref()).await {
                routes.connectors.insert(connector.name, serving);
            }
        }
        routes.canary = match channel.canary {
            Some(canary) => self.trial(&row, canary, &routes, before.as_deref()).await,
            None => None,
        };
        let now = self.clock.now();
        self.registry.replace(environment, routes.following(before.as_deref(), now), now);
        // After the swap: a send that fails meanwhile finds its connector gone.
        self.failures.retain(environment, |name| names.contains(name));
        Ok(())
    }

    /// A revision, ready to send: the one that is ready already, or a new one. One that can't be built is left out: it
    /// must not take the others down with it.
    async fn serving(
        &self,
        environment: &EnvironmentRow,
        name: &str,
        revision: u64,
        before: Option<&Routes>,
    ) -> Option<Arc<Serving>> {
        if let Some(kept) = before.and_then(|before| before.revision(name, revision)) {
            return Some(Arc::clone(kept));
        }
        match self.build(environment, name, revision, before).await {
            Ok(serving) => Some(Arc::new(serving)),
            Err(error) => {
                tracing::error!(environment = environment.name, connector = name, revision, %error, "can't serve");
                None
            }
        }
    }

    /// A trial is one of a revision beside another one that serves.
    async fn trial(
        &self,
        environment: &EnvironmentRow,
        canary: Canary,
        routes: &Routes,
        before: Option<&Routes>,
    ) -> Option<Trial> {
        routes.connectors.get(&canary.connector).filter(|serving| serving.revision != canary.revision)?;
        let serving = self.serving(environment, &canary.connector, canary.revision, before).await?;
        Some(Trial { canary, serving })
    }

    /// After a change of the environment's shared texts or name.
    pub async fn environment_changed(&self, environment: &str) -> Result<(), SetupError> {
        let _turn = self.turn.lock().await;
        self.refresh(environment).await
    }

    async fn shared_texts(&self, environment: &str) -> Result<texts::Shared, SetupError> {
        let document = self.store.setting(environment, "templates").await?;
        Ok(document.and_then(|setting| serde_json::from_value(setting.document).ok()).unwrap_or_default())
    }
}
