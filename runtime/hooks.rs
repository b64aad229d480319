//! Keep your login: identity servers that make their own codes send them through here, by one address pasted there.
//!
//! One file a sender, pure: how its call is read, and what it is answered, so that its user sees why nothing came. Each
//! makes the same [`Ask`] of what came. `credential` knows a caller by his key or his signature, over the bytes as they
//! came; `saving` keeps hooks, `receiving` turns an ask into a message, once however often it is sent.

pub mod answer;
pub mod ask;
mod credential;
mod fields;
mod generic;
mod kratos;
mod logto;
pub mod mapping;
mod paste;
mod receiving;
mod request;
mod saving;
mod signature;
mod supabase;
mod zitadel;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Clock;
use crate::credentials::{Vault, VaultError};
use crate::otp::{Otp, OtpError};
use crate::store::{Store, StoreError};
pub use answer::{Answer, Fault};
pub use ask::{Ask, Unread};
pub use credential::Call;
pub use mapping::Mapping;
pub use receiving::Known;
pub use request::PutHook;
pub use saving::HookView;

/// Who calls a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// Logto's HTTP SMS connector.
    Logto,
    /// Supabase Auth's Send SMS hook.
    Supabase,
    /// Ory Kratos' courier, by a channel of type `http`.
    Kratos,
    /// Zitadel's HTTP SMS provider.
    Zitadel,
    /// Anything that can POST: Keycloak's SMS plugins, authentik, Novu, a program of your own.
    Generic,
}

impl Sender {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logto => "logto",
            Self::Supabase => "supabase",
            Self::Kratos => "kratos",
            Self::Zitadel => "zitadel",
            Self::Generic => "generic",
        }
    }

    /// Whether it signs its calls; the others carry a key.
    pub fn signs(self) -> bool {
        matches!(self, Self::Supabase | Self::Zitadel)
    }

    /// The life of its codes, in seconds, where its call does not tell and the hook does not say.
    fn expires_in(self) -> u32 {
        match self {
            // GOTRUE_SMS_OTP_EXP, unless set.
            Self::Supabase => 60,
            // selfservice.methods.code.config.lifespan, unless set.
            Self::Kratos => 3600,
            Self::Logto | Self::Zitadel | Self::Generic => 600,
        }
    }
}

/// What goes out where a sender gives both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prefer {
    /// The code, in your own texts: it works with every connector, registered templates too.
    #[default]
    Code,
    /// The sender's own text, as it is.
    Text,
}

/// What is set of a hook, apart from its secrets.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Document {
    /// The sender's own words for why it sends, to purposes; before the built-in ones.
    #[serde(default)]
    pub purposes: BTreeMap<String, String>,
    /// What goes out.
    #[serde(default)]
    pub content: Prefer,
    /// The language where a call tells none.
    #[serde(default)]
    pub locale: Option<String>,
    /// The life of a code where a call tells none.
    #[serde(default)]
    pub expires_in: Option<u32>,
    /// Where a generic call has what.
    #[serde(default)]
    pub mapping: Option<Mapping>,
}

/// Why a hook did not do it.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// No such environment.
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(String),
    /// No hook of that name.
    #[error("there is no hook of this name in this environment")]
    NotFound,
    /// Somebody changed it in between.
    #[error("somebody else saved this hook meanwhile")]
    Stale,
    /// A field of what was to be saved.
    #[error("{pointer}: {detail}")]
    Field {
        /// JSON Pointer of the field.
        pointer: String,
        /// What is wrong with it.
        detail: String,
    },
    /// No hook here, a wrong key, a wrong signature: who calls is not told which.
    #[error("there is no hook at this address that knows this key or signature")]
    Stranger,
    /// Rightly signed, at another time.
    #[error(
        "the signature is right and {0} s away from this service's clock, more than 300: a repetition, or a clock that is wrong"
    )]
    OutOfTime(u64),
    /// A call that can't be read.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// The message.
    #[error(transparent)]
    Otp(#[from] OtpError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealed data that does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// The use cases.
pub struct Hooks {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    otp: Arc<Otp>,
    clock: Clock,
}

impl Hooks {
    /// Over these parts.
    pub fn new(store: Arc<dyn Store>, vault: Arc<Vault>, otp: Arc<Otp>, clock: Clock) -> Self {
        Self { store, vault, otp, clock }
    }
}
