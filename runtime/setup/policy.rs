//! The policy of an environment: read, and replaced as a whole.

use serde_json::json;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::otp::policy::Policy;
use crate::store::StoreError;

impl Setup {
    /// The policy, and the version of its document; 0 if none was saved.
    pub async fn policy(&self, environment: &str) -> Result<(Policy, u64), SetupError> {
        let environment = self.environment(environment).await?;
        let Some(setting) = self.store.setting(&environment.name, "policy").await? else {
            return Ok((Policy::default(), 0));
        };
        let unreadable = |_| {
            let text = format!("the policy of `{}` can't be read; save it again", environment.name);
            SetupError::Store(StoreError::Database(text))
        };
        Ok((serde_json::from_value(setting.document).map_err(unreadable)?, setting.version))
    }

    /// Replace the policy; answers the document's new version. `if_match` is the version that the caller saw.
    pub async fn put_policy(
        &self,
        environment: &str,
        policy: &Policy,
        if_match: Option<u64>,
    ) -> Result<u64, SetupError> {
        let _turn = self.turns.of(environment).await?;
        let environment = self.environment(environment).await?.name;
        // Its version alone: one that can't be read any more is replaced like any other.
        let current = self.store.setting(&environment, "policy").await?.map_or(0, |setting| setting.version);
        if let Some(given) = if_match.filter(|given| *given != current) {
            return Err(SetupError::Stale { given, current });
        }
        if let Err(faults) = policy.validate() {
            let told = faults.iter().map(|fault| Reason::at("out-of-range", &fault.pointer, &fault.to_string()));
            return Err(SetupError::Refused { what: "the policy", reasons: told.collect() });
        }
        Ok(self.store.put_setting(&environment, "policy", json!(policy)).await?)
    }
}
