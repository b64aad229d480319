//! Keeping hooks: made, read, changed and deleted by an operator.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::credential::Credentials;
use super::{Document, HookError, Hooks, Mapping, Prefer, Sender, paste, signature};
use crate::clock::Timestamp;
use crate::random;
use crate::secret::Secret;
use crate::store::HookRow;
use crate::texts;

/// A key or secret that was replaced counts so long, so that the sender can be changed without a gap.
const REPLACED: Duration = Duration::from_secs(24 * 3600);
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
    /// Make a new key, or for Supabase a new secret. The one before counts for another 24 hours.
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

/// A hook.
#[derive(Serialize, ToSchema)]
pub struct HookView {
    /// Its name.
    pub name: String,
    /// Who calls it.
    pub sender: Sender,
    /// Its address.
    pub url: String,
    /// Whether it can know its sender: one that signs needs its secret first.
    pub ready: bool,
    /// Signing secrets that count.
    pub secrets: usize,
    /// Keys that count.
    pub keys: usize,
    /// Its key, on the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its signing secret, where it was made for you: on the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What to set at the sender, in its own words: `place` says where, `set` what.
    pub settings: Value,
    /// What the sender's words mean here, built in and yours.
    pub purposes: BTreeMap<String, String>,
    /// What goes out where the sender gives both.
    pub content: Prefer,
    /// The language where a call tells none.
    pub locale: String,
    /// The life of a code where a call tells none, in seconds.
    pub expires_in: u32,
    /// Where a generic call has what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// What will hardly work as it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
}

/// What is shown once.
#[derive(Default)]
pub(super) struct Fresh {
    pub(super) key: Option<Secret<String>>,
    pub(super) secret: Option<Secret<String>>,
}

pub(super) fn aad(environment: &str, name: &str) -> String {
    format!("hook/{environment}/{name}")
}

impl Hooks {
    /// Hooks of an environment, by name. `base` is the address under which senders reach this service.
    pub async fn list(&self, environment: &str, base: &str) -> Result<Vec<HookView>, HookError> {
        self.environment(environment).await?;
        let rows = self.store.hooks(environment).await?;
        rows.iter().map(|row| self.view(row, base, &Fresh::default())).collect()
    }

    /// One hook.
    pub async fn get(&self, environment: &str, name: &str, base: &str) -> Result<HookView, HookError> {
        let row = self.store.hook(environment, name).await?.ok_or(HookError::NotFound)?;
        self.view(&row, base, &Fresh::default())
    }

    /// Make a hook, or change it; answers whether it is new.
    pub async fn put(
        &self,
        environment: &str,
        name: &str,
        put: PutHook,
        base: &str,
    ) -> Result<(bool, HookView), HookError> {
        self.environment(environment).await?;
        validate(name, &put)?;
        let before = self.store.hook(environment, name).await?;
        let now = self.clock.now();
        let mut credentials = match &before {
            Some(row) if row.sender == put.sender.as_str() => self.credentials(row)?,
            _ => Credentials::default(),
        };
        let fresh = renew(&mut credentials, &put, now);
        let sender = put.sender;
        let document = Document {
            purposes: put.purposes,
            content: put.content,
            locale: put.locale,
            expires_in: put.expires_in,
            mapping: (sender == Sender::Generic).then(|| put.mapping.unwrap_or_default()),
        };
        let row = HookRow {
            environment: environment.to_owned(),
            name: name.to_owned(),
            sender: sender.as_str().to_owned(),
            document: json!(document),
            sealed: self.vault.seal(&aad(environment, name), credentials.to_json().expose()),
            version: before.as_ref().map_or(1, |row| row.version + 1),
            created_at: before.as_ref().map_or(now, |row| row.created_at),
            changed_at: now,
        };
        if !self.store.put_hook(row.clone()).await? {
            return Err(HookError::Stale);
        }
        Ok((before.is_none(), self.view(&row, base, &fresh)?))
    }

