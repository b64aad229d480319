//! JSON Web Tokens: those whose signature is the same each time are PyJWT's byte for byte; every one is read by PyJWT
//! and by ring with the public key alone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::Value;

use super::{assert_same, manifest, sent, vector};
use crate::support::guests::root;
use crate::support::python;

pub(super) const VECTORS: [&str; 6] =
    ["jwt-rs256", "jwt-rs256-pkcs1", "jwt-hs256", "jwt-es256", "jwt-es256-sec1", "jwt-vonage"];

/// The token that arrived, after everything about it that the vector fixes was compared.
async fn token_of(name: &str, manifest_name: &str) -> String {
    let mut vector = vector(name);
    let found = sent("jwt", &vector, &manifest(manifest_name)).await;
    let token = found.header("authorization").strip_prefix("Bearer ").unwrap().to_owned();
    if vector["token"]["exact"] == false {
        vector["request"]["headers"][0][1] = format!("Bearer {token}").into();
    }
    assert_same(&found, &vector["request"]);
    let parts: Vec<Value> = token.split('.').take(2).map(part).collect();
    assert_eq!(parts[0], vector["token"]["header"]);
    for (claim, value) in vector["token"]["claims"].as_object().unwrap() {
        assert_eq!(&parts[1][claim], value, "the claim {claim}");
    }
    let file = format!("{name}.json");
    python::run("having a token of the host read by PyJWT", "verify_token.py", &[&file, &token]);
    token
}

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// Whether the token's signature is that of the key, by ring. Of a SubjectPublicKeyInfo the key is what is left after
/// a prefix that is the same for every key of its kind.
fn assert_signed(token: &str, file: &str, prefix_bytes: usize, algorithm: &'static dyn VerificationAlgorithm) {
    let pem = std::fs::read_to_string(root().join("tests/vectors/keys").join(file)).unwrap();
    let der = STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = UnparsedPublicKey::new(algorithm, &der[prefix_bytes..]);
    key.verify(signed.as_bytes(), &signature).expect("the signature is the key's");
    assert!(key.verify(format!("{signed}x").as_bytes(), &signature).is_err(), "and of this token only");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_rs256_token_is_what_pyjwt_makes_from_either_form_of_the_key() {
    for name in ["jwt-rs256", "jwt-rs256-pkcs1"] {
        assert_signed(&token_of(name, "jwt-rs256").await, "fake-rsa-public.pem", 24, &RSA_PKCS1_2048_8192_SHA256);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hs256_token_is_what_pyjwt_makes() {
    token_of("jwt-hs256", "jwt-hs256").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_es256_token_is_read_by_others_from_either_form_of_the_key() {
    for name in ["jwt-es256", "jwt-es256-sec1"] {
        assert_signed(&token_of(name, "jwt-es256").await, "fake-ec-public.pem", 26, &ECDSA_P256_SHA256_FIXED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vonage_token_has_the_claims_of_vonages_own() {
    assert_signed(&token_of("jwt-vonage", "jwt-rs256").await, "fake-rsa-public.pem", 24, &RSA_PKCS1_2048_8192_SHA256);
}
