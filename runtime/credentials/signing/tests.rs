use serde_json::{Map, Value, json};

use super::*;
use crate::credentials::resolve;
use crate::egress::HostPattern;

fn binding(declared: Value, config: &Value) -> Binding {
    let mut whole = json!({"methods": ["POST"], "paths": ["/"]});
    whole.as_object_mut().unwrap().extend(declared.as_object().unwrap().clone());
    let hosts = [HostPattern::parse("api.example.com").unwrap()];
    let config = config.as_object().cloned().unwrap_or_else(Map::new);
    resolve("key", &serde_json::from_value(whole).unwrap(), &hosts, &config).unwrap()
}

fn keyring(secret: &str) -> Keyring {
    Keyring::new([("s".to_owned(), Secret::from(secret))].into())
}

const NOW: Timestamp = Timestamp::from_millis(1_440_938_160_000);

fn hmac(more: Value, secret: &str, data: &[u8]) -> Result<String, SignError> {
    let mut declared =
        json!({"kind": "hmac", "secret": "s", "digest": "sha256", "encoding": "hex", "place": {"header": "x"}});
    declared.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let signed = sign(&binding(declared, &json!({"region": "us-east-1"})), &keyring(secret), NOW, data)?;
    Ok(signed.expose().clone())
}

/// AWS, "Signature Version 4 signing process", the worked example of its documentation (2015-08-30).
#[test]
fn a_derivation_chain_gives_the_signature_of_the_published_example() {
    let chain = json!({"prefix": "AWS4", "chain": ["{date:basic}", "{config.region}", "iam", "aws4_request"]});
    let to_sign = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\nf536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
    let signature = hmac(chain, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", to_sign.as_bytes()).unwrap();
    assert_eq!(signature, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

/// RFC 2202 §2 and §3, case 2.
#[test]
fn each_hash_and_encoding_is_the_one_that_the_rfc_shows() {
    let data = b"what do ya want for nothing?";
    assert_eq!(hmac(json!({"digest": "md5"}), "Jefe", data).unwrap(), "750c783e6ab0b503eaa86e310a5db738");
    assert_eq!(hmac(json!({"digest": "sha1"}), "Jefe", data).unwrap(), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    let upper = hmac(json!({"digest": "sha1", "encoding": "hex-upper"}), "Jefe", data).unwrap();
    assert_eq!(upper, "EFFCDF6AE5EB2FA2D27416D5F184DF9C259A7C79");
    assert_eq!(
        hmac(json!({"digest": "sha1", "encoding": "base64"}), "Jefe", data).unwrap(),
        "7/zfauXrL6LSdBbV8YTfnCWafHk="
    );
    assert_eq!(
        hmac(json!({"digest": "sha1", "encoding": "base64url"}), "Jefe", data).unwrap(),
        "7_zfauXrL6LSdBbV8YTfnCWafHk"
    );
    for (encoding, secret) in [("hex", "4a656665"), ("base64", "SmVmZQ==")] {
        let decoded = hmac(json!({"digest": "md5", "secret_encoding": encoding}), secret, data).unwrap();
        assert_eq!(decoded, "750c783e6ab0b503eaa86e310a5db738");
    }
    assert_eq!(
        hmac(json!({"digest": "md5", "prefix": "Je", "suffix": "fe"}), "", data).unwrap(),
        "750c783e6ab0b503eaa86e310a5db738"
    );
}

#[test]
fn a_secret_that_gives_no_key_is_named_before_anything_is_stored() {
    let declared = json!({"kind": "hmac", "secret": "s", "digest": "sha256", "secret_encoding": "base64", "encoding": "hex", "place": {"header": "x"}});
    let fault = check_material(&binding(declared.clone(), &json!({})), &keyring("not base64!")).unwrap_err();
    assert_eq!(fault, ("s".to_owned(), "base64"));
    assert!(check_material(&binding(declared, &json!({})), &keyring("bm90IGJhc2U2NA==")).is_ok());
    let jwt = json!({"kind": "jwt", "secret": "s", "algorithm": "RS256", "place": {"header": "authorization"}});
    let (field, what) = check_material(&binding(jwt, &json!({})), &keyring("-----BEGIN nonsense")).unwrap_err();
    assert!(field == "s" && what.contains("RSA"));
}

/// OASIS Web Services Security UsernameToken Profile 1.1.1 §3.1: Base64(SHA-1(nonce + created + password)).
#[test]
fn a_digest_is_made_of_the_guests_values_and_the_secret() {
    let declared = |template: &str| {
        binding(
            json!({"kind": "digest", "secret": "s", "digest": "sha1", "template": template, "encoding": "base64", "place": {"header": "x-wsse"}}),
            &json!({}),
        )
    };
    let values =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
    let given = values(&[("nonce", "bm9uY2U="), ("created", "2026-01-15T12:00:00Z")]);
    let made = digest(&declared("{nonce:base64}{created}{secret}"), &keyring("pass"), &given).unwrap();
    use sha1::Digest as _;
    assert_eq!(made.expose(), &STANDARD.encode(sha1::Sha1::digest("nonce2026-01-15T12:00:00Zpass")));
    for wrong in [
        values(&[("nonce", "bm9uY2U=")]),
        values(&[("nonce", "!"), ("created", "x")]),
        values(&[("nonce", ""), ("nonce", ""), ("created", "")]),
    ] {
        let refused = digest(&declared("{nonce:base64}{created}{secret}"), &keyring("pass"), &wrong);
        assert!(matches!(refused, Err(SignError::Value(..))), "{wrong:?}");
    }
    // A value that looks like a placeholder is a value.
    let literal = digest(&declared("{a}"), &keyring("pass"), &values(&[("a", "{secret}")])).unwrap();
    assert_eq!(literal.expose(), &STANDARD.encode(sha1::Sha1::digest("{secret}")));
}

#[test]
fn a_token_has_the_hosts_times_and_only_the_claims_that_the_guest_may_set() {
    let declared = json!({"kind": "jwt", "secret": "s", "algorithm": "HS256", "kid": "k1", "claims": ["application_id"], "fixed": {"iss": "acme"}, "life_seconds": 60, "place": {"header": "authorization"}});
    let binding = binding(declared, &json!({}));
    let claim = |name: &str| vec![(name.to_owned(), "a1".to_owned())];
    let made = token(&binding, &keyring("shared"), NOW, uuid::Uuid::nil(), &claim("application_id")).unwrap();
    let parts: Vec<&str> = made.expose().split('.').collect();
    let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(read(parts[0]), json!({"alg": "HS256", "typ": "JWT", "kid": "k1"}));
    assert_eq!(
        read(parts[1]),
        json!({"iss": "acme", "application_id": "a1", "iat": 1_440_938_160, "nbf": 1_440_938_160, "exp": 1_440_938_220, "jti": "00000000-0000-0000-0000-000000000000"})
    );
    for name in ["exp", "iat", "jti", "iss", "sub"] {
        let refused = token(&binding, &keyring("shared"), NOW, uuid::Uuid::nil(), &claim(name));
        assert!(matches!(refused, Err(SignError::Value(..))), "{name}");
    }
}

#[test]
fn a_callback_is_the_providers_only_with_its_signature() {
    let declared = binding(json!({"kind": "verify", "algorithm": "hmac-sha256", "secret": "s"}), &json!({}));
    let good = hash::hmac(crate::credentials::kind::Hash::Sha256, b"shared", b"body");
    let verified = |data: &[u8], signature: &[u8]| verify(&declared, &keyring("shared"), NOW, data, signature).unwrap();
    assert!(verified(b"body", &good));
    assert!(!verified(b"other", &good) && !verified(b"body", &good[..31]) && !verified(b"body", b""));
    assert!(matches!(verify(&declared, &Keyring::default(), NOW, b"", b""), Err(SignError::NotSet(..))));
}

#[test]
fn a_token_of_a_callback_is_in_time_of_its_algorithm_and_of_this_body() {
    let hs256 = binding(
        json!({"kind": "verify", "algorithm": "jwt-hs256", "secret": "s", "body_claim": "payload_hash"}),
        &json!({}),
    );
    let make = |header: Value, claims: Value| {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = hash::hmac(crate::credentials::kind::Hash::Sha256, b"shared", signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let seconds = NOW.as_millis() / 1000;
    use sha2::Digest as _;
    let hashed = hex::encode(sha2::Sha256::digest(b"body"));
    let verified = |token: &str| verify(&hs256, &keyring("shared"), NOW, b"body", token.as_bytes()).unwrap();
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let good = make(header.clone(), json!({"payload_hash": hashed, "exp": seconds + 300, "iat": seconds}));
    assert!(verified(&good));
    for (header, claims) in [
        (header.clone(), json!({"payload_hash": hashed, "exp": seconds - 61})),
        (header.clone(), json!({"payload_hash": hashed, "iat": seconds + 3600})),
        (header.clone(), json!({"payload_hash": hex::encode([0; 32])})),
        (header.clone(), json!({})),
        (json!({"alg": "none"}), json!({"payload_hash": hashed})),
        (json!({"alg": "HS512"}), json!({"payload_hash": hashed})),
    ] {
        assert!(!verified(&make(header.clone(), claims.clone())), "{header} {claims}");
    }
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    assert!(!verified(&unsigned) && !verified("nonsense") && !verified(""));
}
