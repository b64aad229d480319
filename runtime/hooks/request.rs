//! What an operator gives of a hook, judged before anything is kept.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{HookError, Mapping, Prefer, Sender, signature};
use crate::texts;

const SECRETS_MAX: usize = 8;
const PURPOSES_MAX: usize = 64;

/// A hook to save.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutHook {
    /// Who calls it.
    pub sender: Sender,
    /// Signing secrets of a sender that signs, newest first; several while one is replaced. Never read back; left out,
    /// they stay. Supabase: `v1,whsec_…`, made for you if there is none. Zitadel: the `signingKey` that it answered.
    #[serde(default)]
    pub secrets: Option<Vec<String>>,
    /// Make a new key, or for Supabase a new secret. The key before counts for another 24 hours, the secret before until
    /// `secrets` leaves it out.
    #[serde(default)]
    pub new_key: bool,
    /// The sender's words for why it sends, to purposes; those that you leave out keep their built-in meaning.
    #[serde(default)]
    pub purposes: BTreeMap<String, String>,
    /// What goes out where the sender gives both.
    #[serde(default)]
    pub content: Prefer,
    /// The language where a call tells none; `en` unless given.
    #[serde(default)]
    pub locale: Option<String>,
    /// The life of a code where a call tells none, in seconds, 60 to 3600.
    #[serde(default)]
    pub expires_in: Option<u32>,
    /// Where a generic call has what; the fields of `POST /v1/messages` unless given.
    #[serde(default)]
    pub mapping: Option<Mapping>,
}

/// Whether it can ever work; else the field at fault.
pub(super) fn validate(name: &str, put: &PutHook) -> Result<(), HookError> {
    let refuse = |pointer: String, detail: &str| Err(HookError::Field { pointer, detail: detail.to_owned() });
    if !texts::is_purpose(name) {
        return refuse("/name".into(), "has 1 to 64 lower-case letters, digits and hyphens, in the address");
    }
    match &put.secrets {
        Some(_) if !put.sender.signs() => {
            return refuse("/secrets".into(), "is for senders that sign; this one carries the key that is made for it");
        }
        Some(secrets) if secrets.len() > SECRETS_MAX => return refuse("/secrets".into(), "has at most 8 entries"),
        _ => {}
    }
    for (index, secret) in put.secrets.iter().flatten().enumerate() {
        let sound = match put.sender {
            Sender::Supabase => signature::standard_key(secret).is_some_and(|key| (16..=256).contains(&key.len())),
            _ => (16..=256).contains(&secret.len()),
        };
        if !sound {
            let form = match put.sender {
                Sender::Supabase => "is `v1,whsec_` and 16 to 256 bytes in base64; give several as several entries",
                _ => "has 16 to 256 bytes",
            };
            return refuse(format!("/secrets/{index}"), form);
        }
    }
    if put.new_key && put.sender == Sender::Zitadel {
        return refuse("/new_key".into(), "is not for Zitadel, which makes its own: give `secrets`");
    }
    if put.purposes.len() > PURPOSES_MAX {
        return refuse("/purposes".into(), "has at most 64 entries");
    }
    for (word, purpose) in &put.purposes {
        if !texts::is_purpose(purpose) || word.len() > 128 {
            let pointer = format!("/purposes/{}", word.replace('~', "~0").replace('/', "~1"));
            return refuse(pointer, texts::PURPOSE_FORM);
        }
    }
    if put.locale.as_deref().is_some_and(|tag| !texts::locale::is_tag(tag)) {
        return refuse("/locale".into(), texts::locale::TAG_FORM);
    }
    if put.expires_in.is_some_and(|seconds| !(60..=3600).contains(&seconds)) {
        return refuse("/expires_in".into(), "is 60 to 3600 seconds");
    }
    match &put.mapping {
        Some(_) if put.sender != Sender::Generic => refuse("/mapping".into(), "is for the sender `generic`"),
        Some(mapping) => match mapping.fault() {
            Some((pointer, detail)) => refuse(pointer, &detail),
            None => Ok(()),
        },
        None => Ok(()),
    }
}
