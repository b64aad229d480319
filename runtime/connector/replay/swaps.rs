//! What is put in the place of a number, a code and a reference: the same everywhere, or the replay would not fit.

use crate::connector::call::without_digits;
use crate::connector::contract::Message;
use crate::connector::transcript::{SAMPLE_NUMBER, SAMPLE_REFERENCE};
use crate::phone::PhoneNumber;
use crate::texts::lint::SAMPLE_CODE;

/// Shorter ones stand in ordinary text by chance.
const DIGITS_MIN: usize = 6;

pub(super) struct Swaps {
    /// Digits as they were, and what is written instead; the longest first.
    numbers: Vec<(Vec<char>, String)>,
    code: String,
    reference: String,
}

impl Swaps {
    pub(super) fn of(message: &Message, code: &str) -> Self {
        let digits = message.to.trim_start_matches('+');
        let national = digits.strip_prefix(message.calling_code.as_str()).unwrap_or(digits);
        let sample = SAMPLE_NUMBER.trim_start_matches('+');
        let calling_code = PhoneNumber::parse(SAMPLE_NUMBER).map(|n| n.calling_code().to_string()).unwrap_or_default();
        let sample_national = sample.strip_prefix(&calling_code).unwrap_or(sample);
        let numbers = [(digits, sample), (national, sample_national)];
        let numbers = numbers.iter().filter(|(digits, _)| digits.len() >= DIGITS_MIN);
        Self {
            numbers: numbers.map(|(digits, with)| (digits.chars().collect(), (*with).to_owned())).collect(),
            code: code.to_owned(),
            reference: message.reference.clone(),
        }
    }

    /// A text of the message: there the code is wherever it is spelled.
    pub(super) fn in_message(&self, text: &str) -> String {
        self.of_number(&text.replace(&self.code, SAMPLE_CODE))
    }

    /// A text of the provider's: there the code is only where it stands alone, since an id may have the same digits.
    pub(super) fn in_reply(&self, text: &str) -> String {
        self.of_number(&whole_words(text, &self.code, SAMPLE_CODE)).replace(&self.reference, SAMPLE_REFERENCE)
    }

    fn of_number(&self, text: &str) -> String {
        self.numbers.iter().fold(text.to_owned(), |text, (digits, with)| without_digits(&text, digits, with))
    }
}

fn whole_words(text: &str, word: &str, with: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        out.push_str(before);
        let joined = out.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        out.push_str(if joined { word } else { with });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swaps() -> Swaps {
        let message = Message {
            to: "+447700900123".into(),
            calling_code: "44".into(),
            country: None,
            purpose: String::new(),
            locale: String::new(),
            reference: "test_ab12-cd34".into(),
            validity_seconds: 1,
            sender: None,
            text: String::new(),
            template_id: None,
            template_locale: None,
            parameters: Vec::new(),
            callback_url: None,
            client_ip: None,
            extra: Vec::new(),
        };
        Swaps::of(&message, "000000")
    }

    #[test]
    fn number_code_and_reference_are_swapped_in_any_spelling() {
        let reply = r#"{"to": "+44 7700 900123", "national": "07700-900123", "text": "code 000000", "ref": "test_ab12-cd34", "n": 447700900123}"#;
        let swapped = swaps().in_reply(reply);
        assert!(!swapped.contains("900123") && !swapped.contains("000000") && !swapped.contains("ab12"), "{swapped}");
        assert_eq!(
            swapped,
            r#"{"to": "+14155550123", "national": "04155550123", "text": "code 123456", "ref": "msg_transcript", "n": 14155550123}"#
        );
    }

    #[test]
    fn an_id_that_has_the_codes_digits_stays_as_it_is() {
        assert_eq!(swaps().in_reply("SM0000001 1000000 x000000"), "SM0000001 1000000 x000000");
        assert_eq!(swaps().in_message("G-000000 is yours"), "G-123456 is yours");
    }
}
