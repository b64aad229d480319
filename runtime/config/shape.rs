//! How values are written, and how mistakes in them are told.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// A value, or a list of them.
pub(super) fn one_or_more<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    let texts = match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(text) => vec![text],
        OneOrMore::More(texts) => texts,
    };
    let read = |text: String| text.parse().map_err(|error| serde::de::Error::custom(format!("`{text}`: {error}")));
    texts.into_iter().map(read).collect()
}

/// A mistake in the file. The parser shows the line that it stumbled over; one with an `@` may hold a password.
pub(super) fn told(error: &toml::de::Error, text: &str) -> String {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let number = before.iter().filter(|byte| **byte == b'\n').count();
    let line = text.lines().nth(number).unwrap_or_default();
    if line.contains('@') { format!("line {}: {}", number + 1, error.message()) } else { error.to_string() }
}
