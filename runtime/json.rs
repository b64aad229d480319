//! JSON whose faults say where and what, and never quote a value: it could be a secret or a code.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::{Map, Number, Value};

mod positions;

pub use positions::{Mark, json_faults, position};

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer of the place; empty for the whole.
    pub pointer: String,
    /// What is wrong there.
    pub text: String,
}

/// Read a document that people wrote: a name that stands twice in an object is refused, since whoever reviews it sees
/// one of the two and the program takes the other.
pub fn strict(bytes: &[u8]) -> Result<Value, Fault> {
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize::<_, Strict>(&mut document).and_then(|read| {
        let end = document.end();
        end.map(|()| read.0).map_err(|error| serde_path_to_error::Error::new(root(), error))
    });
    read.map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            return Fault { pointer: pointer(error.path()), text: quiet(&inner.to_string()) };
        }
        let (line, column) = (inner.line(), inner.column());
        Fault { pointer: String::new(), text: format!("not JSON: line {line}, column {column}") }
    })
}

fn root() -> serde_path_to_error::Path {
    serde_path_to_error::Track::new().path()
}

/// Read a document as what it should be.
pub fn typed<T: DeserializeOwned>(document: &Value) -> Result<T, Fault> {
    serde_path_to_error::deserialize(document)
        .map_err(|error| Fault { pointer: pointer(error.path()), text: quiet(&error.inner().to_string()) })
}

/// A path as a JSON Pointer (RFC 6901).
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escaped(key)),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

/// A name as a JSON Pointer holds it.
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A name as it was before [`escaped`].
pub fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The library's words without the value that it quotes: `invalid type: string "…", expected …` keeps both ends.
pub fn quiet(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
    match (message.split_once(": "), message.rsplit_once(", expected ")) {
        (Some((what @ ("invalid type" | "invalid value"), _)), Some((_, expected))) => {
            format!("{what}, expected {expected}")
        }
        _ => message.to_owned(),
    }
}

/// Any document in which no object has a name twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON document")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (mut map, mut seen) = (Map::new(), HashSet::new());
        while let Some(name) = entries.next_key::<String>()? {
            if !seen.insert(name.clone()) {
                return Err(A::Error::custom(format!("`{name}` is there twice")));
            }
            let Strict(value) = entries.next_value()?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_stands_twice_is_refused_where_it_stands() {
        let fault = strict(br#"{"a": [{"b": 1, "c": {}, "b": "canary"}]}"#).unwrap_err();
        assert_eq!((fault.pointer.as_str(), fault.text.as_str()), ("/a/0", "`b` is there twice"));
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let document = json!({"z": [1, -2, 1.5, true, null, "\u{e9}"], "a": {"~/": {}}});
        assert_eq!(strict(document.to_string().as_bytes()).unwrap(), document);
    }

    #[test]
    fn what_is_no_json_or_goes_on_is_told_where() {
        for text in ["", "{", "{\"a\": 1,}", "{} {}", "nul"] {
            let fault = strict(text.as_bytes()).unwrap_err();
            assert!(fault.text.starts_with("not JSON: line "), "{text}: {fault:?}");
        }
        assert!(strict("[".repeat(1000).as_bytes()).is_err(), "neither does depth end the program");
    }
}
