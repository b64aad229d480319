//! `X-Twilio-Signature`: HMAC-SHA1 under the account's token, over the URL and every parameter in the order of its name.
//! Pure. Source: Twilio's page "Webhooks security", and what its SDKs' validators take.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// The header.
pub(super) const HEADER: &str = "x-twilio-signature";

/// Sign a form for a URL; none where the token can't be a key.
pub(super) fn sign(token: &[u8], url: &str, parameters: &[(&str, String)]) -> Option<String> {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort();
    let mut mac = Hmac::<Sha1>::new_from_slice(token).ok()?;
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_twilios_own_page_is_signed_as_there() {
        let parameters = [
            ("To", "+18005551212"),
            ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
            ("From", "+14158675309"),
            ("Digits", "1234"),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        let signed = sign(b"12345", "https://mycompany.com/myapp.php?foo=1&bar=2", &parameters);
        assert_eq!(signed.as_deref(), Some("RSOYDt4T1cUTdK1PDd93/VVr8B8="));
    }
}
