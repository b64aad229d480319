//! Keeping hooks: made, read, changed and deleted by an operator.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::credential::Credentials;
use super::request::{PutHook, validate};
use super::{Document, HookError, Hooks, Mapping, Prefer, Sender, paste};
use crate::clock::Timestamp;
use crate::random;
use crate::secret::Secret;
use crate::store::HookRow;

/// A key that was replaced counts so long, so that the sender can be changed without a gap.
const REPLACED: Duration = Duration::from_secs(24 * 3600);

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
