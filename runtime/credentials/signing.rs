//! Values that the host computes for a guest: signatures, hashes, tokens.
//!
//! The threat: `sign` on a root key with chosen data is the export of that key. So the manifest fixes the hash, the
//! whole derivation and the place, the guest says what is signed, and what it gets is a marker: the value goes into the
//! declared place of a request inside the binding, and nowhere else.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::kind::{Encoding, Kind, SecretEncoding};
use super::{Binding, Keyring};
use crate::clock::Timestamp;
use crate::secret::Secret;

mod hash;
mod jwt;
mod pem;
mod verify;

pub use verify::verify;

/// Why nothing was signed. Names credential, field and value's name, never a value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SignError {
    /// It is of another kind.
    #[error("credential `{0}` is of kind `{1}`")]
    WrongKind(String, &'static str),
    /// The secret is not set.
    #[error("credential `{0}` needs the secret `{1}`, which is not set")]
    NotSet(String, String),
    /// The secret does not give a key.
    #[error("credential `{0}`: the secret `{1}` is not {2}")]
    Key(String, String, &'static str),
    /// The guest left out a value, or gave one that it may not.
    #[error("credential `{0}`: {1}")]
    Value(String, String),
}

/// HMAC-SHA-256 under a key of any length, for callers who are known by a signature of theirs.
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    hash::hmac(super::kind::Hash::Sha256, key, data)
}

/// The signature over `data`, as the place takes it.
pub fn sign(binding: &Binding, keyring: &Keyring, now: Timestamp, data: &[u8]) -> Result<Secret<String>, SignError> {
    let Kind::Hmac { secret, digest, secret_encoding, prefix, suffix, chain, encoding, .. } = &binding.kind else {
        return Err(wrong_kind(binding));
    };
    let raw = key_bytes(binding, keyring, secret, *secret_encoding)?;
    let mut key = Zeroizing::new([prefix.as_bytes(), &raw, suffix.as_bytes()].concat());
    for link in chain {
        key = Zeroizing::new(hash::hmac(*digest, &key, dated(link, now).as_bytes()));
    }
    Ok(Secret::new(encode(*encoding, &hash::hmac(*digest, &key, data))))
}

/// The hash over the manifest's template, filled with the guest's values and the secret.
pub fn digest(binding: &Binding, keyring: &Keyring, values: &[(String, String)]) -> Result<Secret<String>, SignError> {
    let Kind::Digest { secret, digest, template, encoding, .. } = &binding.kind else {
        return Err(wrong_kind(binding));
    };
    let raw = key_bytes(binding, keyring, secret, SecretEncoding::Text)?;
    let mut data = Zeroizing::new(Vec::new());
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        data.extend_from_slice(before.as_bytes());
        let Some((name, after)) = after.split_once('}') else { break };
        match name {
            "secret" => data.extend_from_slice(&raw),
            name => data.extend_from_slice(&guest_value(binding, name, values)?),
        }
        rest = after;
    }
    data.extend_from_slice(rest.as_bytes());
    Ok(Secret::new(encode(*encoding, &hash::hash(*digest, &data))))
}

/// A token with the guest's claims. `jti` is fresh for each token.
pub fn token(
    binding: &Binding,
    keyring: &Keyring,
    now: Timestamp,
    jti: uuid::Uuid,
    claims: &[(String, String)],
) -> Result<Secret<String>, SignError> {
    let Kind::Jwt { claims: permitted, fixed, .. } = &binding.kind else { return Err(wrong_kind(binding)) };
    for (index, (name, _)) in claims.iter().enumerate() {
        let refuse = |why: &str| Err(SignError::Value(binding.name().to_owned(), format!("the claim `{name}` {why}")));
        if !permitted.contains(name) || fixed.contains_key(name) {
            return refuse("is not one that the manifest lets a guest set");
        }
        if claims.iter().take(index).any(|(other, _)| other == name) {
            return refuse("is given twice");
        }
    }
    jwt::make(binding, keyring, now, jti, claims)
}

