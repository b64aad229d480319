//! Signatures, made by the host. What comes back is a marker: write it where the manifest says that the credential
//! goes, name the credential in the request, and the host puts the real value there as the request leaves. Neither a
//! key nor a signature is ever in here.

pub mod acs3;
pub mod sigv4;
#[cfg(test)]
mod vectors;

use crate::host::countersign::connector::credentials::{self, Refusal};
use crate::{Call, Failure, FailureKind, Field, failure};

/// For a credential of kind `hmac`: a marker for the signature over `data`.
pub fn sign(credential: &str, data: impl AsRef<[u8]>) -> Result<String, Failure> {
    credentials::sign(credential, data.as_ref()).map_err(|refusal| meaning(credential, refusal))
}

/// For a credential of kind `digest`: a marker for the hash over the manifest's template, filled with these values.
pub fn digest(credential: &str, values: &[(&str, &str)]) -> Result<String, Failure> {
    credentials::digest(credential, &fields(values)).map_err(|refusal| meaning(credential, refusal))
}

/// For a credential of kind `jwt`: a marker for a token with these claims. The host adds iat, nbf, exp and jti.
pub fn token(credential: &str, claims: &[(&str, &str)]) -> Result<String, Failure> {
    credentials::token(credential, &fields(claims)).map_err(|refusal| meaning(credential, refusal))
}

/// For a credential of kind `verify`, in [`crate::Reports`]: is this the provider's signature over `data`? Raw bytes:
/// decode base64 or hexadecimal first. Of a token, `signature` is the whole token and `data` the body.
pub fn verify(credential: &str, data: impl AsRef<[u8]>, signature: impl AsRef<[u8]>) -> Result<bool, Failure> {
    credentials::verify(credential, data.as_ref(), signature.as_ref()).map_err(|refusal| meaning(credential, refusal))
}

/// Whether the operator set what a credential needs, of whichever kind: for one that the connector can do without.
pub fn is_set(credential: &str) -> bool {
    // A kind that does not sign refuses too, but in other words.
    !matches!(credentials::sign(credential, &[]), Err(Refusal::UnknownName))
}

/// The call's nonce in the shape of a UUID, for providers that insist on it.
pub fn nonce_as_uuid(call: &Call) -> String {
    let mut shaped = String::with_capacity(36);
    for (index, digit) in call.nonce.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            shaped.push('-');
        }
        shaped.push(digit);
    }
    shaped
}

fn fields(pairs: &[(&str, &str)]) -> Vec<Field> {
    pairs.iter().map(|(name, value)| Field { name: (*name).to_owned(), value: (*value).to_owned() }).collect()
}

/// Each of these is a fault of manifest, configuration or connector; nothing was asked of the provider.
fn meaning(credential: &str, refusal: Refusal) -> Failure {
    let text = match refusal {
        Refusal::UnknownName => format!("there is no credential `{credential}` with this configuration"),
        Refusal::WrongKind(kind) => format!("the credential `{credential}` is of kind `{kind}`"),
        Refusal::NotHere => format!("the credential `{credential}` can't be used in this export"),
        Refusal::Other(why) => format!("the credential `{credential}` can't be used: {why}"),
    };
    failure(FailureKind::InvalidConfig, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Certainty;

    #[test]
    fn a_refusal_names_the_credential_and_certainly_sent_nothing() {
        for refusal in
            [Refusal::UnknownName, Refusal::WrongKind("jwt".into()), Refusal::NotHere, Refusal::Other("why".into())]
        {
            let told = meaning("aws", refusal);
            assert!(told.text.contains("`aws`"), "{}", told.text);
            assert!(matches!((told.kind, told.certainty), (FailureKind::InvalidConfig, Certainty::NotSent)));
        }
    }

    #[test]
    fn a_nonce_takes_the_shape_of_a_uuid() {
        let call = Call {
            issued_at: 0,
            nonce: "0f1e2d3c4b5a49788796a5b4c3d2e1f0".into(),
            environment: String::new(),
            deadline_ms: 0,
        };
        assert_eq!(nonce_as_uuid(&call), "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0");
    }
}
