//! What a placeholder speaks of: its name, and the filters behind it.

use serde_json::Value;

use super::faults::Node;
use super::shape::{Filter, Of, Source};
use crate::connector::manifest::Content;

/// `message.to:digits`, or `'a text'`.
pub(super) fn source(node: &Node<'_>, text: &str) -> Option<Source> {
    if let Some(literal) = text.strip_prefix('\'') {
        let Some(literal) = literal.strip_suffix('\'') else {
            node.refuse(format!("a text in a placeholder ends with ' as it begins: {text}"));
            return None;
        };
        return Some(Source { of: Of::Literal(literal.to_owned()), filters: Vec::new() });
    }
    let mut parts = text.split(':');
    let of = of(node, parts.next().unwrap_or_default())?;
    let mut filters = Vec::new();
    for word in parts {
        let Some(filter) = filter(word).filter(|filter| suits(filter, &of)) else {
            node.refuse(format!("`{{{text}}}`: `:{word}` is no way to write this; {}", ways(&of)));
            return None;
        };
        filters.push(filter);
    }
    if filters.is_empty() && matches!(of, Of::IssuedAt | Of::Parameters) {
        node.refuse(format!("`{{{text}}}` says how it is written: {}", ways(&of)));
        return None;
    }
    Some(Source { of, filters })
}

fn of(node: &Node<'_>, name: &str) -> Option<Of> {
    let known = match name {
        "message.to" => Of::To,
        "message.calling-code" => Of::CallingCode,
        "message.country" => Of::Country,
        "message.purpose" => Of::Purpose,
        "message.locale" => Of::Locale,
        "message.reference" => Of::Reference,
        "message.validity-seconds" => Of::ValiditySeconds,
        "message.sender" => Of::Sender,
        "message.text" => Of::Text,
        "message.template-id" => Of::TemplateId,
        "message.template-locale" => Of::TemplateLocale,
        "message.callback-url" => Of::CallbackUrl,
        "message.client-ip" => Of::ClientIp,
        "message.parameters" => Of::Parameters,
        "message.code" => Of::Parameter("code".to_owned()),
        "call.issued-at" => Of::IssuedAt,
        "call.nonce" => Of::Nonce,
        "call.environment" => Of::Environment,
        _ => return named(node, name),
    };
    Some(known)
}

fn named(node: &Node<'_>, name: &str) -> Option<Of> {
    let of = |prefix: &str| name.strip_prefix(prefix).filter(|rest| !rest.is_empty()).map(str::to_owned);
    if let Some(field) = of("config.") {
        return field_of(node, field);
    }
    let found = of("message.parameters.").map(Of::Parameter).or_else(|| of("message.extra.").map(Of::Extra));
    if let Some(credential) = of("signed.") {
        if !node.reader.is_signed(&credential) {
            node.refuse(format!(
                "`{{{name}}}` is made by nothing: `sign`, `digest` or `token` of the request says of what, and they hold no other"
            ));
        }
        return Some(Of::Signed(credential));
    }
    if found.is_none() {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
        node.refuse(format!("`{{{shown}}}` is no placeholder; a brace that is not of one is written twice"));
    }
    found
}

/// A field of the form that the connector may read and that is a text, a number, true or false.
fn field_of(node: &Node<'_>, field: String) -> Option<Of> {
    let property = node.reader.schema.get("properties").and_then(|properties| properties.get(&field));
    let kind = property.and_then(|property| property.get("type")).and_then(Value::as_str);
    let fault = if node.reader.manifest.secrets.contains(&field) {
        "is a secret: name its credential in `request.credentials`, and the host writes it"
    } else if property.is_none() {
        "is no property of config.schema.json"
    } else if matches!(kind, Some("object" | "array" | "null")) {
        "is a list or an object, which has no place in a request"
    } else {
        return Some(Of::Config(field));
    };
    node.refuse(format!("`config.{field}` {fault}"));
    None
}

/// Whether a value may be missing in a call, so that the file says what happens then.
pub(super) fn may_be_missing(node: &Node<'_>, of: &Of) -> bool {
    match of {
        Of::Config(field) => {
            let schema = node.reader.schema;
            let required = schema.get("required").and_then(Value::as_array);
            let required = required.is_some_and(|names| names.iter().any(|name| name.as_str() == Some(field)));
            let property = schema.get("properties").and_then(|properties| properties.get(field));
            !required && property.and_then(|property| property.get("default")).is_none()
        }
        Of::Country | Of::Sender | Of::TemplateLocale | Of::CallbackUrl | Of::ClientIp | Of::Extra(_) => true,
        Of::TemplateId => node.reader.manifest.content != Content::TemplateId,
        _ => false,
    }
}

fn filter(word: &str) -> Option<Filter> {
    Some(match word {
        "digits" => Filter::Digits,
        "national" => Filter::National,
        "minutes" => Filter::Minutes,
        "unix" => Filter::Unix,
        "unix-ms" => Filter::UnixMs,
        "iso" => Filter::Iso,
        "iso-basic" => Filter::IsoBasic,
        "http-date" => Filter::HttpDate,
        "uuid" => Filter::Uuid,
        "number" => Filter::Number,
        "boolean" => Filter::Boolean,
        "object" => Filter::Object,
        "values" => Filter::Values,
        _ => Filter::AtMost(word.strip_prefix("at-most-")?.parse().ok()?),
    })
}

fn suits(filter: &Filter, of: &Of) -> bool {
    match filter {
        Filter::Digits => matches!(of, Of::To | Of::Sender | Of::Config(_) | Of::Extra(_)),
        Filter::National => matches!(of, Of::To),
        Filter::Minutes | Filter::AtMost(_) => matches!(of, Of::ValiditySeconds),
        Filter::Unix | Filter::UnixMs | Filter::Iso | Filter::IsoBasic | Filter::HttpDate => {
            matches!(of, Of::IssuedAt)
        }
        Filter::Uuid => matches!(of, Of::Nonce),
        Filter::Number | Filter::Boolean => !matches!(of, Of::Parameters),
        Filter::Object | Filter::Values => matches!(of, Of::Parameters),
    }
}

fn ways(of: &Of) -> &'static str {
    match of {
        Of::To => "there are :digits, :national",
        Of::ValiditySeconds => "there are :minutes, :at-most-N",
        Of::IssuedAt => "there are :unix, :unix-ms, :iso, :iso-basic, :http-date",
        Of::Nonce => "there is :uuid",
        Of::Parameters => "there are :object, :values",
        Of::Sender | Of::Config(_) | Of::Extra(_) => "there is :digits",
        _ => "it is written as it is",
    }
}
