//! What a provider took, as it would arrive: read out of the request's fields, whatever they are called.

use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::connector::stand_in::Asked;
use crate::phone::PhoneNumber;

/// A message on its way to a phone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Arrived {
    pub(super) to: String,
    pub(super) text: String,
    pub(super) from: Option<String>,
}

/// Digits that stand together in a code.
const CODE_DIGITS_MIN: usize = 4;
const SENDERS: [&str; 5] = ["from", "sender", "source", "originator", "src"];

/// The number and the text of a request, if it has both. A secret of the connector's is neither.
pub(super) fn read(asked: &Asked, secrets: &[String]) -> Option<Arrived> {
    let mut fields = fields(asked);
    fields.retain(|(_, value)| !secrets.contains(value));
    let is_sender = |name: &str| SENDERS.iter().any(|sender| name.to_ascii_lowercase().contains(sender));
    let to = fields.iter().find_map(|(name, value)| if is_sender(name) { None } else { number(value) })?;
    let texts = fields.iter().filter(|(_, value)| value.contains(' ') && has_code(value));
    let text = texts.map(|(_, value)| value).max_by_key(|value| value.len())?.clone();
    let from = fields.iter().find(|(name, _)| is_sender(name)).map(|(_, value)| value.clone());
    Some(Arrived { to, text, from })
}

/// A number in international form, with or without `+` or a scheme before it.
fn number(value: &str) -> Option<String> {
    let value = value.rsplit(':').next()?;
    let digits = value.trim_start_matches('+');
    let fits = (8..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    let number = PhoneNumber::parse(&format!("+{digits}")).ok().filter(|_| fits)?;
    Some(number.e164().to_owned())
}

fn has_code(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= CODE_DIGITS_MIN)
}

/// Every text of a request by its name: of the query, of a form, of JSON at any depth.
fn fields(asked: &Asked) -> Vec<(String, String)> {
    let query = asked.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let mut out: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    match serde_json::from_slice::<Value>(&asked.body) {
        Ok(json) => leaves("", &json, &mut out),
        Err(_) => out.extend(form_urlencoded::parse(&asked.body).into_owned()),
    }
    out
}

fn leaves(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| leaves(name, value, out)),
        Value::Array(items) => items.iter().for_each(|item| leaves(name, item, out)),
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        Value::Number(number) => out.push((name.to_owned(), number.to_string())),
        Value::Bool(_) | Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str, body: &str) -> Asked {
        let (method, host) = ("POST".to_owned(), "api.example".to_owned());
        Asked { method, host, target: target.to_owned(), headers: Vec::new(), body: body.as_bytes().to_vec().into() }
    }

    #[test]
    fn number_text_and_sender_are_found_in_a_form_in_json_and_in_a_query() {
        let is = |arrived: Option<Arrived>, from: Option<&str>| {
            let arrived = arrived.unwrap();
            assert_eq!((arrived.to.as_str(), arrived.text.as_str()), ("+14155550123", "Your code is 000000."));
            assert_eq!(arrived.from.as_deref(), from);
        };
        is(
            read(&asked("/", "To=%2B14155550123&From=%2B14155550100&Body=Your+code+is+000000."), &[]),
            Some("+14155550100"),
        );
        let json =
            r#"{"messages": [{"sender": "Acme", "to": [14155550123], "content": {"text": "Your code is 000000."}}]}"#;
        is(read(&asked("/", json), &[]), Some("Acme"));
        is(read(&asked("/send?number=14155550123&text=Your%20code%20is%20000000.", ""), &[]), None);
    }

    #[test]
    fn a_secret_is_no_text_and_what_has_no_number_is_no_message() {
        let secret = "a long secret 123456789 with spaces in it".to_owned();
        let body = format!(r#"{{"to": "+14155550123", "key": "{secret}", "text": "code 000000"}}"#);
        assert_eq!(read(&asked("/", &body), &[secret]).unwrap().text, "code 000000");
        assert_eq!(read(&asked("/", r#"{"text": "code 000000"}"#), &[]), None);
        assert_eq!(read(&asked("/", "<xml/>"), &[]), None);
    }
}
