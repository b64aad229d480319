//! What callers ask for, judged before anything is done.

use std::net::IpAddr;

use serde_json::Value;

use super::{OtpError, Proof};
use crate::secret::Secret;
use crate::texts;

/// Ask for a verification.
#[derive(Debug)]
pub struct Create {
    /// The recipient, in international form.
    pub to: String,
    /// Why.
    pub purpose: String,
    /// BCP 47 tag of the recipient's language.
    pub locale: String,
    /// The end user's address.
    pub client_ip: Option<IpAddr>,
    /// Whom the caller means, in his own words: an account's id.
    pub subject: Option<String>,
    /// The caller's own, kept beside it.
    pub metadata: Option<Value>,
    /// Hash of the Android app that asks; it ends the message.
    pub app_hash: Option<String>,
    /// Whether nothing is sent and no code is right, whatever is answered.
    pub suppressed: bool,
    /// What is shown for a person who asks.
    pub proof: Proof,
}

/// Present a code. What is given besides must match.
#[derive(Debug)]
pub struct Check {
    /// What the person typed.
    pub code: Secret<String>,
    /// The recipient.
    pub to: Option<String>,
    /// The purpose.
    pub purpose: Option<String>,
    /// The subject.
    pub subject: Option<String>,
}

const METADATA_BYTES_MAX: usize = 4096;
const ATTESTATION_BYTES_MAX: usize = 4096;

impl Create {
    pub(super) fn validate(&self) -> Result<(), OtpError> {
        purpose(&self.purpose)?;
        locale(&self.locale)?;
        subject(self.subject.as_deref())?;
        app_hash(self.app_hash.as_deref())?;
        attestation(&self.proof)?;
        match &self.metadata {
            Some(Value::Object(_)) | None => {}
            Some(_) => return Err(refuse("/metadata", "is a JSON object")),
        }
        let bytes = self.metadata.as_ref().map_or(0, |metadata| metadata.to_string().len());
        if bytes > METADATA_BYTES_MAX { Err(refuse("/metadata", "has more than 4096 bytes")) } else { Ok(()) }
    }
}

pub(super) fn refuse(field: &'static str, detail: &str) -> OtpError {
    OtpError::Field { field, detail: detail.to_owned() }
}

pub(super) fn purpose(text: &str) -> Result<(), OtpError> {
    if texts::is_purpose(text) {
        return Ok(());
    }
    Err(refuse("/purpose", texts::PURPOSE_FORM))
}

pub(super) fn locale(text: &str) -> Result<(), OtpError> {
    if texts::locale::is_tag(text) {
        return Ok(());
    }
    Err(refuse("/locale", texts::locale::TAG_FORM))
}

pub(super) fn subject(text: Option<&str>) -> Result<(), OtpError> {
    match text {
        Some(text) if text.is_empty() || text.len() > 256 => Err(refuse("/subject", "has 1 to 256 bytes")),
        _ => Ok(()),
    }
}

pub(super) fn app_hash(text: Option<&str>) -> Result<(), OtpError> {
    match text.map(texts::ending::app_hash) {
        Some(Err(_)) => Err(refuse("/app_hash", "is 11 characters of A-Z, a-z, 0-9, + and /")),
        _ => Ok(()),
    }
}

pub(super) fn attestation(proof: &Proof) -> Result<(), OtpError> {
    let Proof::Token(token) = proof else { return Ok(()) };
    let token = token.expose();
    let printable = token.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if printable && (1..=ATTESTATION_BYTES_MAX).contains(&token.len()) {
        return Ok(());
    }
    Err(refuse("/attestation", "has 1 to 4096 characters of printable ASCII"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_printable_and_not_too_long() {
        let takes = |token: &str| attestation(&Proof::Token(Secret::from(token))).is_ok();
        assert!(takes("0.zrSnRHO7h0HwSjSCU8oyzbjEtD8p-_") && takes(&"x".repeat(4096)) && takes("a b"));
        assert!(["", "a\nb", "\u{7f}", "é", &"x".repeat(4097)].iter().all(|token| !takes(token)));
        assert!(attestation(&Proof::Nothing).is_ok() && attestation(&Proof::NoRoom).is_ok());
    }

    #[test]
    fn purposes_and_locales_have_a_form() {
        assert!(["sign-in", "generic", "2fa"].iter().all(|text| purpose(text).is_ok()));
        assert!(["", "Sign-In", "-x", "a b", "a/b", &"x".repeat(65)].iter().all(|text| purpose(text).is_err()));
        assert!(["en", "pt-BR", "zh-Hant-TW", "es-419"].iter().all(|text| locale(text).is_ok()));
        assert!(["", "e", "en_US", "en--US", "1a", "en-"].iter().all(|text| locale(text).is_err()));
    }
}
