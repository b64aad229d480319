//! Is a callback's signature the provider's? Answers yes or no: nothing that a guest could learn a key from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::{SignError, hash, key_bytes, pem, wrong_kind};
use crate::clock::Timestamp;
use crate::credentials::kind::{Hash, Kind, SecretEncoding, VerifyAlgorithm as A};
use crate::credentials::{Binding, Keyring};

/// How far the provider's clock may be from ours, in seconds.
const LEEWAY_SECONDS: u64 = 60;

/// Whether `signature` is the provider's over `data`. For tokens, `signature` is the token as it came.
pub fn verify(
    binding: &Binding,
    keyring: &Keyring,
    now: Timestamp,
    data: &[u8],
    signature: &[u8],
) -> Result<bool, SignError> {
    let Kind::Verify { algorithm, secret, secret_encoding, key, body_claim } = &binding.kind else {
        return Err(wrong_kind(binding));
    };
    let key = Key { binding, keyring, secret: secret.as_deref(), encoding: *secret_encoding, public: key.as_deref() };
    Ok(match algorithm {
        A::HmacSha1 => key.hmac(Hash::Sha1, data, signature)?,
        A::HmacSha256 => key.hmac(Hash::Sha256, data, signature)?,
        A::HmacSha512 => key.hmac(Hash::Sha512, data, signature)?,
        A::Rs256 => key.rsa(data, signature)?,
        // Some send ASN.1 (RFC 3279 §2.2.3), some the two numbers side by side, as tokens hold them (RFC 7518 §3.4).
        A::Es256 => {
            key.p256(&ECDSA_P256_SHA256_ASN1, data, signature)?
                || key.p256(&ECDSA_P256_SHA256_FIXED, data, signature)?
        }
        A::Ed25519 => key.ed25519(data, signature)?,
        A::JwtHs256 | A::JwtRs256 | A::JwtEs256 => {
            let body = Body { claim: body_claim.as_deref(), data };
            token(*algorithm, &key, now, &body, signature)?
        }
    })
}

struct Key<'a> {
    binding: &'a Binding,
    keyring: &'a Keyring,
    secret: Option<&'a str>,
    encoding: SecretEncoding,
    public: Option<&'a str>,
}

struct Body<'a> {
    claim: Option<&'a str>,
    data: &'a [u8],
}

impl Key<'_> {
    fn hmac(&self, hash: Hash, data: &[u8], signature: &[u8]) -> Result<bool, SignError> {
        let name = self.binding.name().to_owned();
        let field = self.secret.ok_or_else(|| SignError::Value(name, "it has no `secret`".into()))?;
        let key = key_bytes(self.binding, self.keyring, field, self.encoding)?;
        Ok(hash::hmac(hash, &key, data).ct_eq(signature).into())
    }

    fn rsa(&self, data: &[u8], signature: &[u8]) -> Result<bool, SignError> {
        let key = self.public(pem::public, "an RSA public key in PEM")?;
        Ok(holds(&RSA_PKCS1_2048_8192_SHA256, &key, data, signature))
    }

    fn p256(&self, form: &'static dyn VerificationAlgorithm, data: &[u8], signature: &[u8]) -> Result<bool, SignError> {
        let key = self.public(pem::public, "a public key of the curve P-256 in PEM")?;
        Ok(holds(form, &key, data, signature))
    }

    fn ed25519(&self, data: &[u8], signature: &[u8]) -> Result<bool, SignError> {
        let key = self.public(pem::ed25519, "an Ed25519 public key: PEM, or base64 of its 32 bytes")?;
        Ok(holds(&ED25519, &key, data, signature))
    }

    fn public(&self, read: fn(&str) -> Option<Vec<u8>>, what: &'static str) -> Result<Vec<u8>, SignError> {
        let name = || self.binding.name().to_owned();
        let text = self.public.ok_or_else(|| SignError::Value(name(), "it has no `key`".into()))?;
        read(text).ok_or_else(|| SignError::Key(name(), "key".into(), what))
    }
}

fn holds(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], data: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(algorithm, key).verify(data, signature).is_ok()
}

/// RFC 7519 §7.2, with the one algorithm that the manifest names: a token does not choose how it is verified.
fn token(algorithm: A, key: &Key<'_>, now: Timestamp, body: &Body<'_>, token: &[u8]) -> Result<bool, SignError> {
    let text = std::str::from_utf8(token).unwrap_or_default();
    let Some((signed, signature)) = text.rsplit_once('.') else {
        return key.hmac_or_public_is_sound(algorithm).map(|()| false);
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    let (name, good) = match algorithm {
        A::JwtRs256 => ("RS256", key.rsa(signed.as_bytes(), &signature)?),
        A::JwtEs256 => ("ES256", key.p256(&ECDSA_P256_SHA256_FIXED, signed.as_bytes(), &signature)?),
        _ => ("HS256", key.hmac(Hash::Sha256, signed.as_bytes(), &signature)?),
    };
    let Some((header, claims)) = signed.split_once('.') else { return Ok(false) };
    let (Some(header), Some(claims)) = (part(header), part(claims)) else { return Ok(false) };
    let seconds = now.as_millis() / 1000;
    let time = |claim: &str| claims.get(claim).and_then(Value::as_u64);
    let in_time = time("exp").is_none_or(|end| seconds < end.saturating_add(LEEWAY_SECONDS))
        && time("nbf").is_none_or(|start| seconds + LEEWAY_SECONDS >= start)
        && time("iat").is_none_or(|start| seconds + LEEWAY_SECONDS >= start);
    let hashed = body.claim.is_none_or(|claim| {
        let expected = hex::encode(hash::hash(Hash::Sha256, body.data));
        let found = claims.get(claim).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        expected.as_bytes().ct_eq(found.as_bytes()).into()
    });
    Ok(good && in_time && hashed && header.get("alg").and_then(Value::as_str) == Some(name))
}

impl Key<'_> {
    /// Whether there is a key to verify with at all: a fault of the set-up is not "forged".
    fn hmac_or_public_is_sound(&self, algorithm: A) -> Result<(), SignError> {
        match algorithm {
            A::JwtRs256 => self.rsa(b"", b"").map(|_| ()),
            A::JwtEs256 => self.p256(&ECDSA_P256_SHA256_FIXED, b"", b"").map(|_| ()),
            _ => self.hmac(Hash::Sha256, b"", b"").map(|_| ()),
        }
    }
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
