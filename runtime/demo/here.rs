//! The service's own use cases, as the demo's codes.

use std::sync::Arc;

use async_trait::async_trait;

use super::codes::{Ask, Codes, Look, Proof, Refused};
use crate::api::error::ApiError;
use crate::api::{Parts, whole};
use crate::otp::policy::Policy;
use crate::otp::sign_in::SignInExperience;
use crate::otp::{Check, Checked, Create, VerificationView, Wait};
use crate::setup::SetupError;
use crate::store::StoreError;

/// Where the page of the development phone is.
const INBOX: &str = "/inbox";
/// The component that hands everything to it.
const INBOX_COMPONENT: &str = "inbox@";

/// Of this very process.
pub(crate) struct Here(pub(crate) Arc<Parts>);

impl Here {
    /// How the pages of an environment look, of whatever kind it is; none where there is no such environment.
    pub(crate) async fn look_of(&self, environment: &str) -> Result<Option<Look>, SetupError> {
        let store = &self.0.store;
        let Some(row) = store.environment(environment).await? else { return Ok(None) };
        let policy = store.setting(environment, "policy").await?;
        let unreadable =
            |_| StoreError::Database(format!("the policy of `{environment}` can't be read; save it again"));
        let policy: Option<Policy> =
            policy.map(|setting| serde_json::from_value(setting.document).map_err(unreadable)).transpose()?;
        let experience = SignInExperience::stored(&**store, environment).await?;
        let active = store.channel(environment, "sms").await?.active;
        let inbox = match active {
            Some(name) if row.is_development() => {
                let view = self.0.setup.connector(environment, &name).await?;
                view.component.starts_with(INBOX_COMPONENT).then(|| INBOX.to_owned())
            }
            _ => None,
        };
        Ok(Some(Look { name: row.display_name, experience, policy: policy.unwrap_or_default(), inbox }))
    }
}

#[async_trait]
impl Codes for Here {
    /// Only of environments of kind development: in production, people's accounts are an application's.
    async fn look(&self, environment: &str) -> Result<Option<Look>, Refused> {
        let row = self.0.store.environment(environment).await.map_err(ApiError::from)?;
        if !row.is_some_and(|row| row.is_development()) {
            return Ok(None);
        }
        Ok(self.look_of(environment).await.map_err(ApiError::from)?)
    }

    async fn create(&self, environment: &str, ask: Ask) -> Result<VerificationView, Refused> {
        let request = Create {
            to: ask.to,
            purpose: ask.purpose.to_owned(),
            locale: ask.locale,
            client_ip: ask.client,
            subject: None,
            metadata: None,
            app_hash: None,
            suppressed: false,
            proof: crate::otp::Proof::NoRoom,
        };
        // What is begun is ended, even if the browser goes away meanwhile.
        let (otp, place) = (Arc::clone(&self.0.otp), environment.to_owned());
        let clock = self.0.clock.clone();
        let made = whole::<_, ApiError>(async move {
            otp.create(&place, request, Wait::ForOutcome).await.map_err(|error| ApiError::otp(error, clock.now()))
        });
        Ok(made.await?)
    }

    async fn resend(&self, environment: &str, id: &str) -> Result<VerificationView, Refused> {
        let (otp, place, id) = (Arc::clone(&self.0.otp), environment.to_owned(), id.to_owned());
        let clock = self.0.clock.clone();
        let sent = whole::<_, ApiError>(async move {
            otp.resend(&place, &id, &crate::otp::Proof::NoRoom, Wait::ForOutcome)
                .await
                .map_err(|error| ApiError::otp(error, clock.now()))
        });
        Ok(sent.await?)
    }

    async fn check(&self, environment: &str, id: &str, proof: Proof) -> Result<Checked, Refused> {
        let check =
            Check { code: proof.code, to: Some(proof.to), purpose: Some(proof.purpose.to_owned()), subject: None };
        let checked = self.0.otp.check(environment, id, check).await;
        Ok(checked.map_err(|error| ApiError::otp(error, self.0.clock.now()))?)
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        let problem = error.problem();
        Self {
            status: problem.status,
            kind: problem.kind.trim_start_matches("/problems/").to_owned(),
            detail: problem.detail.clone(),
            retry_after_seconds: error.retry_after_seconds(),
        }
    }
}
