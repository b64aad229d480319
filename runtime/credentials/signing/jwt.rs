//! Tokens (RFC 7519) in the compact serialisation of RFC 7515. The host sets the times and the id itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{SignError, hash, key_bytes, pem, wrong_kind};
use crate::clock::Timestamp;
use crate::credentials::kind::{Hash, JwtAlgorithm, Kind, LIFE_SECONDS_MAX};
use crate::credentials::{Binding, Keyring};
use crate::secret::Secret;

pub(super) fn make(
    binding: &Binding,
    keyring: &Keyring,
    now: Timestamp,
    jti: Uuid,
    claims: &[(String, String)],
) -> Result<Secret<String>, SignError> {
    let Kind::Jwt { secret, secret_encoding, algorithm, kid, fixed, life_seconds, .. } = &binding.kind else {
        return Err(wrong_kind(binding));
    };
    let mut header = Map::from_iter([("alg".to_owned(), json!(algorithm)), ("typ".to_owned(), json!("JWT"))]);
    header.extend(kid.iter().map(|kid| ("kid".to_owned(), json!(kid))));
    let issued = now.as_millis() / 1000;
    let own = [
        ("iat", json!(issued)),
        ("nbf", json!(issued)),
        ("exp", json!(issued + u64::from(*life_seconds.min(&LIFE_SECONDS_MAX)))),
        ("jti", json!(jti.to_string())),
    ];
    let told = fixed.iter().map(|(name, value)| (name.clone(), json!(value)));
    let told = told.chain(claims.iter().map(|(name, value)| (name.clone(), json!(value))));
    let body: Map<String, Value> = told.chain(own.map(|(name, value)| (name.to_owned(), value))).collect();
    let part = |map: Map<String, Value>| URL_SAFE_NO_PAD.encode(Value::Object(map).to_string());
    let signed = format!("{}.{}", part(header), part(body));
    let raw = key_bytes(binding, keyring, secret, *secret_encoding)?;
    let refuse = |what| SignError::Key(binding.name().to_owned(), secret.clone(), what);
    let signature = match algorithm {
        JwtAlgorithm::HS256 => hash::hmac(Hash::Sha256, &raw, signed.as_bytes()),
        JwtAlgorithm::RS256 => rs256(&raw, signed.as_bytes())
            .ok_or_else(|| refuse("an RSA private key of 2048 bits or more, in PEM (PKCS#8 or PKCS#1)"))?,
        JwtAlgorithm::ES256 => es256(&raw, signed.as_bytes())
            .ok_or_else(|| refuse("a private key of the curve P-256, in PEM (PKCS#8 or SEC 1)"))?,
    };
    Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

fn rs256(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let pair = pem::rsa(std::str::from_utf8(key).ok()?)?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature).ok()?;
    Some(signature)
}

fn es256(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let pair = pem::p256(std::str::from_utf8(key).ok()?)?;
    Some(pair.sign(&SystemRandom::new(), data).ok()?.as_ref().to_vec())
}
