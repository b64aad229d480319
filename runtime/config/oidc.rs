//! `[oidc]`: an identity provider where people sign in to the console.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::ConfigError;
use crate::keys::Role;
use crate::secret::Secret;

/// As long as any session lasts.
const HOURS_MAX: u64 = 7 * 24;

/// `[oidc]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The provider, as its own documents name it.
    pub issuer: Url,
    /// What it calls this service.
    pub client_id: String,
    /// File that holds the secret that this service proves itself with, if `COUNTERSIGN_OIDC__CLIENT_SECRET` does not.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// `COUNTERSIGN_OIDC__CLIENT_SECRET`: the secret itself. Never in the file.
    #[serde(skip)]
    pub client_secret: Option<Secret<String>>,
    /// What the button calls the provider.
    #[serde(default = "name")]
    pub name: String,
    /// The claim that says which groups somebody is in. Without it, only who is on the list of people comes in.
    #[serde(default)]
    pub roles_claim: Option<String>,
    /// What is asked for besides `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// A session that began there ends so many hours later, in use or not: whoever lost a group or his account there is
    /// out by then, since what he may do is only asked for when he signs in.
    #[serde(default = "session_hours")]
    pub session_hours: u64,
    /// Roles of each group.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<Role>>,
}

/// A working day.
fn session_hours() -> u64 {
    12
}

fn name() -> String {
    "single sign-on".to_owned()
}

fn scopes() -> Vec<String> {
    vec!["email".to_owned(), "profile".to_owned()]
}

impl OidcConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refuse = |option: &str, detail: &str| Err(ConfigError::value(option, detail));
        if self.issuer.scheme() != "https" {
            return refuse("oidc.issuer", "must be https");
        }
        if self.client_id.is_empty() {
            return refuse("oidc.client_id", "is what the provider calls this service");
        }
        if self.client_secret.is_some() && self.client_secret_file.is_some() {
            return refuse("oidc.client_secret_file", "COUNTERSIGN_OIDC__CLIENT_SECRET is set too: give one of them");
        }
        if !(1..=HOURS_MAX).contains(&self.session_hours) {
            return refuse("oidc.session_hours", &format!("is 1 to {HOURS_MAX}"));
        }
        match (&self.roles_claim, self.roles.is_empty()) {
            (Some(_), true) => refuse("oidc.roles", "says which roles the groups of `oidc.roles_claim` have"),
            (None, false) => refuse("oidc.roles_claim", "is missing: it goes with `oidc.roles`"),
            _ => Ok(()),
        }
    }

    /// How long a session that began at the provider lasts at most.
    pub fn session_life(&self) -> Duration {
        Duration::from_secs(self.session_hours * 3600)
    }

    /// The secret, if there is one.
    pub fn secret(&self) -> Result<Option<Secret<String>>, ConfigError> {
        match &self.client_secret_file {
            None => Ok(self.client_secret.clone()),
            Some(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|source| ConfigError::Read { path: path.clone(), source })?;
                Ok(Some(Secret::new(text.trim().to_owned())))
            }
        }
    }
}
