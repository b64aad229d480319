//! Setting up: upload components, save revisions, swap what serves. The use cases behind the API's registry half and
//! behind `--watch`; each judges everything first, writes one transaction, then swaps one pointer.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::FailedSends;
use crate::connector::limits::Limits;
use crate::connector::loader::Loader;
use crate::connector::registry::Registry;
use crate::connector::sandbox::Sandbox;
use crate::credentials::Vault;
use crate::delivery::callbacks::Callbacks;
use crate::delivery::failures::Failures;
use crate::egress::Egress;
use crate::inbox::Inbox;
use crate::metrics::Metrics;
use crate::nodes::Nodes;
use crate::random::Nonces;
use crate::store::Store;

pub mod approval;
mod attestation;
mod building;
mod changes;
mod channels;
mod components;
mod connectors;
mod environments;
mod error;
mod examining;
mod failures;
mod faults;
mod judging;
mod plan;
mod policy;
mod preview;
mod prices;
mod promotion;
mod sign_in;
mod swap;
mod testing;
mod turns;
mod wording;

pub use attestation::{AttestationView, PutAttestation};
pub use changes::Change;
pub use channels::{Channel, PutCanary, PutChannel};
pub use components::{ComponentView, Loaded, Tried, Uploaded, Verdict, view as component_view};
pub use connectors::{
    Comparison, ConnectorView, Dependent, Dependents, Difference, Kind as DifferenceKind, LeftTemplate, PutConnector,
    Replacement, RevisionDetail, RevisionView, Saved,
};
pub use environments::{NewEnvironment, PutEnvironment};
pub use error::{Approval, SetupError};
pub use examining::Examinations;
pub use failures::{FailedSendTranscript, FailedSendView};
pub use faults::{FaultBody, FaultView, PutFault};
pub use plan::{Plan, PlanConnector, PlanSetUp, Planned, Step};
pub use preview::{DraftTexts, Preview, PreviewTexts, Previews, Worst, WorstCase};
pub use prices::refused as refused_prices;
pub use promotion::{Action, Fate, Promote, PromotedConnector, Promotion, Way};
pub use sign_in::SavedExperience;
pub use testing::{Account, CheckAccount, Draft, TestSend, Tested};
pub use turns::{Listener, Turns};
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
    /// Where what happens is counted.
    pub metrics: Arc<Metrics>,
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
    /// The other nodes.
    pub nodes: Arc<Nodes>,
    /// Whose turn it is to change something, and who is told of it.
    pub turns: Turns,
}
