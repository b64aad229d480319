//! Sealing at rest, and every key that the service derives.
//!
//! Two layers (envelope encryption): the operator's master key seals one random root in the store; everything else is
//! sealed and derived under that root. So rotating the master key re-seals 32 bytes, atomically, and neither codes nor
//! the index of numbers change. A copy of the store without the master key opens nothing.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random 192-bit nonce; HKDF-SHA-256 (RFC 5869) per purpose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroize as _;

use crate::random;
use crate::secret::Secret;

/// First byte of everything sealed; another layout gets another number.
const LAYOUT: u8 = 1;
const NONCE_BYTES: usize = 24;
const ROOT_AAD: &str = "vault/root";

/// The operator's key.
#[derive(Debug, Clone)]
pub struct MasterKey(Secret<[u8; 32]>);

/// Not a master key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a master key is 32 bytes, written as 64 hexadecimal digits or 44 characters of base64")]
pub struct MasterKeyError;

/// Why something can't be opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum VaultError {
    /// Another key, another place, or altered bytes: they can't be told apart.
    #[error("sealed data does not open: it was sealed under another key or for another place, or it was altered")]
    Closed,
    /// Not something that this version sealed.
    #[error("sealed data has a layout that this version does not know")]
    Layout,
}

impl MasterKey {
    /// Read a key.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let mut bytes = hex::decode(text).or_else(|_| STANDARD.decode(text)).map_err(|_| MasterKeyError)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| MasterKeyError);
        bytes.zeroize();
        key.map(|key| Self(Secret::new(key)))
    }

    /// A fresh one.
    pub fn generate() -> Self {
        Self(Secret::new(random::bytes()))
    }

    /// Tells keys apart, and nothing else of them: 64 bits that derive from 256 random ones.
    pub fn check_value(&self) -> String {
        hex::encode(derive(&self.0, b"check").expose().first_chunk::<8>().unwrap_or(&[0; 8]))
    }

    /// As hexadecimal, to be written where the operator keeps it.
    pub fn to_text(&self) -> Secret<String> {
        Secret::new(hex::encode(self.0.expose()))
    }
}

/// Seals, opens, derives.
pub struct Vault {
    root: Secret<[u8; 32]>,
    data: XChaCha20Poly1305,
    index: Secret<[u8; 32]>,
}

impl Vault {
    /// A new vault, and its root as the store keeps it.
    pub fn with_new_root(master: &MasterKey) -> (Self, Vec<u8>) {
        let root = Secret::new(random::bytes::<32>());
        let sealed = seal(&wrapping(master), ROOT_AAD, root.expose());
        (Self::over(root), sealed)
    }

    /// Open a vault. Another master key does not open it.
    pub fn from_sealed_root(master: &MasterKey, sealed: &[u8]) -> Result<Self, VaultError> {
        let mut bytes = open(&wrapping(master), ROOT_AAD, sealed)?;
        let root = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| VaultError::Layout);
        bytes.zeroize();
        Ok(Self::over(Secret::new(root?)))
    }

    /// The root sealed under another master key: the whole of a rotation.
    pub fn reseal_root(&self, master: &MasterKey) -> Vec<u8> {
        seal(&wrapping(master), ROOT_AAD, self.root.expose())
    }

    fn over(root: Secret<[u8; 32]>) -> Self {
        let data = XChaCha20Poly1305::new(derive(&root, b"data").expose().into());
        let index = derive(&root, b"index");
        Self { root, data, index }
    }

    /// Seal `plain` for the place that `aad` names; it opens there only.
    pub fn seal(&self, aad: &str, plain: &[u8]) -> Vec<u8> {
        seal(&self.data, aad, plain)
    }

    /// Open what was sealed for `aad`.
    pub fn open(&self, aad: &str, sealed: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        open(&self.data, aad, sealed).map(Secret::new)
    }

    /// A keyed index of a value, to find it without keeping it. Never rotates.
    pub fn index(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = hmac(self.index.expose());
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    /// The `n`th key of codes. A row keeps `n`, so that a new key does not end the codes of the old one.
    pub fn code_key(&self, n: u32) -> Secret<[u8; 32]> {
        derive(&self.root, &[b"code/".as_slice(), &n.to_be_bytes()].concat())
    }
}

