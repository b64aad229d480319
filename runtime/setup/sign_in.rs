//! How people sign in, and that nobody takes the way away from them unawares: what needs SMS is turned on only while a
//! connector is active, and the connector that it needs goes only by force.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Dependent, Setup, SetupError};
use crate::connector::reason::Reason;
use crate::otp::sign_in::{SignInExperience, SmsUse};
use crate::store::ChannelRow;

/// What saving a sign-in experience came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedExperience {
    /// The sign-in experience, in full.
    #[serde(flatten)]
    pub experience: SignInExperience,
    /// What works, and is hardly meant.
    pub warnings: Vec<Reason>,
    /// How often it was saved.
    #[serde(skip)]
    pub version: u64,
}

impl Setup {
    /// The environment's sign-in experience, in full.
    pub async fn sign_in_experience(&self, environment: &str) -> Result<SignInExperience, SetupError> {
        let environment = self.environment(environment).await?;
        Ok(self.experience(&environment.name).await?.in_full())
    }

    /// How often the environment's sign-in experience was saved.
    pub async fn sign_in_experience_version(&self, environment: &str) -> Result<u64, SetupError> {
        let saved = self.store.setting(environment, "sign-in-experience").await?;
        Ok(saved.map_or(0, |setting| setting.version))
    }

    /// Replace the environment's sign-in experience; where `if_match` is given, only that version of it. Judged in turn,
    /// so that neither the connector that it needs nor the version goes between the question and the write.
    pub async fn put_sign_in_experience(
        &self,
        environment: &str,
        put: SignInExperience,
        if_match: Option<u64>,
    ) -> Result<SavedExperience, SetupError> {
        let environment = self.environment(environment).await?;
        let reasons = put.faults();
        if !reasons.is_empty() {
            return Err(SetupError::Refused { what: "the sign-in experience", reasons });
        }
        let _turn = self.turns.of(&environment.name).await?;
        let current = self.sign_in_experience_version(&environment.name).await?;
        if let Some(given) = if_match.filter(|given| *given != current) {
            return Err(SetupError::StaleExperience { given, current });
        }
        let channel = self.store.channel(&environment.name, "sms").await?;
        if channel.active.is_none() {
            // One that can't be read has to be replaceable; it is taken for the closed one, so that nothing slips by.
            let before = self.experience(&environment.name).await.unwrap_or_else(|_| SignInExperience::closed());
            let turned_on = put.sms_uses_beyond(&before);
            if !turned_on.is_empty() {
                let needs = turned_on.iter().map(|used| {
                    let text = format!("{} needs an active connector of channel `sms`", used.what);
                    Reason::at("no-active-connector", &used.pointer, &text)
                });
                return Err(SetupError::NoActiveConnector { environment: environment.name, needs: needs.collect() });
            }
        }
        let version = self.store.put_setting(&environment.name, "sign-in-experience", json!(put)).await?;
        Ok(SavedExperience { warnings: put.warnings(), experience: put.in_full(), version })
    }

    /// The sign-in experience as it was saved.
    pub(super) async fn experience(&self, environment: &str) -> Result<SignInExperience, SetupError> {
        Ok(SignInExperience::stored(&*self.store, environment).await?)
    }

    /// What would break if this connector went; nothing if it is in no use.
    pub(super) async fn depends_on(
        &self,
        environment: &str,
        channel: &ChannelRow,
        connector: &str,
    ) -> Result<Vec<Dependent>, SetupError> {
        let mut by = Vec::new();
        if channel.active.as_deref() == Some(connector) {
            by.extend(self.sign_in_without(environment, channel, connector).await?);
        }
        let stand_in = channel.fallback.iter().position(|name| name == connector);
        by.extend(stand_in.map(|index| {
            let then = "what others certainly did not send would not be tried there";
            Dependent::of_channel(format!("/fallback/{index}"), then)
        }));
        by.extend(super::channels::rules_that_break(channel, connector));
        let trial = channel.canary.as_ref().filter(|canary| canary.connector == connector);
        by.extend(trial.map(|canary| {
            Dependent::of_channel("/canary", format!("the trial of revision {} would end", canary.revision))
        }));
        Ok(by)
    }

    /// What of sign-in goes by the active connector: first what would become of its messages, then which they are.
    async fn sign_in_without(
        &self,
        environment: &str,
        channel: &ChannelRow,
        connector: &str,
    ) -> Result<Vec<Dependent>, SetupError> {
        let uses = self.experience(environment).await?.sms_uses();
        if uses.is_empty() {
            return Ok(Vec::new());
        }
        let messages = if channel.routes.is_empty() { "every message" } else { "every message that no rule matches" };
        let others: Vec<String> =
            channel.fallback.iter().filter(|name| *name != connector).map(|name| format!("`{name}`")).collect();
        let then = if others.is_empty() {
            format!("{messages} would be refused with no-active-connector")
        } else {
            format!("{messages} would go to {}, with no active connector before it", others.join(", "))
        };
        let needing = |used: SmsUse| Dependent {
            at: used.pointer,
            of: "the sign-in experience".to_owned(),
            then: format!("{} needs it", used.what),
        };
        let whole = Dependent { at: String::new(), of: format!("channel `sms` of `{environment}`"), then };
        Ok([whole].into_iter().chain(uses.into_iter().map(needing)).collect())
    }
}