    /// Delete a hook: the next call of its sender is a stranger's.
    pub async fn delete(&self, environment: &str, name: &str) -> Result<(), HookError> {
        if self.store.delete_hook(environment, name).await? { Ok(()) } else { Err(HookError::NotFound) }
    }

    async fn environment(&self, name: &str) -> Result<(), HookError> {
        let found = self.store.environment(name).await?;
        found.map(|_| ()).ok_or_else(|| HookError::UnknownEnvironment(name.to_owned()))
    }

    pub(super) fn credentials(&self, row: &HookRow) -> Result<Credentials, HookError> {
        let open = self.vault.open(&aad(&row.environment, &row.name), &row.sealed)?;
        Ok(Credentials::from_json(open.expose()).unwrap_or_default())
    }

    fn view(&self, row: &HookRow, base: &str, fresh: &Fresh) -> Result<HookView, HookError> {
        let credentials = self.credentials(row)?;
        let now = self.clock.now().as_millis();
        let keys = credentials.keys.iter().filter(|key| key.until.is_none_or(|until| now < until)).count();
        let secrets = credentials.secrets.len();
        let (sender, document) = read(row);
        let url = format!("{base}/hooks/{}/{}", row.environment, row.name);
        let ready = if sender.signs() { secrets > 0 } else { keys > 0 };
        let mut purposes = paste::built_in(sender);
        purposes.extend(document.purposes);
        Ok(HookView {
            settings: paste::settings(sender, &url, fresh, document.mapping.as_ref()),
            warnings: paste::warnings(sender, &url, ready),
            name: row.name.clone(),
            url,
            ready,
            secrets,
            keys,
            key: fresh.key.as_ref().map(|key| key.expose().clone()),
            secret: fresh.secret.as_ref().map(|secret| secret.expose().clone()),
            purposes,
            content: document.content,
            locale: document.locale.unwrap_or_else(|| "en".to_owned()),
            expires_in: document.expires_in.unwrap_or_else(|| sender.expires_in()),
            mapping: document.mapping,
            created_at: row.created_at,
            changed_at: row.changed_at,
            sender,
        })
    }
}

/// Sender and document of a row. What an older version wrote and this one can't read is as if it were not set.
pub(super) fn read(row: &HookRow) -> (Sender, Document) {
    let sender = serde_json::from_value(json!(row.sender)).unwrap_or(Sender::Generic);
    (sender, serde_json::from_value(row.document.clone()).unwrap_or_default())
}

/// Lay what was given over what is kept, and make what is missing.
fn renew(credentials: &mut Credentials, put: &PutHook, now: Timestamp) -> Fresh {
    if let Some(secrets) = &put.secrets {
        credentials.secrets = secrets.iter().map(|secret| Secret::new(secret.clone())).collect();
    }
    let mut fresh = Fresh::default();
    match put.sender {
        Sender::Zitadel => {}
        Sender::Supabase if put.new_key || credentials.secrets.is_empty() => {
            let secret = Secret::new(format!("v1,whsec_{}", STANDARD.encode(random::bytes::<32>())));
            credentials.secrets.insert(0, secret.clone());
            // The newest two: the sender signs with both while it is changed.
            credentials.secrets.truncate(2);
            fresh.secret = Some(secret);
        }
        Sender::Supabase => {}
        _ if put.new_key || credentials.keys.is_empty() => {
            let end = now.plus(REPLACED).as_millis();
            credentials.keys.retain(|key| key.until.is_none_or(|until| now.as_millis() < until));
            credentials.keys.iter_mut().for_each(|key| key.until = Some(key.until.unwrap_or(end)));
            fresh.key = Some(credentials.add_key());
        }
        _ => {}
    }
    fresh
}

fn validate(name: &str, put: &PutHook) -> Result<(), HookError> {
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
            return refuse(pointer, "has 1 to 64 lower-case letters, digits and hyphens, such as `sign-in`");
        }
    }
    if put.locale.as_deref().is_some_and(|tag| !texts::locale::is_tag(tag)) {
        return refuse("/locale".into(), "is a BCP 47 language tag, such as `en` or `pt-BR`");
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
