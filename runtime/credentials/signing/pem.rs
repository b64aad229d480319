//! Keys as operators paste them: PEM (RFC 7468), and base64 of a raw Ed25519 key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};
use spki::SubjectPublicKeyInfoRef;
use zeroize::Zeroizing;

/// An RSA private key, PKCS#8 or PKCS#1.
pub(super) fn rsa(text: &str) -> Option<RsaKeyPair> {
    match PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
        _ => None,
    }
}

/// A private key of the curve P-256, PKCS#8 or SEC 1.
pub(super) fn p256(text: &str) -> Option<EcdsaKeyPair> {
    let random = SystemRandom::new();
    let pair = |der: &[u8]| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random).ok();
    match PrivateKeyDer::from_pem_slice(text.as_bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => pair(der.secret_pkcs8_der()),
        PrivateKeyDer::Sec1(der) => pair(&wrapped(der.secret_sec1_der())?),
        _ => None,
    }
}

/// A SEC 1 key in the PKCS#8 envelope that the library reads (RFC 5208 §5, RFC 5915).
fn wrapped(sec1: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // INTEGER 0; SEQUENCE { id-ecPublicKey, prime256v1 }
    const HEAD: [u8; 24] = [
        0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
        0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ];
    let key = [&[0x04][..], &length(sec1.len())?, sec1].concat();
    Some(Zeroizing::new([&[0x30][..], &length(HEAD.len() + key.len())?, &HEAD, &key].concat()))
}

/// A DER length below 256; a P-256 key has 121 bytes.
fn length(bytes: usize) -> Option<Vec<u8>> {
    let short = u8::try_from(bytes).ok()?;
    Some(if short < 0x80 { vec![short] } else { vec![0x81, short] })
}

/// The key inside a SubjectPublicKeyInfo (RFC 5280 §4.1): what the library verifies with.
pub(super) fn public(text: &str) -> Option<Vec<u8>> {
    let der = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()).ok()?;
    let info = SubjectPublicKeyInfoRef::try_from(der.as_ref()).ok()?;
    Some(info.subject_public_key.raw_bytes().to_vec())
}

/// An Ed25519 public key: PEM, or base64 of its 32 bytes.
pub(super) fn ed25519(text: &str) -> Option<Vec<u8>> {
    let raw = STANDARD.decode(text.trim()).ok();
    raw.or_else(|| public(text)).filter(|key| key.len() == 32)
}
