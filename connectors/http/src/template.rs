//! `{placeholders}`, and what stands for them, escaped for the place where they stand.
//!
//! The threat: a text with a quote, an ampersand or a line break in it that ends the field it stands in and begins
//! another one. So a value never leaves its place, and arrives there exactly as it was.

use std::borrow::Cow;

use countersign_sdk::{Call, Failure, FailureKind as K, Field, Message, Parameter, encoding, failure};

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a query, or in a body of form fields.
    Percent,
    /// Inside a string of a JSON text.
    Json,
    /// In the text of an element, or in a quoted attribute.
    Xml,
    /// Where nothing is escaped: plain text, headers, strings that are serialised afterwards.
    Plain,
}

/// What placeholders may speak of.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) call: &'a Call,
    pub(crate) message: &'a Message,
}

/// Longest name that a failure quotes.
const QUOTED_CHARS_MAX: usize = 40;

/// Fill a template. `{{` and `}}` are braces.
pub(crate) fn fill(template: &str, place: Place, values: Values<'_>) -> Result<String, Failure> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            out.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            out.push('}');
            rest = after;
        } else if let Some((name, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
            out.push_str(&escaped(place, &values.named(name)?)?);
            rest = after;
        } else {
            return Err(refused("a brace stands alone; one that is not of a placeholder is written twice"));
        }
    }
    out.push_str(rest);
    Ok(out)
}

impl<'a> Values<'a> {
    /// `name`, or `name|what stands there if the message has none`.
    fn named<'b>(self, text: &'b str) -> Result<Cow<'b, str>, Failure>
    where
        'a: 'b,
    {
        let (name, otherwise) = match text.split_once('|') {
            Some((name, otherwise)) => (name, Some(otherwise)),
            None => (text, None),
        };
        let found = self.value(name)?.filter(|value| !value.is_empty());
        found.or(otherwise.map(Cow::Borrowed)).ok_or_else(|| {
            refused(format!("this message has no `{name}`; write {{{name}|…}} to say what stands there then"))
        })
    }

    fn value(self, name: &str) -> Result<Option<Cow<'a, str>>, Failure> {
        let Self { call, message } = self;
        let number = message.to.strip_prefix('+').unwrap_or(&message.to);
        let value = match name {
            "to" => Some(message.to.as_str()),
            "to_digits" => Some(number),
            "to_national" => number.strip_prefix(message.calling_code.as_str()),
            "calling_code" => Some(message.calling_code.as_str()),
            "country" => message.country.as_deref(),
            "text" => Some(message.text.as_str()),
            "code" => parameter(&message.parameters, "code"),
            "sender" => message.sender.as_deref(),
            "reference" => Some(message.reference.as_str()),
            "purpose" => Some(message.purpose.as_str()),
            "locale" => Some(message.locale.as_str()),
            "template_id" => message.template_id.as_deref(),
            "template_locale" => message.template_locale.as_deref(),
            "client_ip" => message.client_ip.as_deref(),
            "environment" => Some(call.environment.as_str()),
            "validity_seconds" => return Ok(Some(message.validity_seconds.to_string().into())),
            _ => match name.split_once('.') {
                Some(("parameters", name)) => parameter(&message.parameters, name),
                Some(("extra", name)) => extra(&message.extra, name),
                _ => return Err(unknown(name)),
            },
        };
        Ok(value.map(Cow::Borrowed))
    }
}

pub(crate) fn parameter<'a>(parameters: &'a [Parameter], name: &str) -> Option<&'a str> {
    parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value.as_str())
}

fn extra<'a>(fields: &'a [Field], name: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
}

fn escaped(place: Place, value: &str) -> Result<String, Failure> {
    match place {
        Place::Percent => Ok(encoding::percent_encode(value)),
        Place::Plain => Ok(value.to_owned()),
        Place::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            Ok(quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned())
        }
        Place::Xml => encoding::xml(value)
            .ok_or_else(|| failure(K::ContentRejected, "the message has a character that XML can't carry")),
    }
}

fn unknown(name: &str) -> Failure {
    let quoted: String = name.chars().take(QUOTED_CHARS_MAX).collect();
    refused(format!("`{{{quoted}}}` is no placeholder; a brace that is not of one is written twice"))
}

/// The configuration is at fault, and nothing was sent.
pub(crate) fn refused(text: impl Into<String>) -> Failure {
    failure(K::InvalidConfig, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{call, message};

    fn filled(template: &str, place: Place) -> Result<String, String> {
        fill(template, place, Values { call: &call(), message: &message() }).map_err(|failure| failure.text)
    }

    #[test]
    fn a_value_is_escaped_for_its_place() {
        let mut message = message();
        message.text = "\"a\" & <b>\n'ü' \\ {to} 100%+".into();
        let filled = |place| fill("{text}", place, Values { call: &call(), message: &message }).unwrap();
        assert_eq!(filled(Place::Plain), message.text, "a value's own braces are not read again");
        assert_eq!(filled(Place::Json), "\\\"a\\\" & <b>\\n'ü' \\\\ {to} 100%+");
        assert_eq!(filled(Place::Xml), "&quot;a&quot; &amp; &lt;b&gt;&#10;&apos;ü&apos; \\ {to} 100%+");
        assert_eq!(filled(Place::Percent), "%22a%22%20%26%20%3Cb%3E%0A%27%C3%BC%27%20%5C%20%7Bto%7D%20100%25%2B");
    }

    #[test]
    fn a_number_is_written_in_three_ways() {
        assert_eq!(
            filled("{to} {to_digits} +{calling_code} {to_national}", Place::Plain).unwrap(),
            "+14155550123 14155550123 +1 4155550123"
        );
    }

    #[test]
    fn an_unknown_placeholder_is_named_and_doubled_braces_are_braces() {
        assert_eq!(filled("{{to}} {{{to}}}", Place::Plain).unwrap(), "{to} {+14155550123}");
        for name in ["To", "phone", "", "parameters", "config.url"] {
            let text = filled(&format!("x{{{name}}}"), Place::Plain).unwrap_err();
            assert!(text.contains(&format!("`{{{name}}}`")), "{text}");
        }
        assert!(filled("{\"to\": \"{to}\"}", Place::Json).unwrap_err().contains("written twice"));
        assert!(filled("a } b", Place::Plain).unwrap_err().contains("stands alone"));
        assert!(filled("a {to", Place::Plain).unwrap_err().contains("stands alone"));
    }

    #[test]
    fn what_a_message_does_not_have_is_named_unless_something_else_is_said() {
        assert!(filled("{sender}", Place::Plain).unwrap_err().contains("`sender`"));
        assert_eq!(filled("{sender|A&B}{client_ip|}", Place::Percent).unwrap(), "A%26B");
        assert!(filled("{parameters.app}", Place::Plain).unwrap_err().contains("parameters.app"));
        assert_eq!(filled("{parameters.code}{code}{extra.dlt-entity-id|-}", Place::Plain).unwrap(), "123456123456-");
    }

    #[test]
    fn what_xml_cannot_carry_is_refused() {
        assert!(matches!(escaped(Place::Xml, "a\u{0}b"), Err(Failure { kind: K::ContentRejected, .. })));
    }
}
