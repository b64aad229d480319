//! The body: what the configuration says, or everything about the message as JSON.

use std::collections::BTreeMap;

use countersign_sdk::{Failure, encoding};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::template::{Place, Values, fill, parameter, refused};

/// `body` of the configuration.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Body {
    /// The text as it is sent.
    Text(String),
    /// Members of a JSON object, or fields of a form.
    Fields(Map<String, Value>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
    Xml,
    Text,
}

impl Format {
    fn of(content_type: &str) -> Self {
        let bare = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match bare.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            bare if bare.ends_with("/json") || bare.ends_with("+json") => Self::Json,
            bare if bare.ends_with("/xml") || bare.ends_with("+xml") => Self::Xml,
            _ => Self::Text,
        }
    }

    fn place(self) -> Place {
        match self {
            Self::Json => Place::Json,
            Self::Form => Place::Percent,
            Self::Xml => Place::Xml,
            Self::Text => Place::Plain,
        }
    }
}

/// The body of a request.
pub(crate) fn write(body: Option<&Body>, content_type: &str, values: Values<'_>) -> Result<Vec<u8>, Failure> {
    let format = Format::of(content_type);
    match (body, format) {
        (None, Format::Json) => Ok(everything(values)),
        (None, _) => Err(refused(format!("`content_type` is {content_type}, and there is no `body`"))),
        (Some(Body::Text(template)), _) => {
            let text = fill(template, format.place(), values)?;
            if format == Format::Json && serde_json::from_str::<IgnoredAny>(&text).is_err() {
                return Err(refused("`body` is not JSON when it is filled in: a placeholder stands inside a string"));
            }
            Ok(text.into_bytes())
        }
        (Some(Body::Fields(fields)), Format::Json) => {
            let fields = fields.iter().map(|(name, value)| Ok((name.clone(), filled(value, values)?)));
            let fields: Map<String, Value> = fields.collect::<Result<_, Failure>>()?;
            Ok(Value::Object(fields).to_string().into_bytes())
        }
        (Some(Body::Fields(fields)), Format::Form) => form(fields, values),
        (Some(Body::Fields(_)), _) => {
            Err(refused(format!("`body` has to be a text where `content_type` is {content_type}")))
        }
    }
}

/// Every string of a JSON value, filled; it is serialised afterwards, so nothing is escaped here.
fn filled(value: &Value, values: Values<'_>) -> Result<Value, Failure> {
    Ok(match value {
        Value::String(template) => Value::String(fill(template, Place::Plain, values)?),
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, values)).collect::<Result<_, _>>()?),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| Ok((name.clone(), filled(value, values)?)));
            Value::Object(members.collect::<Result<_, Failure>>()?)
        }
        other => other.clone(),
    })
}

fn form(fields: &Map<String, Value>, values: Values<'_>) -> Result<Vec<u8>, Failure> {
    let mut pairs = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let value = match value {
            Value::String(template) => fill(template, Place::Plain, values)?,
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Err(refused(format!("the form field `{name}` is a text, a number, true or false"))),
        };
        pairs.push((name.as_str(), value));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(encoding::form(&pairs).into_bytes())
}

/// What a webhook of one's own gets.
#[derive(Serialize)]
struct Everything<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    purpose: &'a str,
    locale: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    parameters: BTreeMap<&'a str, &'a str>,
    reference: &'a str,
    validity_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    template_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'a str>,
    environment: &'a str,
}

fn everything(values: Values<'_>) -> Vec<u8> {
    let message = values.message;
    let parameters = message.parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.value.as_str()));
    let body = Everything {
        to: &message.to,
        text: &message.text,
        purpose: &message.purpose,
        locale: &message.locale,
        code: parameter(&message.parameters, "code"),
        parameters: parameters.collect(),
        reference: &message.reference,
        validity_seconds: message.validity_seconds,
        template_id: message.template_id.as_deref(),
        sender: message.sender.as_deref(),
        environment: &values.call.environment,
    };
    // Serialising to memory fails only for maps whose keys are no strings.
    serde_json::to_vec(&body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tests::{call, message};

    fn written(body: Value, content_type: &str) -> Result<String, String> {
        let body: Option<Body> = serde_json::from_value(body).unwrap();
        let bytes = write(body.as_ref(), content_type, Values { call: &call(), message: &message() });
        bytes.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|failure| failure.text)
    }

    #[test]
    fn an_object_is_json_or_a_form_as_the_content_type_says() {
        let body = json!({"to": "{to}", "n": 1});
        assert_eq!(written(body.clone(), "application/vnd.x+json").unwrap(), r#"{"n":1,"to":"+14155550123"}"#);
        assert_eq!(
            written(body.clone(), "application/x-www-form-urlencoded; charset=utf-8").unwrap(),
            "n=1&to=%2B14155550123"
        );
        assert!(written(body, "text/xml").unwrap_err().contains("text/xml"));
        assert!(written(json!({"a": []}), "application/x-www-form-urlencoded").unwrap_err().contains("`a`"));
    }

    #[test]
    fn strings_are_filled_however_deep_they_stand() {
        let body = json!({"messages": [{"to": ["{to_digits}"], "live": true}]});
        assert_eq!(
            written(body.clone(), "application/json").unwrap(),
            r#"{"messages":[{"live":true,"to":["14155550123"]}]}"#
        );
    }

    #[test]
    fn a_json_text_is_json_when_it_is_filled() {
        assert_eq!(written(json!("{{\"s\": {validity_seconds}}}"), "application/json").unwrap(), r#"{"s": 600}"#);
        assert!(written(json!("{{\"to\": {to_digits}"), "application/json").unwrap_err().contains("not JSON"));
        assert!(written(json!("{{\"text\": {text}}}"), "application/json").unwrap_err().contains("not JSON"));
    }

    #[test]
    fn without_a_body_only_json_is_sent() {
        assert!(written(Value::Null, "application/json").unwrap().contains(r#""code":"123456""#));
        assert!(written(Value::Null, "text/plain").unwrap_err().contains("no `body`"));
    }
}
