//! String identifiers: two letters and 32 hexadecimal digits. Pure.
//!
//! Ours are UUIDs behind a prefix, so most SIDs are the same digits behind another one: nothing has to be kept.

use crate::random;

const VERIFICATION: (&str, &str) = ("VE", "vrf_");
const MESSAGE: (&str, &str) = ("SM", "msg_");

/// A fresh one.
pub fn fresh(letters: &str) -> String {
    format!("{letters}{}", random::hex::<16>())
}

/// The digits of a SID with these letters, in lower case.
pub fn digits(letters: &str, sid: &str) -> Option<String> {
    let digits = sid.strip_prefix(letters)?;
    let fits = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| digits.to_ascii_lowercase())
}

/// `vrf_…` as `VE…`.
pub fn of_verification(id: &str) -> String {
    id.replacen(VERIFICATION.1, VERIFICATION.0, 1)
}

/// `VE…` as `vrf_…`.
pub fn verification(sid: &str) -> Option<String> {
    digits(VERIFICATION.0, sid).map(|digits| format!("{}{digits}", VERIFICATION.1))
}

/// `msg_…` as `SM…`.
pub fn of_message(id: &str) -> String {
    id.replacen(MESSAGE.1, MESSAGE.0, 1)
}

/// `SM…` as `msg_…`.
pub fn message(sid: &str) -> Option<String> {
    digits(MESSAGE.0, sid).map(|digits| format!("{}{digits}", MESSAGE.1))
}

/// A message of a verification, as the attempt that Twilio calls it.
pub fn of_attempt(message_id: &str) -> String {
    message_id.replacen(MESSAGE.1, "VL", 1)
}

/// The account that a user name means: its own SID, or an API key's, which has the same digits here.
pub fn account_of_user(user: &str) -> Option<String> {
    digits("AC", user).or_else(|| digits("SK", user)).map(|digits| format!("AC{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_and_an_id_are_the_same_digits() {
        let digits = "019bc1d7a0b27cc29e2f6a8b9d3c4e5f";
        assert_eq!(of_verification(&format!("vrf_{digits}")), format!("VE{digits}"));
        assert_eq!(verification(&format!("VE{}", digits.to_uppercase())), Some(format!("vrf_{digits}")));
        assert_eq!(message(&of_message(&format!("msg_{digits}"))), Some(format!("msg_{digits}")));
        assert_eq!(of_attempt(&format!("msg_{digits}")), format!("VL{digits}"));
        assert_eq!(account_of_user(&format!("SK{digits}")), Some(format!("AC{digits}")));
    }

    #[test]
    fn what_is_no_sid_names_nothing() {
        for sid in ["", "VE", "VE0123", &format!("VE{}", "g".repeat(32)), &format!("VE{}", "0".repeat(33)), "+1415"] {
            assert_eq!(verification(sid), None, "{sid}");
        }
        assert_eq!(verification(&format!("SM{}", "0".repeat(32))), None);
        assert!(digits("AC", &fresh("AC")).is_some());
    }
}
