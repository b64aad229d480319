//! The hashes that providers ask for.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::credentials::kind::Hash;

/// FIPS 180-4, RFC 1321.
pub(super) fn hash(hash: Hash, data: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Md5 => Md5::digest(data).to_vec(),
        Hash::Sha1 => Sha1::digest(data).to_vec(),
        Hash::Sha256 => Sha256::digest(data).to_vec(),
        Hash::Sha512 => Sha512::digest(data).to_vec(),
    }
}

/// RFC 2104.
pub(super) fn hmac(hash: Hash, key: &[u8], data: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Md5 => keyed::<Hmac<Md5>>(key, data),
        Hash::Sha1 => keyed::<Hmac<Sha1>>(key, data),
        Hash::Sha256 => keyed::<Hmac<Sha256>>(key, data),
        Hash::Sha512 => keyed::<Hmac<Sha512>>(key, data),
    }
}

/// HMAC takes keys of any length: a failure would be another function's.
fn keyed<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return Vec::new() };
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}
