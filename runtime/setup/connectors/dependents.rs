//! What would break if a connector went.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use crate::setup::{Setup, SetupError};

/// One thing that would break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    /// Where it is named, by JSON Pointer; empty for the whole.
    pub at: String,
    /// In which document.
    pub of: String,
    /// What would become of it.
    pub then: String,
}

impl Dependent {
    pub(in crate::setup) fn of_channel(at: impl Into<String>, then: impl Into<String>) -> Self {
        Self { at: at.into(), of: "channel `sms`".to_owned(), then: then.into() }
    }
}

impl fmt::Display for Dependent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.at.is_empty() { "" } else { " of " };
        write!(f, "{}{between}{}: {}", self.at, self.of, self.then)
    }
}

/// What depends on a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dependents {
    /// Whether it is the channel's active connector.
    pub active: bool,
    /// Who would be asked instead of it, in order, if it is active: the channel's fallback.
    pub next: Vec<String>,
    /// What would break, in words; nothing if it is in no use. A delete without `force` is refused with the same.
    pub used_by: Vec<String>,
    /// The same, each with its place.
    #[serde(skip)]
    pub by: Vec<Dependent>,
}

impl Setup {
    /// What would break if this connector were deleted or served no more.
    pub async fn dependents(&self, environment: &str, name: &str) -> Result<Dependents, SetupError> {
        let environment = self.environment(environment).await?;
        let there = self.store.connector(&environment.name, name).await?;
        there.ok_or_else(|| SetupError::not_found("connector", name))?;
        let channel = self.store.channel(&environment.name, "sms").await?;
        let by = self.depends_on(&environment.name, &channel, name).await?;
        let used_by = by.iter().map(ToString::to_string).collect();
        let active = channel.active.as_deref() == Some(name);
        let next = channel.fallback.into_iter().filter(|other| active && other != name).collect();
        Ok(Dependents { active, next, used_by, by })
    }
}
