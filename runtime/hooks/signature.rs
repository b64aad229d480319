//! Signatures over the bytes as they came. Every one is compared with every secret, in constant time, so that neither
//! the time nor the answer tells which secret or which byte was wrong.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::credentials::hmac_sha256;
use crate::secret::Secret;

/// How far a signature's time may be from ours, in seconds: both senders' own figure.
pub(super) const TOLERANCE_SECONDS: u64 = 300;

/// A signature that did not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is nobody's that we know.
    Signature,
    /// It is right, and this many seconds too old or too new.
    Time(u64),
}

/// What a Standard Webhooks secret is before its key: `v1,whsec_` in Supabase's settings, `whsec_` elsewhere.
pub(super) fn standard_key(secret: &str) -> Option<Zeroizing<Vec<u8>>> {
    let secret = secret.trim();
    let digits = secret.strip_prefix("v1,").unwrap_or(secret);
    let digits = digits.strip_prefix("whsec_").unwrap_or(digits);
    let key = STANDARD.decode(digits).or_else(|_| STANDARD_NO_PAD.decode(digits)).ok()?;
    Some(Zeroizing::new(key))
}

/// Standard Webhooks: `webhook-signature: v1,<base64>`, several of them, over `id.timestamp.body`.
///
/// The specification separates signatures by spaces; Supabase joins them with a comma and a space. A signature of
/// another version (`v1a`) is passed over.
pub(super) fn standard(
    secrets: &[Secret<String>],
    (id, timestamp, signatures): (&str, &str, &str),
    body: &[u8],
    now: u64,
) -> Result<(), Wrong> {
    let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let mut version = "";
    let mut given = Vec::new();
    for token in signatures.split([' ', ',']).filter(|token| !token.is_empty()) {
        match token {
            "v1" | "v1a" => version = token,
            digits if version == "v1" => given.extend(STANDARD.decode(digits)),
            _ => {}
        }
    }
    let keys = secrets.iter().filter_map(|secret| standard_key(secret.expose()));
    judge(keys, &given, &signed, timestamp, now)
}

/// Zitadel: `t=<unix>,v1=<hex>`, several of the latter, over `t.body`; the key is the text of the signing key.
pub(super) fn zitadel(secrets: &[Secret<String>], header: &str, body: &[u8], now: u64) -> Result<(), Wrong> {
    let pairs = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let timestamp = pairs().find(|(name, _)| *name == "t").map(|(_, at)| at).unwrap_or_default();
    let given: Vec<Vec<u8>> =
        pairs().filter(|(name, _)| *name == "v1").filter_map(|(_, v)| hex::decode(v).ok()).collect();
    let signed = [timestamp.as_bytes(), b".", body].concat();
    let keys = secrets.iter().map(|secret| Zeroizing::new(secret.expose().as_bytes().to_vec()));
    judge(keys, &given, &signed, timestamp, now)
}

/// More signatures in one call than any rotation has: what is beyond is not looked at.
const SIGNATURES_MAX: usize = 8;

fn judge(
    keys: impl Iterator<Item = Zeroizing<Vec<u8>>>,
    given: &[Vec<u8>],
    signed: &[u8],
    timestamp: &str,
    now: u64,
) -> Result<(), Wrong> {
    let mut right = Choice::from(0);
    for key in keys {
        let expected = hmac_sha256(&key, signed);
        for signature in given.iter().take(SIGNATURES_MAX) {
            right |= expected.ct_eq(signature);
        }
    }
    if !bool::from(right) {
        return Err(Wrong::Signature);
    }
    // Only who has the secret learns that his clock is wrong.
    let away = timestamp.parse::<u64>().map_or(u64::MAX, |at| at.abs_diff(now));
    if away > TOLERANCE_SECONDS { Err(Wrong::Time(away)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    // The specification's own example (standard-webhooks, libraries' tests).
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const SIGNATURE: &str = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn told(secrets: &[&str], signatures: &str, body: &[u8], now: u64) -> Result<(), Wrong> {
        let secrets: Vec<Secret<String>> = secrets.iter().map(|secret| Secret::from(*secret)).collect();
        standard(&secrets, (ID, AT, signatures), body, now)
    }

    #[test]
    fn the_specifications_example_holds_however_its_signatures_are_joined() {
        let other = STANDARD.encode([7; 32]);
        let now = 1_614_265_330;
        for joined in [
            format!("v1,{SIGNATURE}"),
            format!("v1,{other} v1,{SIGNATURE}"),
            format!("v1,{other}, v1,{SIGNATURE}"),
            format!("v1,{SIGNATURE}, v1,{other}"),
            format!("v1a,{other} v1,{SIGNATURE}"),
            format!("v1,{other},v1,{SIGNATURE}"),
        ] {
            assert_eq!(told(&[SECRET], &joined, BODY, now), Ok(()), "{joined}");
        }
        assert_eq!(
            told(&["whsec_AAAAAAAAAAAAAAAAAAAAAAAA", &format!("v1,{SECRET}")], &format!("v1,{SIGNATURE}"), BODY, now),
            Ok(())
        );
        for forged in ["", "v1,", "v1", SIGNATURE, &format!("v1a,{SIGNATURE}"), &format!("v1,{other}"), "v1,é"] {
            assert_eq!(told(&[SECRET], forged, BODY, now), Err(Wrong::Signature), "{forged}");
        }
        assert_eq!(told(&[SECRET], &format!("v1,{SIGNATURE}"), b"{}", now), Err(Wrong::Signature));
        assert_eq!(told(&[], &format!("v1,{SIGNATURE}"), BODY, now), Err(Wrong::Signature));
        assert_eq!(told(&[SECRET], &format!("v1,{SIGNATURE}"), BODY, now + 300), Ok(()));
        assert_eq!(told(&[SECRET], &format!("v1,{SIGNATURE}"), BODY, now + 301), Err(Wrong::Time(301)));
        assert_eq!(told(&[SECRET], &format!("v1,{SIGNATURE}"), BODY, now - 301), Err(Wrong::Time(301)));
    }

    #[test]
    fn one_of_several_signatures_of_zitadel_has_to_hold() {
        let secret = Secret::from("zitadel-signing-key-0123456789");
        let good = hex::encode(hmac_sha256(secret.expose().as_bytes(), b"1700000000.{}"));
        let told = |header: &str, now| zitadel(std::slice::from_ref(&secret), header, b"{}", now);
        let bad = "0".repeat(64);
        assert_eq!(told(&format!("t=1700000000,v1={good}"), 1_700_000_000), Ok(()));
        assert_eq!(told(&format!("t=1700000000,v1={bad},v1={good}"), 1_700_000_300), Ok(()));
        assert_eq!(told(&format!("v1={good}, t=1700000000"), 1_700_000_000), Ok(()));
        assert_eq!(told(&format!("t=1700000000,v1={good}"), 1_700_000_301), Err(Wrong::Time(301)));
        assert_eq!(told(&format!("t=1700000001,v1={good}"), 1_700_000_000), Err(Wrong::Signature));
        for forged in
            ["", "t=", "v1=", "t=1700000000", &format!("t=1700000000,v1={bad}"), &format!("t=1700000000,v0={good}")]
        {
            assert_eq!(told(forged, 1_700_000_000), Err(Wrong::Signature), "{forged}");
        }
    }
}
