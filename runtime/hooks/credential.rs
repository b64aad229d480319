//! Who calls: a key, or a signature over the bytes as they came.
//!
//! The threat: somebody who guesses, to send messages at our cost or to learn which hooks there are. A key has 256 bits
//! and is kept as a hash; everything is compared in constant time; who is wrong gets one answer, whatever was wrong.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize as _, Zeroizing};

use super::fields::Fields;
use super::mapping::Mapping;
use super::signature::{self, Wrong};
use super::{HookError, Sender};
use crate::clock::Timestamp;
use crate::keys;
use crate::random;
use crate::secret::Secret;

/// A call as it came.
#[derive(Debug)]
pub struct Call {
    /// Its headers.
    pub headers: HeaderMap,
    /// The key in its path, for senders that can't set a header.
    pub path_key: Option<Secret<String>>,
    /// Its bytes.
    pub body: Bytes,
}

impl Call {
    /// A header that is there once, as text.
    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }

    /// The content type, as it came.
    pub(super) fn content_type(&self) -> &str {
        self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default()
    }
}

/// What is secret of a hook.
#[derive(Default)]
pub(super) struct Credentials {
    /// Signing secrets, newest first.
    pub(super) secrets: Vec<Secret<String>>,
    /// Keys, newest first.
    pub(super) keys: Vec<KeptKey>,
}

/// A key, as its hash in hexadecimal digits.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeptKey {
    hash: String,
    /// Until when it counts, in milliseconds since 1970: one that was replaced ends.
    pub(super) until: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    secrets: Vec<String>,
    keys: Vec<KeptKey>,
}

impl Credentials {
    /// To be sealed.
    pub(super) fn to_json(&self) -> Secret<Vec<u8>> {
        let secrets = self.secrets.iter().map(|secret| secret.expose().clone()).collect();
        let mut sealed = Sealed { secrets, keys: self.keys.clone() };
        let json = serde_json::to_vec(&sealed).unwrap_or_default();
        sealed.secrets.zeroize();
        Secret::new(json)
    }

    /// From what was sealed.
    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        let sealed: Sealed = serde_json::from_slice(json).ok()?;
        let secrets = sealed.secrets.into_iter().map(Secret::new).collect();
        Some(Self { secrets, keys: sealed.keys })
    }

    /// A fresh key, newest of all: the only time that it is in clear.
    pub(super) fn add_key(&mut self) -> Secret<String> {
        let key = Secret::new(format!("cs_hook_{}", URL_SAFE_NO_PAD.encode(random::bytes::<32>())));
        self.keys.insert(0, KeptKey { hash: hash(key.expose()), until: None });
        key
    }

    /// Whether the call is the sender's.
    pub(super) fn judge(
        &self,
        sender: Sender,
        mapping: Option<&Mapping>,
        call: &Call,
        now: Timestamp,
    ) -> Result<(), HookError> {
        let seconds = now.as_millis() / 1000;
        let judged = match sender {
            Sender::Supabase => {
                let header = |name| call.header(name).unwrap_or_default();
                let said = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
                signature::standard(&self.secrets, said, &call.body, seconds)
            }
            Sender::Zitadel => {
                let header = call.header("zitadel-signature").unwrap_or_default();
                signature::zitadel(&self.secrets, header, &call.body, seconds)
            }
            _ => return if self.has(&presented(call, mapping), now) { Ok(()) } else { Err(HookError::Stranger) },
        };
        judged.map_err(|wrong| match wrong {
            Wrong::Signature => HookError::Stranger,
            Wrong::Time(away) => HookError::OutOfTime(away),
        })
    }

    fn has(&self, presented: &[Zeroizing<String>], now: Timestamp) -> bool {
        let mut right = Choice::from(0);
        for hash in presented.iter().map(|key| hash(key)) {
            for key in self.keys.iter().filter(|key| key.until.is_none_or(|until| now.as_millis() < until)) {
                right |= key.hash.as_bytes().ct_eq(hash.as_bytes());
            }
        }
        right.into()
    }
}

