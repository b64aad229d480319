//! Codes: derived, never stored.
//!
//! A code is a function of a key outside the database and of its verification's id, so a resend sends the same one and
//! a stolen database tells none. Rejection sampling over a MAC (NIST SP 800-90A §A.5's simple discard) makes every code
//! of a length equally likely; the input's fields are length-prefixed, so two verifications never share a stream.

use hmac::Mac as _;
use subtle::ConstantTimeEq as _;

use crate::credentials::hmac;
use crate::secret::Secret;

/// The generation of codes of one verification; a resend stays in it.
const GENERATION: u32 = 0;

/// The code of a verification: `length` decimal digits.
pub fn derive(key: &Secret<[u8; 32]>, environment: &str, verification: &str, length: u8) -> Secret<String> {
    let mut digits = String::with_capacity(length.into());
    let mut block = 0u32;
    while digits.len() < usize::from(length) {
        let mut mac = hmac(key.expose());
        for field in [environment.as_bytes(), verification.as_bytes()] {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field);
        }
        mac.update(&GENERATION.to_be_bytes());
        mac.update(&[length]);
        mac.update(&block.to_be_bytes());
        for byte in mac.finalize().into_bytes() {
            // 250 is the largest multiple of ten that a byte can hold: the rest would favour the low digits.
            if byte < 250 && digits.len() < usize::from(length) {
                digits.push(char::from(b'0' + byte % 10));
            }
        }
        block += 1;
    }
    Secret::new(digits)
}

/// What a person typed, as plain digits: spaces and hyphens fall away, digits of other scripts become ours. None if
/// anything else is in it, or nothing is left.
pub fn normalise(presented: &str) -> Option<Secret<String>> {
    let mut digits = String::new();
    for character in presented.chars().take(64) {
        match character {
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2013}' | '\u{200e}' | '\u{200f}' => {}
            // The decimal digits of a script stand in a row (Unicode Standard §4.6), so the row's start gives the value.
            _ => digits.push(digit(character)?),
        }
    }
    (!digits.is_empty()).then(|| Secret::new(digits))
}

fn digit(character: char) -> Option<char> {
    const ZEROS: [char; 6] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(character).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

/// Whether two codes are equal, in a time that tells nothing of where they differ.
pub fn equal(one: &Secret<String>, other: &Secret<String>) -> bool {
    one.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Secret<[u8; 32]> {
        Secret::new([byte; 32])
    }

    #[test]
    fn a_resend_gets_the_same_code_and_another_verification_another_stream() {
        let code = |env, id| derive(&key(1), env, id, 10).expose().clone();
        assert_eq!(code("production", "vrf_1"), code("production", "vrf_1"));
        assert_ne!(code("production", "vrf_1"), code("production", "vrf_2"));
        assert_ne!(code("a", "bc"), code("ab", "c"));
        assert_ne!(derive(&key(1), "p", "v", 10).expose(), derive(&key(2), "p", "v", 10).expose());
    }

    #[test]
    fn every_digit_is_as_likely_as_another_at_every_place() {
        let mut counts = [[0u32; 10]; 6];
        for n in 0..6000 {
            for (place, digit) in derive(&key(3), "e", &format!("v{n}"), 6).expose().chars().enumerate() {
                counts[place][digit.to_digit(10).unwrap() as usize] += 1;
            }
        }
        // 600 expected, standard deviation 23: six of them leave a chance of one in 10^7 for sixty counts.
        assert!(counts.iter().flatten().all(|count| (460..740).contains(count)), "{counts:?}");
    }

    #[test]
    fn what_a_person_types_is_understood() {
        for text in ["123456", "123 456", "123-456", " 123456 ", "١٢٣٤٥٦", "１２３４５６", "1 2 3 4 5 6"] {
            assert_eq!(normalise(text).unwrap().expose(), "123456", "{text}");
        }
        for text in ["", "   ", "12a456", "12.456", "½"] {
            assert!(normalise(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_longer_code_that_begins_right_is_wrong() {
        assert!(equal(&"123456".into(), &"123456".into()));
        assert!(!equal(&"123456".into(), &"1234567".into()) && !equal(&"123456".into(), &"123457".into()));
    }
}
