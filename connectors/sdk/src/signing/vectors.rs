//! What the providers' own SDKs sent at a fixed clock and nonce, for the tests of the signature schemes.

use serde_json::Value;

use crate::encoding::sha256;

/// A vector of `tests/vectors`; none where this crate lies in a connector's `vendor/`, which the vectors don't come to.
pub(super) fn vector(name: &str) -> Option<Value> {
    const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
    if FOLDER.ends_with("vendor/sdk") {
        return None;
    }
    let text = std::fs::read_to_string(format!("{FOLDER}/../../tests/vectors/{name}.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// HMAC-SHA256 (RFC 2104) with a key of at most a block: the host's work, which a native test has to do by itself.
pub(super) fn hmac(key: &[u8], data: &[u8]) -> [u8; 32] {
    let padded = |with: u8| (0..64).map(move |at| key.get(at).copied().unwrap_or_default() ^ with);
    let inner = sha256(padded(0x36).chain(data.iter().copied()).collect::<Vec<u8>>());
    sha256(padded(0x5c).chain(inner).collect::<Vec<u8>>())
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
