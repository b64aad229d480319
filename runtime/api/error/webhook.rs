//! Refusals of webhooks.

use super::ApiError;
use crate::webhooks::WebhookError;

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        let detail = error.to_string();
        match error {
            WebhookError::UnknownEnvironment(_) | WebhookError::NotFound | WebhookError::NoDelivery => {
                Self::not_found(detail)
            }
            WebhookError::Field { pointer, detail } => Self::field(&pointer, detail),
            WebhookError::Full => Self::conflict("webhooks-full", detail),
            WebhookError::Disabled => Self::conflict("webhook-disabled", detail),
            WebhookError::Store(error) => error.into(),
            WebhookError::Vault(error) => Self::internal(&error),
        }
    }
}
