//! Fault rehearsal: an operator has a connector of a development environment meet its provider's bad day.

mod judging;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::clock::Timestamp;
use crate::egress::Rehearsal;
use judging::{rehearsal, told};

/// A fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultBody {
    /// `latency` (with `ms`), `status` (with `status`), `reset`, `refused`, `bad-tls`, `half-answer`, or `silent`: the
    /// provider takes everything, and nothing arrives.
    pub kind: String,
    /// Of `latency`: how much later the answer comes, 1 to 60000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// Of `status`: 300 to 599. Of `silent`: 200 to 299, 200 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u64>,
    /// Of `status`: a `Retry-After` of so many seconds, at most 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Of `silent`: what the provider would answer; at most 4096 bytes, `{"id": "injected"}` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Of `silent`: the answer's type; `application/json` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// `PUT /v1/environments/{env}/faults/{name}`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutFault {
    /// What happens.
    pub fault: FaultBody,
    /// To how many of a hundred calls, 1 to 100; to all unless given.
    #[serde(default)]
    pub percent: Option<u64>,
    /// To recipients of these countries (ISO 3166-1), such as `DE`; to all unless given.
    #[serde(default)]
    pub countries: Vec<String>,
    /// For how long, 1 to 3600; 600 unless given.
    #[serde(default)]
    pub for_seconds: Option<u64>,
}

/// A fault that is injected now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FaultView {
    /// The connector that meets it.
    pub connector: String,
    /// What happens.
    pub fault: FaultBody,
    /// To how many of a hundred calls.
    pub percent: u8,
    /// To recipients of these countries; to all if there is none.
    pub countries: Vec<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Until when, unless it is ended before.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// What remains of it.
    pub seconds_left: u64,
}

impl FaultView {
    fn of(connector: &str, rehearsal: &Rehearsal, now: Timestamp) -> Self {
        Self {
            connector: connector.to_owned(),
            fault: told(&rehearsal.fault),
            percent: rehearsal.percent,
            countries: rehearsal.countries.clone(),
            since: rehearsal.since,
            until: rehearsal.until,
            seconds_left: u64::try_from(rehearsal.until.since(now).as_millis().div_ceil(1000)).unwrap_or(u64::MAX),
        }
    }
}

impl Setup {
    /// The faults that are injected in an environment, by connector.
    pub async fn faults(&self, environment: &str) -> Result<Vec<FaultView>, SetupError> {
        self.environment(environment).await?;
        Ok(self.faults_now(environment))
    }

    /// The same of an environment that is known to be there.
    pub fn faults_now(&self, environment: &str) -> Vec<FaultView> {
        let now = self.clock.now();
        let on = self.egress.rehearsals().of(environment, now);
        on.iter().map(|(connector, rehearsal)| FaultView::of(connector, rehearsal, now)).collect()
    }

    /// The fault of one connector.
    pub async fn fault(&self, environment: &str, connector: &str) -> Result<FaultView, SetupError> {
        let on = self.faults(environment).await?.into_iter().find(|fault| fault.connector == connector);
        on.ok_or_else(|| SetupError::not_found("injected fault of connector", connector))
    }

    /// Inject a fault from now on; it takes the place of the connector's last one.
    pub async fn inject_fault(
        self: &Arc<Self>,
        environment: &str,
        connector: &str,
        put: PutFault,
    ) -> Result<FaultView, SetupError> {
        // With the turn held, so that a connector that is deleted meanwhile leaves none behind.
        let _turn = self.turns.of(environment).await?;
        if !self.environment(environment).await?.is_development() {
            return Err(SetupError::NotDevelopment(environment.to_owned()));
        }
        if self.store.connector(environment, connector).await?.is_none() {
            return Err(SetupError::not_found("connector", connector));
        }
        let now = self.clock.now();
        let rehearsal = rehearsal(&put, now)?;
        let (fault, percent, until) = (rehearsal.fault.to_string(), rehearsal.percent, rehearsal.until);
        tracing::warn!(environment, connector, fault, percent, %until, "fault injected: what fails now is a rehearsal");
        let begun = self.egress.rehearsals().begin(environment, connector, rehearsal);
        Ok(FaultView::of(connector, &begun, now))
    }

    /// End a connector's fault.
    pub async fn end_fault(&self, environment: &str, connector: &str) -> Result<(), SetupError> {
        self.environment(environment).await?;
        if !self.egress.rehearsals().end(environment, connector, self.clock.now()) {
            return Err(SetupError::not_found("injected fault of connector", connector));
        }
        tracing::warn!(environment, connector, "injected fault ended");
        Ok(())
    }
}
