//! An environment's rules, read once and kept until they change: a create must not wait for a second look-up.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::OtpError;
use super::attestation::{self, Attestation};
use super::guard::GuardRules;
use super::policy::{Policy, Rules};
use super::sign_in::SignInExperience;
use crate::clock::Timestamp;
use crate::nodes::Nodes;
use crate::phone::PhoneNumber;
use crate::store::{ReviewerRow, Store, StoreError};
use crate::texts::GENERIC;

/// What is known of one environment.
pub(super) struct Known {
    policy: Policy,
    is_development: bool,
    experience: SignInExperience,
    reviewers: Vec<ReviewerRow>,
    attestation: Option<Attestation>,
}

impl Known {
    /// The rules for a purpose.
    pub(super) fn rules(&self, purpose: &str) -> Rules {
        self.policy.rules(purpose, self.is_development)
    }

    /// The rules of the guard.
    pub(super) fn guard(&self) -> &GuardRules {
        &self.policy.guard
    }

    /// Which proofs are asked for.
    pub(super) fn attestation(&self) -> Option<&Attestation> {
        self.attestation.as_ref()
    }

    /// Whether it is one of kind development.
    pub(super) fn is_development(&self) -> bool {
        self.is_development
    }

    /// The rules for a message to this number, if any may go there.
    pub(super) fn admit(&self, environment: &str, to: &PhoneNumber, rules: Rules) -> Result<Rules, OtpError> {
        let destinations = &self.policy.destinations;
        let closed = |closed| OtpError::Closed { environment: environment.to_owned(), closed };
        destinations.open(to, self.is_development).map_err(closed)?;
        Ok(Rules { sends_per_day_to_country: destinations.per_day(to), ..rules })
    }

    /// How many digits codes have, whatever the purpose.
    pub(super) fn code_lengths(&self) -> Vec<u8> {
        let own = self.policy.purposes.values().filter_map(|rules| rules.code_length);
        let mut lengths: Vec<u8> = std::iter::once(self.rules(GENERIC).code_length).chain(own).collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    }

    /// The reviewer number of this index, if it is one at `now`.
    pub(super) fn reviewer(&self, number_index: &[u8; 32], now: Timestamp) -> Option<&ReviewerRow> {
        self.reviewers.iter().find(|reviewer| reviewer.number_index == *number_index && now < reviewer.ends_at)
    }

    /// Whether messages of this purpose are sent at all.
    pub(super) fn is_open(&self, environment: &str, purpose: &str) -> Result<(), OtpError> {
        if self.experience.is_open(purpose) {
            return Ok(());
        }
        Err(OtpError::PurposeClosed { environment: environment.to_owned(), purpose: purpose.to_owned() })
    }
}

pub(super) struct Settings {
    store: Arc<dyn Store>,
    nodes: Arc<Nodes>,
    known: ArcSwap<HashMap<String, Arc<Known>>>,
}

impl Settings {
    pub(super) fn new(store: Arc<dyn Store>, nodes: Arc<Nodes>) -> Self {
        Self { store, nodes, known: ArcSwap::default() }
    }

    /// What is known of an environment, and of what serves there: none of it is older than what another node has changed.
    pub(super) async fn of(&self, environment: &str) -> Result<Arc<Known>, OtpError> {
        self.nodes.in_step().await?;
        if let Some(known) = self.known.load().get(environment) {
            return Ok(Arc::clone(known));
        }
        let unknown = || OtpError::UnknownEnvironment(environment.to_owned());
        let before = self.known.load_full();
        let row = self.store.environment(environment).await?.ok_or_else(unknown)?;
        let document = self.store.setting(environment, "policy").await?;
        // A policy that can't be read must not quietly become a looser one.
        let unreadable =
            |_| StoreError::Database(format!("the policy of `{environment}` can't be read; save it again"));
        let policy =
            document.map(|d| serde_json::from_value(d.document).map_err(unreadable)).transpose()?.unwrap_or_default();
        let experience = SignInExperience::stored(&*self.store, environment).await?;
        let reviewers = self.store.reviewers(environment).await?;
        let attestation = self.attestation(environment).await?;
        let is_development = row.is_development();
        let known = Arc::new(Known { policy, is_development, experience, reviewers, attestation });
        let mut all = HashMap::clone(&before);
        all.insert(environment.to_owned(), Arc::clone(&known));
        // If it was invalidated while we read, what we read may be old: use it, but don't keep it.
        self.known.compare_and_swap(&before, Arc::new(all));
        Ok(known)
    }

    async fn attestation(&self, environment: &str) -> Result<Option<Attestation>, StoreError> {
        let Some(kept) = self.store.setting(environment, attestation::KIND).await? else { return Ok(None) };
        Attestation::read(environment, kept.document)
    }

    pub(super) fn invalidate(&self, environment: &str) {
        self.known.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.remove(environment);
            all
        });
    }
}
