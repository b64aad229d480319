//! Who may make and revoke which keys.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Grant, Made, Role, make};
use crate::clock::Timestamp;
use crate::store::{Store, StoreError};

/// A key to make: of an environment, or an admin key with roles.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// The environment whose OTP API it may call.
    #[serde(default)]
    pub environment: Option<String>,
    /// Roles of an admin key: no more than your own.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// Why a key is not made, or not revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A field can't be taken.
    #[error("{0}: {1}")]
    Field(&'static str, String),
    /// Nobody makes a mightier key than his own.
    #[error("you lack the role `{0}`, so you can't give it to a key")]
    Lacks(Role),
    /// Whoever asks would lock himself out.
    #[error("a key does not revoke itself; use another one, or the command line")]
    Itself,
    /// There is none.
    #[error("there is no valid key of this id")]
    Missing,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Make a key for somebody who has these roles.
pub async fn issue(store: &dyn Store, own: &[Role], new: NewKey, now: Timestamp) -> Result<Made, KeyError> {
    // The command line lists keys: no name drives a terminal.
    if !(1..=100).contains(&new.name.chars().count()) || new.name.chars().any(char::is_control) {
        return Err(KeyError::Field("/name", "has 1 to 100 characters, none of them a control character".into()));
    }
    let grant = match (new.environment, new.roles.is_empty()) {
        (Some(environment), true) => {
            if store.environment(&environment).await?.is_none() {
                return Err(KeyError::Field("/environment", format!("there is no environment `{environment}`")));
            }
            Grant::Environment(environment)
        }
        (None, false) => {
            if let Some(lacking) = new.roles.iter().find(|role| !own.contains(role)) {
                return Err(KeyError::Lacks(*lacking));
            }
            Grant::Admin(new.roles)
        }
        _ => return Err(KeyError::Field("/environment", "give either an environment, or roles".into())),
    };
    Ok(make(store, &new.name, grant, now).await?)
}

/// Revoke a key. `own` is the key of whoever asks, if he has one.
pub async fn revoke(store: &dyn Store, id: &str, own: Option<&str>, now: Timestamp) -> Result<(), KeyError> {
    if own == Some(id) {
        return Err(KeyError::Itself);
    }
    if store.revoke_key(id, now).await? { Ok(()) } else { Err(KeyError::Missing) }
}
