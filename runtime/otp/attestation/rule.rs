//! Which proofs an environment asks for, as it is kept. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Demand, Proof};
use crate::store::StoreError;

/// The kind of its document in the store.
pub const KIND: &str = "attestation";

/// Who judges a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttestationKind)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A captcha's provider, by the form that Cloudflare Turnstile, hCaptcha and reCAPTCHA have in common.
    Siteverify,
    /// The application itself, at an address of its own; its calls are signed as webhooks are.
    Endpoint,
}

/// Which messages need a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttestationWhen)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Each of them.
    Always,
    /// Those for which a rule of the guard fires that does not refuse them.
    Suspicious,
}

/// What happens while nobody can judge tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttestationOnError)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// Messages go out as if their tokens were good.
    #[default]
    Allow,
    /// They are refused with `503 attestation-unavailable`.
    Refuse,
}

/// Which proofs an environment asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = AttestationRule)]
pub struct Rule {
    /// Who judges a token.
    pub kind: Kind,
    /// Where.
    #[schema(example = "https://challenges.cloudflare.com/turnstile/v0/siteverify")]
    pub url: String,
    /// Which messages need one.
    pub when: When,
    /// What happens while it can't be judged.
    pub on_error: OnError,
    /// Of which purposes; null: of all.
    #[serde(default)]
    pub purposes: Option<Vec<String>>,
    /// `siteverify`: the host that a token must be of; null: any.
    #[serde(default)]
    pub hostname: Option<String>,
    /// `siteverify`: the action that a token must be of; null: any.
    #[serde(default)]
    pub action: Option<String>,
    /// `siteverify`: the score that a token must have at least; null: none is asked for.
    #[serde(default)]
    pub score: Option<f64>,
}

/// The same as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attestation {
    /// What is asked for.
    #[serde(flatten)]
    pub rule: Rule,
    /// The provider's secret, or the key that signs: sealed, as hexadecimal.
    pub sealed: String,
}

impl Attestation {
    /// As it was saved; none where none is asked for. One that can't be read must not be forgotten.
    pub fn read(environment: &str, document: serde_json::Value) -> Result<Option<Self>, StoreError> {
        serde_json::from_value(document).map_err(|_| {
            StoreError::Database(format!("the attestation of `{environment}` can't be read; save or delete it"))
        })
    }

    /// What a message of this purpose has to show.
    pub(super) fn demand(&self, purpose: &str, proof: &Proof) -> Demand {
        let Rule { when, purposes, .. } = &self.rule;
        if purposes.as_ref().is_some_and(|named| !named.iter().any(|one| one == purpose)) {
            return Demand::Nothing;
        }
        match proof {
            Proof::NoRoom => Demand::Nothing,
            Proof::Nothing => Demand::Missing(*when),
            Proof::Token(_) => Demand::Unread(*when),
        }
    }
}

/// The place for which its secret is sealed.
pub fn aad(environment: &str) -> String {
    format!("attestation/{environment}")
}
