//! Where a generic call has what: a JSON Pointer, a template, or a word.
//!
//! `/message` points; `+{{ phone }}` is made of the body's fields; anything else stands for itself. Of a text like
//! `Your code is 482913`, `{{ message | code }}` takes the code, so that a registered template can carry it.

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, filters};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::ask::Unread;
use super::fields::Fields;

/// What a template may cost, in the engine's steps.
const STEPS_MAX: u64 = 20_000;
const SOURCE_CHARS_MAX: usize = 500;

/// Where a call has what. Each is a JSON Pointer such as `/message`, a template such as `+{{ phone }}` over the body's
/// fields, or a word that stands for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The recipient, in international form.
    #[schema(example = "/phone")]
    pub to: String,
    /// The code; `{{ message | code }}` takes the first 4 to 10 digits of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A text that goes out as it is, where there is no code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/message")]
    pub text: Option<String>,
    /// The sender's word for why; `purposes` says what it means here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The recipient's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The end user's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<String>,
    /// Whom the sender means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The life of the code, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<String>,
    /// What tells a repetition from a new call. Without it, the same text to the same number within a minute is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A header that carries the key, beside `Authorization`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "x-api-key")]
    pub key_header: Option<String>,
    /// Where the body carries the key, for a sender that can put it nowhere else: a JSON Pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_field: Option<String>,
}

impl Default for Mapping {
    /// The fields of `POST /v1/messages`.
    fn default() -> Self {
        let at = |pointer: &str| Some(pointer.to_owned());
        Self {
            to: "/to".to_owned(),
            code: at("/code"),
            text: at("/text"),
            purpose: at("/purpose"),
            locale: at("/locale"),
            client_ip: at("/client_ip"),
            subject: at("/subject"),
            expires_in: at("/expires_in"),
            id: at("/id"),
            key_header: None,
            key_field: None,
        }
    }
}

impl Mapping {
    /// What can't be taken, by JSON Pointer in the request.
    pub(super) fn fault(&self) -> Option<(String, String)> {
        if self.code.is_none() && self.text.is_none() {
            return Some(("/mapping/code".to_owned(), "give `code`, `text` or both".to_owned()));
        }
        let named = [
            ("to", Some(&self.to)),
            ("code", self.code.as_ref()),
            ("text", self.text.as_ref()),
            ("purpose", self.purpose.as_ref()),
            ("locale", self.locale.as_ref()),
            ("client_ip", self.client_ip.as_ref()),
            ("subject", self.subject.as_ref()),
            ("expires_in", self.expires_in.as_ref()),
            ("id", self.id.as_ref()),
        ];
        for (name, place) in named {
            if let Some(detail) = place.and_then(|place| unsound(place)) {
                return Some((format!("/mapping/{name}"), detail));
            }
        }
        if self.key_header.as_deref().is_some_and(|name| name.parse::<http::HeaderName>().is_err()) {
            return Some(("/mapping/key_header".to_owned(), "is no name of a header".to_owned()));
        }
        let pointer = |text: &str| text.starts_with('/') && text.len() <= SOURCE_CHARS_MAX;
        match &self.key_field {
            Some(text) if !pointer(text) => {
                Some(("/mapping/key_field".to_owned(), "is a JSON Pointer, such as `/token`".to_owned()))
            }
            _ => None,
        }
    }
}

fn unsound(place: &str) -> Option<String> {
    if !(1..=SOURCE_CHARS_MAX).contains(&place.chars().count()) {
        return Some(format!("has 1 to {SOURCE_CHARS_MAX} characters"));
    }
    let parsed = is_template(place).then(|| engine().template_from_str(place).err().map(|error| error.kind()));
    parsed.flatten().map(|kind| format!("is no template: {kind}"))
}

fn is_template(place: &str) -> bool {
    !place.starts_with('/') && (place.contains("{{") || place.contains("{%"))
}

/// What stands at a place; nothing if the call has it not. A template that can't be made names its field only.
pub(super) fn value(name: &str, place: Option<&str>, fields: &Fields) -> Result<Option<String>, Unread> {
    let Some(place) = place else { return Ok(None) };
    if place.starts_with('/') {
        return Ok(fields.text(place));
    }
    if !is_template(place) {
        return Ok(Some(place.to_owned()));
    }
    match engine().render_str(place, values(fields.whole())) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::UndefinedError => Ok(None),
        Err(error) => {
            Err(Unread::new("", &format!("the mapping's `{name}` can't be made of this body: {}", error.kind())))
        }
    }
}

/// As the engine has it; JSON was read with a bounded depth.
fn values(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::String(text) => Value::from(text.as_str()),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::from(number.to_string()), Value::from),
        Json::Array(items) => Value::from(items.iter().map(values).collect::<Vec<_>>()),
        Json::Object(fields) => Value::from_pairs(fields.iter().map(|(name, value)| (name.as_str(), values(value)))),
    }
}

fn engine() -> Environment<'static> {
    let mut engine = Environment::empty();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(STEPS_MAX));
    engine.add_filter("trim", filters::trim);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("replace", filters::replace);
    engine.add_filter("default", filters::default);
    engine.add_filter("code", code);
    engine
}

/// The first 4 to 10 digits in a row.
#[expect(clippy::needless_pass_by_value, reason = "the engine's form of a filter")]
fn code(text: String) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.into_iter().find(|run| (4..=10).contains(&run.len())).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(place: &str) -> Option<String> {
        let body = br#"{"user": {"phone": "4915123456789", "locale": null}, "message": "Code: 482913 (10 min)", "to": ["+1"]}"#;
        value("x", Some(place), &Fields::read("application/json", body).unwrap()).unwrap()
    }

    #[test]
    fn a_place_points_or_is_made_of_fields_or_stands_for_itself() {
        assert_eq!(made("/to/0").as_deref(), Some("+1"));
        assert_eq!(made("+{{ user.phone }}").as_deref(), Some("+4915123456789"));
        assert_eq!(made("sign-in").as_deref(), Some("sign-in"));
        assert_eq!(made("{{ message | code }}").as_deref(), Some("482913"));
        assert_eq!((made("/user/locale"), made("{{ nothing }}"), made("{{ user.phone.x.y }}")), (None, None, None));
    }

    #[test]
    fn what_can_never_be_read_is_refused_when_it_is_saved() {
        let with = |change: fn(&mut Mapping)| {
            let mut mapping = Mapping::default();
            change(&mut mapping);
            mapping.fault().map(|(pointer, _)| pointer)
        };
        assert_eq!(with(|_| ()), None);
        assert_eq!(with(|m| m.to = String::new()).as_deref(), Some("/mapping/to"));
        assert_eq!(with(|m| (m.code, m.text) = (None, None)).as_deref(), Some("/mapping/code"));
        assert_eq!(with(|m| m.text = Some("{{ a".into())).as_deref(), Some("/mapping/text"));
        assert_eq!(with(|m| m.key_header = Some("a b".into())).as_deref(), Some("/mapping/key_header"));
        assert_eq!(with(|m| m.key_field = Some("token".into())).as_deref(), Some("/mapping/key_field"));
    }
}
