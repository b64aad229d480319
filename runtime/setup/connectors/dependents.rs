//! What would break if a connector went.

use serde::Serialize;
use utoipa::ToSchema;

use crate::setup::{Setup, SetupError};

/// What depends on a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dependents {
    /// Whether it is the channel's active connector.
    pub active: bool,
    /// Who would be asked instead of it, in order, if it is active: the channel's fallback.
    pub next: Vec<String>,
    /// What would break, in words; nothing if it is in no use. A delete without `force` is refused with the same.
    pub used_by: Vec<String>,
}

impl Setup {
    /// What would break if this connector were deleted or served no more.
    pub async fn dependents(&self, environment: &str, name: &str) -> Result<Dependents, SetupError> {
        let environment = self.environment(environment).await?;
        let there = self.store.connector(&environment.name, name).await?;
        there.ok_or_else(|| SetupError::not_found("connector", name))?;
        let channel = self.store.channel(&environment.name, "sms").await?;
        let used_by = self.depends_on(&environment.name, &channel, name).await?;
        let active = channel.active.as_deref() == Some(name);
        let next = channel.fallback.into_iter().filter(|other| active && other != name).collect();
        Ok(Dependents { active, next, used_by })
    }
}
