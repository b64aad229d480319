//! A publisher's key: Ed25519 (RFC 8032), in files of its own.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::durable;

const PREFIX: &str = "ed25519:";

/// Who published something. Text: `ed25519:` and base64 of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

/// What a publisher signs with.
pub struct SigningKey(Ed25519KeyPair);

impl PublicKey {
    /// Whether `signature`, base64, is this key's over `text`.
    pub fn signed(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, self.0).verify(text.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(Self).ok_or_else(|| format!("a key is `{PREFIX}` and base64 of 32 bytes: `{text}`"))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl SigningKey {
    /// Make one in a new file that only its owner reads (PKCS #8, base64).
    pub fn create(file: &Path) -> anyhow::Result<Self> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok().context("no key can be made")?;
        let text = format!("{}\n", STANDARD.encode(document.as_ref()));
        durable::new_file(file, text.as_bytes()).with_context(|| format!("can't write `{}`", file.display()))?;
        Self::read(file)
    }

    /// Read one.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("can't read `{}`", file.display()))?;
        let document = STANDARD.decode(text.trim()).ok();
        match document.and_then(|document| Ed25519KeyPair::from_pkcs8(&document).ok()) {
            Some(pair) => Ok(Self(pair)),
            None => bail!("`{}` holds no publisher's key; `countersign publisher new` makes one", file.display()),
        }
    }

    /// The key that everybody may know.
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(self.0.public_key().as_ref()) {
            *to = *from;
        }
        PublicKey(bytes)
    }

    /// A signature over `text`, base64.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_is_signed() {
        let dir = tempfile::tempdir().unwrap();
        let key = SigningKey::create(&dir.path().join("key")).unwrap();
        let public: PublicKey = key.public().to_string().parse().unwrap();
        let signature = key.sign("one");
        assert!(public.signed("one", &signature));
        assert!(!public.signed("two", &signature));
        assert!(!public.signed("one", "AAAA"));
        assert!(!public.signed("one", "not base64"));
    }

    #[test]
    fn a_key_file_is_its_owners_and_is_never_overwritten() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        SigningKey::create(&file).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let before = std::fs::read(&file).unwrap();
        assert!(SigningKey::create(&file).is_err());
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_form() {
        for wrong in ["", "ed25519:", "ed25519:AAAA", "rsa:AAAA"] {
            assert!(wrong.parse::<PublicKey>().unwrap_err().contains("32 bytes"), "{wrong}");
        }
    }
}
