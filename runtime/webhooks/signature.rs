//! How a call is signed: `v1,<base64>` of an HMAC-SHA256 over `id.timestamp.body`, one for each secret that counts,
//! separated by spaces (Standard Webhooks, "Verifying webhook authenticity"). Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::credentials::hmac_sha256;
use crate::secret::Secret;

/// What a secret is before its base64.
const PREFIX: &str = "whsec_";

/// A secret as the receiver's library takes it.
pub(crate) fn shown(key: &Secret<Vec<u8>>) -> String {
    format!("{PREFIX}{}", STANDARD.encode(key.expose()))
}

/// A secret as an operator gives it; none where it is none.
pub(crate) fn read(text: &str) -> Option<Secret<Vec<u8>>> {
    let key = Secret::new(STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?);
    // The specification's own bounds.
    (24..=64).contains(&key.expose().len()).then_some(key)
}

/// The header `webhook-signature`.
pub(crate) fn sign(keys: &[Secret<Vec<u8>>], id: &str, timestamp: u64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let one = |key: &Secret<Vec<u8>>| format!("v1,{}", STANDARD.encode(hmac_sha256(key.expose(), signed.as_bytes())));
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_own_example_is_signed_as_it_says() {
        let key = Secret::new(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        assert_eq!(shown(&key), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(read(&shown(&key)), Some(key.clone()));
        assert!(
            ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].iter().all(|text| read(text).is_none())
        );
        let body = r#"{"test": 2432232314}"#;
        let signed = |keys: &[Secret<Vec<u8>>]| sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(std::slice::from_ref(&key)), right);
        let both = signed(&[Secret::new(vec![7; 32]), key]);
        assert!(both.ends_with(&format!(" {right}")) && both.matches("v1,").count() == 2, "{both}");
    }
}
