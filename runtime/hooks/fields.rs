//! A call's body: JSON or a form, read by JSON Pointer. What nobody points at is dropped with it.

use serde_json::{Map, Value};

use super::ask::Unread;
use crate::secret::Secret;

/// A body that was read.
pub(super) struct Fields(Value);

impl Fields {
    /// Read a body; a form becomes an object of texts.
    pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Self, Unread> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let pairs = url::form_urlencoded::parse(body);
            let fields: Map<_, _> = pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
            return Ok(Self(Value::Object(fields)));
        }
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            Unread::new("", &format!("the body is not JSON: line {}, column {}", error.line(), error.column()))
        })?;
        if value.is_object() { Ok(Self(value)) } else { Err(Unread::new("", "the body is not a JSON object")) }
    }

    /// The whole.
    pub(super) fn whole(&self) -> &Value {
        &self.0
    }

    /// A text, or a number as one; what is empty is not there.
    pub(super) fn text(&self, pointer: &str) -> Option<String> {
        match self.0.pointer(pointer)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The first of several places that has a text.
    pub(super) fn first(&self, pointers: &[&str]) -> Option<String> {
        pointers.iter().find_map(|pointer| self.text(pointer))
    }

    /// One that is secret.
    pub(super) fn secret(&self, pointers: &[&str]) -> Option<Secret<String>> {
        self.first(pointers).map(Secret::new)
    }

    /// One that has to be there.
    pub(super) fn needed(&self, pointers: &[&str]) -> Result<String, Unread> {
        let named = pointers.first().copied().unwrap_or_default();
        self.first(pointers).ok_or_else(|| Unread::new(named, "is missing, or no text"))
    }

    /// A number of seconds; what is none is not there.
    pub(super) fn seconds(&self, pointer: &str) -> Option<u32> {
        self.text(pointer)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_read_by_its_kind_and_what_is_wrong_never_quotes_it() {
        let json =
            Fields::read("application/json; charset=utf-8", br#"{"a": {"b": 12}, "c": " ", "d": null}"#).unwrap();
        assert_eq!(json.text("/a/b").as_deref(), Some("12"));
        assert_eq!((json.text("/c"), json.text("/d"), json.text("/a")), (None, None, None));
        let form = Fields::read("application/x-www-form-urlencoded", b"to=%2B1415&text=a+b").unwrap();
        assert_eq!((form.text("/to").as_deref(), form.text("/text").as_deref()), (Some("+1415"), Some("a b")));
        for bad in [&b"canary"[..], b"[]", b"\"canary\"", b"", b"{\"canary\": ", b"{} canary", b"\xff\xfe"] {
            let told = Fields::read("application/json", bad).err().unwrap().to_string();
            assert!(!told.contains("canary"), "{told}");
        }
        assert_eq!(json.needed(&["/to", "/recipient"]).unwrap_err().pointer, "/to");
    }
}