/// HMAC-SHA-256 under a 256-bit key.
pub(crate) fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC pads a key to the hash's block (RFC 2104 §2); a padded one can't have a wrong length.
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(block, byte)| *block = *byte);
    Hmac::<Sha256>::new(&block.into())
}

fn wrapping(master: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(derive(&master.0, b"wrap").expose().into())
}

fn derive(key: &Secret<[u8; 32]>, purpose: &[u8]) -> Secret<[u8; 32]> {
    let mut out = [0; 32];
    let info = [b"countersign/1/".as_slice(), purpose].concat();
    // 32 bytes are far below HKDF's limit of 255 blocks, the only way that this fails.
    let expanded = Hkdf::<Sha256>::new(None, key.expose()).expand(&info, &mut out);
    debug_assert!(expanded.is_ok());
    Secret::new(out)
}

fn seal(cipher: &XChaCha20Poly1305, aad: &str, plain: &[u8]) -> Vec<u8> {
    let nonce = random::bytes::<NONCE_BYTES>();
    let payload = Payload { msg: plain, aad: aad.as_bytes() };
    // Encryption fails only for messages of 256 GiB and more.
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
    [&[LAYOUT], nonce.as_slice(), &sealed].concat()
}

fn open(cipher: &XChaCha20Poly1305, aad: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let (layout, rest) = sealed.split_first().ok_or(VaultError::Layout)?;
    let (nonce, body) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Layout)?;
    if *layout != LAYOUT {
        return Err(VaultError::Layout);
    }
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: aad.as_bytes() }).map_err(|_| VaultError::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_in_its_place_only() {
        let (vault, _) = Vault::with_new_root(&MasterKey::generate());
        let sealed = vault.seal("secret/production/twilio/auth_token/1", b"canary");
        assert_eq!(vault.open("secret/production/twilio/auth_token/1", &sealed).unwrap().expose(), b"canary");
        assert_eq!(vault.open("secret/development/twilio/auth_token/1", &sealed).unwrap_err(), VaultError::Closed);
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
    }

    #[test]
    fn altered_and_truncated_bytes_do_not_open() {
        let (vault, _) = Vault::with_new_root(&MasterKey::generate());
        let sealed = vault.seal("a", b"text");
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(vault.open("a", &altered).is_err(), "byte {index}");
            assert!(vault.open("a", &sealed[..index]).is_err(), "length {index}");
        }
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let (_, root) = Vault::with_new_root(&MasterKey::generate());
        assert_eq!(Vault::from_sealed_root(&MasterKey::generate(), &root).err(), Some(VaultError::Closed));
    }

    #[test]
    fn a_rotation_changes_neither_data_nor_index_nor_codes() {
        let (old_key, new_key) = (MasterKey::generate(), MasterKey::generate());
        let (before, root) = Vault::with_new_root(&old_key);
        let sealed = before.seal("a", b"x");
        let rotated = before.reseal_root(&new_key);
        let after = Vault::from_sealed_root(&new_key, &rotated).unwrap();
        assert_eq!(after.open("a", &sealed).unwrap().expose(), b"x");
        assert_eq!(after.index("number", b"+1"), before.index("number", b"+1"));
        assert_eq!(after.code_key(0).expose(), before.code_key(0).expose());
        assert_ne!(after.code_key(0).expose(), after.code_key(1).expose());
        assert!(
            Vault::from_sealed_root(&old_key, &rotated).is_err() && Vault::from_sealed_root(&new_key, &root).is_err()
        );
    }

    #[test]
    fn a_check_value_tells_keys_apart_and_shows_nothing_of_them() {
        let (one, other) = (MasterKey::generate(), MasterKey::generate());
        assert_eq!(one.check_value(), MasterKey::parse(one.to_text().expose()).unwrap().check_value());
        assert_ne!(one.check_value(), other.check_value());
        assert_eq!(one.check_value().len(), 16);
        assert!(!one.to_text().expose().contains(&one.check_value()));
    }

    #[test]
    fn a_master_key_is_hexadecimal_or_base64_of_32_bytes() {
        let text = MasterKey::generate().to_text();
        assert!(MasterKey::parse(text.expose()).is_ok());
        assert!(MasterKey::parse(&STANDARD.encode([7; 32])).is_ok());
        for bad in ["", "abc", &"0".repeat(63), &STANDARD.encode([7; 31])] {
            assert_eq!(MasterKey::parse(bad).unwrap_err(), MasterKeyError);
        }
    }
}
