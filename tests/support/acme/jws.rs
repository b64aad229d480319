//! Requests as they are signed (RFC 8555 §6.2, RFC 7515).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Refusal, Shared};

/// An account's public key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key(Value);

impl Key {
    /// RFC 7638
    pub fn thumbprint(&self) -> String {
        let Self(key) = self;
        let ordered = format!(r#"{{"crv":{},"kty":{},"x":{},"y":{}}}"#, key["crv"], key["kty"], key["x"], key["y"]);
        URL_SAFE_NO_PAD.encode(Sha256::digest(ordered))
    }

    fn point(&self) -> Vec<u8> {
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(self.0[name].as_str().unwrap()).unwrap();
        [vec![4], coordinate("x"), coordinate("y")].concat()
    }
}

/// What was signed, and by whom.
pub struct Signed {
    pub key: Key,
    pub payload: Value,
}

pub fn open(shared: &Shared, path: &str, body: &[u8]) -> Result<Signed, Refusal> {
    let envelope: Value = serde_json::from_slice(body).unwrap();
    let part = |name: &str| envelope[name].as_str().unwrap();
    let decoded = |name: &str| URL_SAFE_NO_PAD.decode(part(name)).unwrap();
    let header: Value = serde_json::from_slice(&decoded("protected")).unwrap();
    assert_eq!((&header["alg"], &header["url"]), (&json!("ES256"), &json!(format!("{}{path}", shared.url))));
    let mut book = shared.book.lock().unwrap();
    let is_fresh = book.nonces.remove(header["nonce"].as_str().unwrap());
    if !is_fresh || book.stale_nonces > 0 {
        book.stale_nonces = book.stale_nonces.saturating_sub(1);
        return Err((400, "badNonce", "the nonce is not fresh", None));
    }
    let key = match header["kid"].as_str() {
        Some(id) if !book.forgets => {
            let index: usize = id.rsplit('/').next().unwrap().parse().unwrap();
            book.accounts[index].key.clone()
        }
        Some(_) => return Err((400, "accountDoesNotExist", "no such account", None)),
        None => Key(header["jwk"].clone()),
    };
    let signed = format!("{}.{}", part("protected"), part("payload"));
    let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.point());
    verifier.verify(signed.as_bytes(), &decoded("signature")).expect("the signature is the account's");
    let payload = serde_json::from_slice(&decoded("payload")).unwrap_or(Value::Null);
    Ok(Signed { key, payload })
}
