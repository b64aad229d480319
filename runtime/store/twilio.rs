//! What callers of the Twilio façade hold and name.

use async_trait::async_trait;

use super::{Stored, TwilioCredential, TwilioService};

/// What callers of the Twilio façade hold and name.
#[async_trait]
pub trait TwilioStore: Send + Sync {
    /// Add a credential, with its service where that is new.
    async fn insert_twilio_credential(&self, row: TwilioCredential, service: Option<TwilioService>) -> Stored<()>;
    /// Credentials of an environment, oldest first.
    async fn twilio_credentials(&self, environment: &str) -> Stored<Vec<TwilioCredential>>;
    /// One credential.
    async fn twilio_credential(&self, account_sid: &str) -> Stored<Option<TwilioCredential>>;
    /// Delete one; false if there is none.
    async fn delete_twilio_credential(&self, environment: &str, account_sid: &str) -> Stored<bool>;
    /// Add a service; false if the environment has `most` of them already.
    async fn insert_twilio_service(&self, row: TwilioService, most: u32) -> Stored<bool>;
    /// Services of an environment, oldest first.
    async fn twilio_services(&self, environment: &str) -> Stored<Vec<TwilioService>>;
    /// One service.
    async fn twilio_service(&self, environment: &str, sid: &str) -> Stored<Option<TwilioService>>;
    /// Change one; false if there is none.
    async fn update_twilio_service(&self, row: TwilioService) -> Stored<bool>;
}