fn hash(key: &str) -> String {
    hex::encode(keys::hash(key))
}

/// Every place in which a sender may put the key: as it is, or as a bearer token, or as the password of Basic.
fn presented(call: &Call, mapping: Option<&Mapping>) -> Vec<Zeroizing<String>> {
    let mut found = Vec::new();
    found.extend(call.path_key.as_ref().map(|key| key.expose().clone()));
    for name in ["authorization", "x-api-key"].into_iter().chain(mapping.and_then(|m| m.key_header.as_deref())) {
        let Some(value) = call.header(name) else { continue };
        found.push(value.trim().to_owned());
        match value.trim().split_once(' ') {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => found.push(key.trim().to_owned()),
            Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => found.extend(password(pair.trim())),
            _ => {}
        }
    }
    if let Some(pointer) = mapping.and_then(|m| m.key_field.as_deref()) {
        let fields = Fields::read(call.content_type(), &call.body).ok();
        found.extend(fields.and_then(|fields| fields.text(pointer)));
    }
    found.into_iter().map(Zeroizing::new).collect()
}

fn password(pair: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(headers: &[(&'static str, String)], path_key: Option<&str>, body: &'static str) -> Call {
        let mut map = HeaderMap::new();
        headers.iter().for_each(|(name, value)| {
            map.append(*name, value.parse().unwrap());
        });
        Call { headers: map, path_key: path_key.map(Secret::from), body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn a_key_is_known_wherever_its_sender_can_put_it_and_no_other_is() {
        let mut credentials = Credentials::default();
        let key = credentials.add_key();
        let key = key.expose().as_str();
        let mapping =
            Mapping { key_header: Some("token".into()), key_field: Some("/token".into()), ..Mapping::default() };
        let now = Timestamp::from_millis(5);
        let known = |call: &Call| credentials.judge(Sender::Generic, Some(&mapping), call, now).is_ok();
        let header = |name, value: String| call(&[(name, value)], None, "");
        assert!(known(&header("authorization", key.to_owned())));
        assert!(known(&header("authorization", format!("Bearer {key}"))));
        assert!(known(&header("authorization", format!("Basic {}", STANDARD.encode(format!("any:{key}"))))));
        assert!(known(&header("x-api-key", key.to_owned())) && known(&header("token", key.to_owned())));
        assert!(known(&call(&[], Some(key), "")));
        let body: &'static str = Box::leak(format!(r#"{{"token": "{key}"}}"#).into_boxed_str());
        assert!(known(&call(&[], None, body)));
        for wrong in [
            call(&[], None, ""),
            call(&[], Some("cs_hook_"), ""),
            header("authorization", format!("{key}x")),
            header("authorization", "Basic ???".into()),
            header("x-other", key.to_owned()),
            call(&[("authorization", key.to_owned()), ("authorization", key.to_owned())], None, ""),
        ] {
            assert!(!known(&wrong), "{wrong:?}");
        }
        assert!(Credentials::default().judge(Sender::Generic, None, &call(&[], Some(key), ""), now).is_err());
    }

    #[test]
    fn a_key_that_was_replaced_ends_and_what_was_sealed_comes_back() {
        let mut credentials = Credentials { secrets: vec![Secret::from("s-1")], ..Credentials::default() };
        let key = credentials.add_key();
        credentials.keys[0].until = Some(10);
        let again = Credentials::from_json(credentials.to_json().expose()).unwrap();
        let call = call(&[], Some(key.expose()), "");
        assert!(again.judge(Sender::Logto, None, &call, Timestamp::from_millis(9)).is_ok());
        assert!(again.judge(Sender::Logto, None, &call, Timestamp::from_millis(10)).is_err());
        assert_eq!(again.secrets[0].expose(), "s-1");
    }
}
