//! Environments: made once, of a kind that never changes, under a name for people that may.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::store::EnvironmentRow;

/// `POST /v1/environments`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    /// Lower-case letters, digits and hyphens.
    pub name: String,
    /// `development` or `production`; it can't be changed later.
    pub kind: String,
    /// `{{ app }}` in texts; the name unless given.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// `PUT /v1/environments/{env}`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutEnvironment {
    /// `{{ app }}` in texts.
    pub display_name: String,
    /// As it is: a kind is fixed. May be left out.
    #[serde(default)]
    pub kind: Option<String>,
}

impl Setup {
    /// The row that a new environment gets, or all that is wrong with it.
    pub fn new_environment(&self, new: NewEnvironment) -> Result<EnvironmentRow, SetupError> {
        let NewEnvironment { name, kind, display_name } = new;
        let mut reasons = Vec::new();
        let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits || !(1..=64).contains(&name.len()) {
            reasons.push(Reason::at("name", "/name", "has 1 to 64 lower-case letters, digits and hyphens"));
        }
        if !matches!(kind.as_str(), "development" | "production") {
            reasons.push(Reason::at("kind", "/kind", "is `development` or `production`"));
        }
        let display_name = display_name.unwrap_or_else(|| name.clone());
        reasons.extend(display_name_fault(&display_name));
        if reasons.is_empty() {
            return Ok(EnvironmentRow { name, kind, display_name, created_at: self.clock.now() });
        }
        Err(refused(reasons))
    }

    /// Make an environment.
    pub async fn create_environment(&self, new: NewEnvironment) -> Result<EnvironmentRow, SetupError> {
        let row = self.new_environment(new)?;
        let _turn = self.turns.of(&row.name).await?;
        if !self.store.create_environment(row.clone()).await? {
            let what = format!("environment name `{}`", row.name);
            return Err(SetupError::InUse { what, by: vec!["an environment that is there already".to_owned()] });
        }
        self.refresh(&row.name).await?;
        Ok(row)
    }

    /// Delete an environment with everything in it. Refused while it has connectors, unless forced.
    pub async fn delete_environment(&self, name: &str, force: bool) -> Result<(), SetupError> {
        let _turn = self.turns.of(name).await?;
        self.environment(name).await?;
        let by = self.store.delete_environment(name, force).await?;
        if !by.is_empty() {
            return Err(SetupError::InUse { what: format!("environment `{name}`"), by });
        }
        self.refresh(name).await
    }

    /// Change an environment's name for people. Its kind stays.
    pub async fn put_environment(&self, name: &str, put: PutEnvironment) -> Result<EnvironmentRow, SetupError> {
        let _turn = self.turns.of(name).await?;
        let mut row = self.environment(name).await?;
        let reasons = self.environment_faults(&row, &put).await?;
        if !reasons.is_empty() {
            return Err(refused(reasons));
        }
        if row.display_name != put.display_name {
            self.store.rename_environment(name, &put.display_name).await?;
            self.refresh(name).await?;
            row.display_name = put.display_name;
        }
        Ok(row)
    }

    /// What can't be taken, beside the texts that it has.
    pub(super) async fn environment_faults(
        &self,
        row: &EnvironmentRow,
        put: &PutEnvironment,
    ) -> Result<Vec<Reason>, SetupError> {
        let mut reasons = Vec::new();
        if put.kind.as_ref().is_some_and(|kind| *kind != row.kind) {
            let text = format!("`{}` is a {} environment: a kind is fixed when it is made", row.name, row.kind);
            reasons.push(Reason::at("kind", "/kind", &text));
        }
        reasons.extend(display_name_fault(&put.display_name));
        if reasons.is_empty() && put.display_name != row.display_name {
            let faults = self.shared_texts(&row.name).await?.faults(&put.display_name);
            let told = |fault: Reason| {
                let text = format!("the shared texts could not be sent under this name: {fault}");
                Reason::at(fault.code, "/display_name", &text)
            };
            reasons.extend(faults.into_iter().map(told));
        }
        Ok(reasons)
    }
}

fn display_name_fault(display_name: &str) -> Option<Reason> {
    let fits = (1..=64).contains(&display_name.chars().count());
    (!fits).then(|| Reason::at("display-name", "/display_name", "has 1 to 64 characters"))
}

fn refused(reasons: Vec<Reason>) -> SetupError {
    SetupError::Refused { what: "the environment", reasons }
}
