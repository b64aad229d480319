//! The texts that an environment's connectors share: judged, saved, and used by the next send.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::texts::Shared;

/// What saving texts came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedTexts {
    /// The texts.
    #[serde(flatten)]
    pub texts: Shared,
    /// What works, and costs more or arrives less often than it could.
    pub warnings: Vec<Reason>,
}

impl Setup {
    /// The environment's texts.
    pub async fn texts(&self, environment: &str) -> Result<Shared, SetupError> {
        let environment = self.environment(environment).await?;
        self.shared_texts(&environment.name).await
    }

    /// Replace the environment's texts. The next send uses them.
    pub async fn put_texts(&self, environment: &str, texts: Shared) -> Result<SavedTexts, SetupError> {
        let environment = self.environment(environment).await?;
        let app = &environment.display_name;
        let reasons = texts.faults(app);
        if !reasons.is_empty() {
            return Err(SetupError::Refused { what: "the templates", reasons });
        }
        self.store.put_setting(&environment.name, "templates", json!(texts)).await?;
        self.environment_changed(&environment.name).await?;
        Ok(SavedTexts { warnings: texts.warnings(app), texts })
    }
}
