//! API keys: what they look like, what they may do, and how they are kept (only as a hash).

mod issuing;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

pub use self::issuing::{KeyError, NewKey, issue, revoke};
use crate::clock::Timestamp;
use crate::random;
use crate::secret::Secret;
use crate::store::{KeyRow, Store, StoreError};

/// What an admin key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Upload and delete components.
    Upload,
    /// Set up connectors, texts, policies, environments.
    Configure,
    /// Call the OTP API, activate and roll back, unlock.
    Operate,
    /// Read everything that the others can read; change nothing.
    Viewer,
}

impl Role {
    /// What the first key has.
    pub const ALL: [Self; 4] = [Self::Upload, Self::Configure, Self::Operate, Self::Viewer];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Configure => "configure",
            Self::Operate => "operate",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is not a role: upload, configure, operate, viewer"))
    }
}

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Everything that its roles allow, in every environment.
    Admin(Vec<Role>),
    /// The OTP API of one environment.
    Environment(String),
}

/// A key that was just made: the only time that it is in clear.
pub struct Made {
    /// Its id, for revoking it.
    pub id: String,
    /// The key.
    pub key: Secret<String>,
}

/// How many characters of a key are kept beyond its kind, so that people tell one from another. Each is one of 64, so
/// they give away 36 of 256 bits: 220 are left to guess.
const SHOWN: usize = 6;

/// Make a key and store its hash.
pub async fn make(store: &dyn Store, name: &str, grant: Grant, now: Timestamp) -> Result<Made, StoreError> {
    let kind = match grant {
        Grant::Admin(_) => "cs_admin_",
        Grant::Environment(_) => "cs_env_",
    };
    let key = Secret::new(format!("{kind}{}", URL_SAFE_NO_PAD.encode(random::bytes::<32>())));
    let prefix = key.expose().chars().take(kind.len() + SHOWN).collect();
    let id = insert(store, name, &key, Some(prefix), grant, now).await?;
    Ok(Made { id, key })
}

/// Store the hash of a key that was given to us; answers its id. Nothing else is kept of it: whoever chose it may have
/// chosen a short one.
pub async fn adopt(
    store: &dyn Store,
    name: &str,
    key: &Secret<String>,
    grant: Grant,
    now: Timestamp,
) -> Result<String, StoreError> {
    insert(store, name, key, None, grant, now).await
}

async fn insert(
    store: &dyn Store,
    name: &str,
    key: &Secret<String>,
    prefix: Option<String>,
    grant: Grant,
    now: Timestamp,
) -> Result<String, StoreError> {
    let id = format!("key_{}", random::hex::<8>());
    let (roles, environment) = match grant {
        Grant::Admin(roles) => (roles.iter().map(|r| r.as_str().to_owned()).collect(), None),
        Grant::Environment(environment) => (Vec::new(), Some(environment)),
    };
    let row = KeyRow {
        id: id.clone(),
        name: name.to_owned(),
        roles,
        environment,
        hash: hash(key.expose()),
        prefix,
        created_at: now,
        revoked_at: None,
        last_used_at: None,
    };
    store.insert_key(row).await?;
    Ok(id)
}

/// What is kept of a key. A plain hash is enough: the key itself has 256 bits of entropy.
pub fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// How exactly it is known when a key was used last: each note is a write.
const USED_EVERY: Duration = Duration::from_secs(60);

/// Note that a key was used. What can't be noted is no reason to refuse its holder.
pub async fn used(store: &dyn Store, row: &KeyRow, now: Timestamp) {
    if row.last_used_at.is_some_and(|last| now.since(last) < USED_EVERY) {
        return;
    }
    if let Err(error) = store.key_used(&row.id, now.minus(USED_EVERY), now).await {
        tracing::warn!(%error, "the use of a key could not be noted");
    }
}

/// The grant that a row stands for.
pub fn grant(row: &KeyRow) -> Grant {
    match &row.environment {
        Some(environment) => Grant::Environment(environment.clone()),
        None => Grant::Admin(row.roles.iter().filter_map(|role| role.parse().ok()).collect()),
    }
}

/// A grant in one word or two.
pub fn describe(row: &KeyRow) -> String {
    match grant(row) {
        Grant::Environment(environment) => format!("environment {environment}"),
        Grant::Admin(roles) => format!("admin {}", roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(",")),
    }
}