/// Whether the secrets of a binding are what its kind needs. Answers the field at fault and what it should be.
pub fn check_material(binding: &Binding, keyring: &Keyring) -> Result<(), (String, &'static str)> {
    let told = |error: SignError| match error {
        SignError::Key(_, field, what) => Some((field, what)),
        _ => None,
    };
    let result = match &binding.kind {
        Kind::Hmac { secret, secret_encoding, .. } => {
            key_bytes(binding, keyring, secret, *secret_encoding).map(|_| ()).map_err(told)
        }
        Kind::Jwt { .. } => {
            jwt::make(binding, keyring, Timestamp::from_millis(0), uuid::Uuid::nil(), &[]).map(|_| ()).map_err(told)
        }
        Kind::Verify { .. } => {
            verify::verify(binding, keyring, Timestamp::from_millis(0), b"", b"").map(|_| ()).map_err(told)
        }
        _ => Ok(()),
    };
    // A secret that is not set is another's matter: the schema says which fields are required.
    result.or_else(|fault| fault.map_or(Ok(()), Err))
}

fn wrong_kind(binding: &Binding) -> SignError {
    SignError::WrongKind(binding.name().to_owned(), binding.kind())
}

fn key_bytes(
    binding: &Binding,
    keyring: &Keyring,
    field: &str,
    encoding: SecretEncoding,
) -> Result<Zeroizing<Vec<u8>>, SignError> {
    let name = || binding.name().to_owned();
    let secret = keyring.get(field).ok_or_else(|| SignError::NotSet(name(), field.to_owned()))?;
    let text = secret.expose();
    let refuse = |what| SignError::Key(name(), field.to_owned(), what);
    let bytes = match encoding {
        SecretEncoding::Text => text.as_bytes().to_vec(),
        SecretEncoding::Hex => hex::decode(text).map_err(|_| refuse("hexadecimal"))?,
        SecretEncoding::Base64 => STANDARD.decode(text).map_err(|_| refuse("base64"))?,
    };
    Ok(Zeroizing::new(bytes))
}

fn guest_value(binding: &Binding, name: &str, values: &[(String, String)]) -> Result<Vec<u8>, SignError> {
    let (name, form) = name.split_once(':').unwrap_or((name, ""));
    let refuse = |why: &str| SignError::Value(binding.name().to_owned(), format!("the value `{name}` {why}"));
    let mut found = values.iter().filter(|(own, _)| own == name).map(|(_, value)| value);
    let (Some(value), None) = (found.next(), found.next()) else { return Err(refuse("has to be given, once")) };
    match form {
        "" => Ok(value.as_bytes().to_vec()),
        "base64" => STANDARD.decode(value).map_err(|_| refuse("is not base64")),
        "hex" => hex::decode(value).map_err(|_| refuse("is not hexadecimal")),
        _ => Err(refuse("has a form that this version does not know")),
    }
}

/// `{date:basic}` and `{date:extended}`, in UTC.
fn dated(link: &str, now: Timestamp) -> String {
    if !link.contains("{date:") {
        return link.to_owned();
    }
    let day: String = now.to_string().chars().take(10).collect();
    link.replace("{date:basic}", &day.replace('-', "")).replace("{date:extended}", &day)
}

fn encode(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Hex => hex::encode(bytes),
        Encoding::HexUpper => bytes.iter().fold(String::new(), |mut out, byte| {
            // Writing to a string does not fail.
            let _ = write!(out, "{byte:02X}");
            out
        }),
        Encoding::Base64 => STANDARD.encode(bytes),
        Encoding::Base64url => URL_SAFE_NO_PAD.encode(bytes),
        Encoding::Base64OfHex => STANDARD.encode(hex::encode(bytes)),
    }
}

#[cfg(test)]
mod tests;
