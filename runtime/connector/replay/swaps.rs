//! What is put in the place of a number, a code and a reference: the same everywhere, or the replay would not fit; and
//! what is taken away because it is a caller's own.

use serde_json::{Map, Value};

use super::words::{Words, whole_words};
use crate::connector::call::without_digits;
use crate::connector::contract::Message;
use crate::connector::transcript::{SAMPLE_NUMBER, SAMPLE_REFERENCE};
use crate::credentials::Net;
use crate::phone::PhoneNumber;
use crate::texts::lint::SAMPLE_CODE;

/// Shorter ones stand in ordinary text by chance.
const DIGITS_MIN: usize = 6;
/// What is looked for in another encoding is looked for in pieces, since a text may be quoted in part.
const PIECE: usize = 32;

/// What a real send has that is somebody's.
pub struct Real<'a> {
    /// The recipient.
    pub to: &'a PhoneNumber,
    /// The reference that the provider got.
    pub reference: String,
    /// The code, where there is one.
    pub code: Option<&'a str>,
    /// A caller's own text and values.
    pub words: Vec<&'a str>,
    /// Addresses that were made for this send: the end user's, the one to report to.
    pub addresses: Vec<&'a str>,
}

/// What is put in the place of what.
pub struct Swaps {
    /// Digits as they were, and what is written instead; the longest first.
    numbers: Vec<(Vec<char>, String)>,
    code: Code,
    reference: String,
    words: Words,
    addresses: Vec<String>,
    has_words: bool,
    /// Finds what is somebody's in a form in which it can't be replaced.
    net: Net,
}

enum Code {
    None,
    /// Nobody could sign in with it, so that its digits in an id may stay.
    Nobodys(String),
    Real(String),
}

impl Swaps {
    /// Of a test send, whose text and code are nobody's.
    pub fn of_test(message: &Message, code: &str) -> Self {
        Self {
            numbers: numbers(&message.to, &message.calling_code),
            code: Code::Nobodys(code.to_owned()),
            reference: message.reference.clone(),
            words: Words::default(),
            addresses: Vec::new(),
            has_words: false,
            net: Net::of_encoded(digits(&message.to, &message.calling_code)),
        }
    }

    /// Of a real send.
    pub fn of_real(real: &Real<'_>) -> Self {
        let Real { to, reference, code, words, addresses } = real;
        let code = code.filter(|code| !code.is_empty());
        let pieces: Vec<String> = words.iter().flat_map(|words| pieces(words)).collect();
        let calling_code = to.calling_code().to_string();
        let known = digits(to.e164(), &calling_code).into_iter().chain(code).chain(addresses.iter().copied());
        Self {
            numbers: numbers(to.e164(), &calling_code),
            code: code.map_or(Code::None, |code| Code::Real(code.to_owned())),
            reference: reference.clone(),
            words: Words::of(words),
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
            has_words: !words.is_empty(),
            net: Net::of_encoded(known.chain(pieces.iter().map(String::as_str))),
        }
    }

    /// Whether there were words of a caller's own.
    pub(super) fn has_words(&self) -> bool {
        self.has_words
    }

    /// A text of the message, where a sample code stands already unless it was a test: there that is wherever it is
    /// spelled.
    pub(super) fn in_message(&self, text: &str) -> String {
        match &self.code {
            Code::Nobodys(code) => self.of_number(&text.replace(code, SAMPLE_CODE)),
            Code::None | Code::Real(_) => self.of_number(text),
        }
    }

    /// A text of the provider's. The words first, since there may be a code in them.
    pub(super) fn in_reply(&self, text: &str) -> String {
        let text = text.replace(&self.reference, SAMPLE_REFERENCE);
        let text = self.addresses.iter().fold(text, |text, address| text.replace(address.as_str(), "•••"));
        self.of_number(&self.of_code(&self.words.hide(&text)))
    }

    /// The same in each text and number of a JSON value. Names are the provider's own.
    pub(super) fn in_json(&self, json: Value) -> Value {
        match json {
            Value::String(text) => self.in_reply(&text).into(),
            Value::Number(number) => {
                let text = number.to_string();
                let swapped = self.of_number(&self.of_code(&text));
                match swapped == text {
                    true => Value::Number(number),
                    false => swapped.parse().map_or_else(|_| swapped.into(), Value::Number),
                }
            }
            Value::Array(items) => items.into_iter().map(|item| self.in_json(item)).collect(),
            Value::Object(fields) => {
                let name = |name: String| self.of_number(&self.of_code(&name));
                fields.into_iter().map(|(key, value)| (name(key), self.in_json(value))).collect::<Map<_, _>>().into()
            }
            other => other,
        }
    }

    /// Whether something is left in what was swapped, in another encoding.
    pub(super) fn left_in(&self, swapped: &str) -> bool {
        self.net.find(swapped.as_bytes()).is_some()
    }

    /// A short code stands in other numbers by chance, and then only where it stands alone it is one. So is a code that
    /// is nobody's.
    fn of_code(&self, text: &str) -> String {
        let digits = |code: &str| code.chars().all(|c| c.is_ascii_digit()).then(|| code.chars().collect::<Vec<char>>());
        match &self.code {
            Code::None => text.to_owned(),
            Code::Real(code) if code.len() >= DIGITS_MIN => {
                let text = text.replace(code.as_str(), SAMPLE_CODE);
                digits(code).map_or_else(|| text.clone(), |digits| without_digits(&text, &digits, SAMPLE_CODE))
            }
            Code::Nobodys(code) => whole_words(text, code, SAMPLE_CODE),
            Code::Real(code) => between_digits(text, code),
        }
    }

    fn of_number(&self, text: &str) -> String {
        self.numbers.iter().fold(text.to_owned(), |text, (digits, with)| without_digits(&text, digits, with))
    }
}

/// With its country's code and without.
fn numbers(to: &str, calling_code: &str) -> Vec<(Vec<char>, String)> {
    let samples = PhoneNumber::parse(SAMPLE_NUMBER).map(|n| n.calling_code().to_string()).unwrap_or_default();
    let pairs = digits(to, calling_code).into_iter().zip(digits(SAMPLE_NUMBER, &samples));
    let pairs = pairs.filter(|(digits, _)| digits.len() >= DIGITS_MIN);
    pairs.map(|(digits, with)| (digits.chars().collect(), with.to_owned())).collect()
}

fn digits<'a>(to: &'a str, calling_code: &str) -> [&'a str; 2] {
    let digits = to.trim_start_matches('+');
    [digits, digits.strip_prefix(calling_code).unwrap_or(digits)]
}

fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(PIECE).filter(|piece| piece.len() >= DIGITS_MIN).map(|piece| piece.iter().collect()).collect()
}

/// `text` with the sample's code where `code` is no part of a longer number.
fn between_digits(text: &str, code: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_digit = |c: char| c.is_ascii_digit();
    while let Some((before, after)) = rest.split_once(code) {
        out.push_str(before);
        let joined = before.ends_with(is_digit) || after.starts_with(is_digit);
        out.push_str(if joined { code } else { SAMPLE_CODE });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests;
