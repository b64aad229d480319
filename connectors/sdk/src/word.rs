//! A value that providers write as they please.

use serde::de::{Deserialize, Deserializer, Visitor};

/// A text, a number or a truth value of JSON, as text: ids and codes are numbers in one answer and texts in the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word(pub String);

impl Word {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As text, unless it is empty.
    pub fn filled(self) -> Option<String> {
        Some(self.0).filter(|text| !text.is_empty())
    }
}

/// The text, number or truth value at a JSON Pointer, as text; none if there is nothing, nothing in it, or more than that.
/// Reading an answer by pointers makes a far smaller component than types that are derived.
pub fn word(value: &serde_json::Value, pointer: &str) -> Option<String> {
    use serde_json::Value;
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Word;
            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("a text or a number")
            }
            fn visit_str<E>(self, value: &str) -> Result<Word, E> {
                Ok(Word(value.to_owned()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Word, E> {
                Ok(Word(value.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Word, E> {
                Ok(Word::default())
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_finds_what_is_one_word_and_nothing_else() {
        let value = serde_json::json!({"a": ["x", 7, true, "", null, {"b": -0.5}]});
        let found = ["/a/0", "/a/1", "/a/2", "/a/5/b"].map(|pointer| word(&value, pointer).unwrap());
        assert_eq!(found, ["x", "7", "true", "-0.5"]);
        for none in ["/a", "/a/3", "/a/4", "/a/5", "/b", "a"] {
            assert_eq!(word(&value, none), None, "{none}");
        }
    }

    #[test]
    fn whatever_stands_there_is_a_text() {
        let read = |json: &str| serde_json::from_str::<Word>(json).unwrap().0;
        assert_eq!(
            ["\"x\"", "7", "-1", "0.25", "true", "null", "18446744073709551615"].map(read),
            ["x", "7", "-1", "0.25", "true", "", "18446744073709551615"]
        );
        assert!(serde_json::from_str::<Word>("[]").is_err());
        assert_eq!((Word("a".into()).filled(), Word::default().filled()), (Some("a".into()), None));
    }
}
