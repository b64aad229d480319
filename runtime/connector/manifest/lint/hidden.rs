//! Secrets that are not declared as such.
//!
//! The threat: what is not listed in `secrets` reaches the guest. So a field of the form that asks for a secret, by its
//! name, its title or its format, has to be listed, or said to be public; and a secret is a field of the form itself, not
//! of an object inside it, where no list could name it.

use serde_json::{Map, Value};

use super::Manifest;
use crate::connector::reason::Reason;

/// Keywords whose schemas are applied to a part of the configuration rather than to the whole.
const INTO_PARTS: [&str; 9] = [
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "items",
    "prefixItems",
    "contains",
    "$defs",
    "definitions",
];
/// Keywords that hold values, not schemas.
const VALUES: [&str; 4] = ["examples", "default", "const", "enum"];

/// Every field that asks for a secret and is neither listed nor said to be public.
pub(super) fn lint(manifest: &Manifest, schema: &Value) -> Vec<Reason> {
    let mut found = Vec::new();
    if let Value::Object(root) = schema {
        walk(root, false, &mut found);
    }
    let mut reasons = Vec::new();
    for (field, nested, marked) in found {
        if manifest.public.contains(&field) && !marked {
            continue;
        }
        let text = if nested {
            format!("`{field}` asks for a secret inside an object: a secret is a top-level property")
        } else if manifest.secrets.contains(&field) {
            continue;
        } else if marked {
            format!("`{field}` is marked `writeOnly` in the schema and not listed in `secrets`")
        } else {
            format!("`{field}` is named like a secret: list it in `secrets`, or in `public` if it is none")
        };
        reasons.push(Reason::at("secret", "/secrets", &text));
    }
    reasons
}

/// Fields that ask for a secret; whether they are inside another one; whether they are marked as secrets.
fn walk(schema: &Map<String, Value>, nested: bool, found: &mut Vec<(String, bool, bool)>) {
    let fields = schema.get("properties").and_then(Value::as_object);
    for (field, property) in fields.into_iter().flatten() {
        let marked = property.get("writeOnly") == Some(&Value::Bool(true));
        if marked || sounds_secret(field) || reads_secret(property) {
            found.push((field.clone(), nested, marked));
        }
    }
    for (keyword, inner) in schema.iter().filter(|(keyword, _)| !VALUES.contains(&keyword.as_str())) {
        let nested = nested || INTO_PARTS.contains(&keyword.as_str());
        match inner {
            // A map of schemas by name, whose names are no keywords.
            Value::Object(named)
                if matches!(
                    keyword.as_str(),
                    "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                ) =>
            {
                named.values().filter_map(Value::as_object).for_each(|schema| walk(schema, nested, found));
            }
            Value::Object(schema) => walk(schema, nested, found),
            Value::Array(schemas) => {
                schemas.iter().filter_map(Value::as_object).for_each(|schema| walk(schema, nested, found));
            }
            _ => {}
        }
    }
}

/// `authToken`, `auth_token`, `AUTH-TOKEN`: by its words, and by what no other word has in it.
pub fn sounds_secret(field: &str) -> bool {
    let mut words = String::new();
    for c in field.chars() {
        if c.is_ascii_uppercase() {
            words.push('_');
        }
        words.push(c.to_ascii_lowercase());
    }
    let is_word = |word: &str| matches!(word, "key" | "pin" | "pass" | "pwd" | "credential" | "auth");
    words.split(['_', '-', '.', ' ']).any(is_word) || has_secret_word(&field.to_ascii_lowercase())
}

fn reads_secret(property: &Value) -> bool {
    let text = |keyword| property.get(keyword).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let is_boolean = text("type") == "boolean";
    !is_boolean && (has_secret_word(&text("title")) || text("format") == "password")
}

fn has_secret_word(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["secret", "password", "passwd", "passphrase", "token", "apikey", "api key", "privatekey", "accesskey"];
    let joined = text.replace(['_', '-'], "");
    WORDS.iter().any(|word| text.contains(word) || joined.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connector::manifest::parse;

    fn faults(more: &str, schema: Value) -> usize {
        let text = format!("id='x'\nname='X'\nversion='1.0.0'\ncontract='1.0.0'\nchannel='sms'\nsummary='s'\n{more}");
        lint(&parse(&text).unwrap(), &schema).len()
    }

    #[test]
    fn a_secret_is_found_by_name_title_and_format() {
        for (field, property) in [
            ("api_key", json!({})),
            ("apiKey", json!({})),
            ("APIKEY", json!({})),
            ("clientSecret", json!({})),
            ("pwd", json!({})),
            ("x", json!({"title": "Auth token"})),
            ("x", json!({"format": "password"})),
            ("x", json!({"writeOnly": true})),
        ] {
            assert_eq!(faults("", json!({"properties": {field: property}})), 1, "{field}");
        }
        for field in ["account_sid", "keyword", "spinner", "from", "author"] {
            assert_eq!(faults("", json!({"properties": {field: {}}})), 0, "{field}");
        }
    }

    #[test]
    fn a_secret_inside_an_object_is_none_that_can_be_listed() {
        let inner = json!({"properties": {"api_token": {}}});
        for schema in [
            json!({"properties": {"auth_data": {"properties": {"api_token": {}}}}}),
            json!({"properties": {"a": {"items": inner}}}),
            json!({"$defs": {"a": inner}}),
            json!({"allOf": [{"properties": {"a": {"additionalProperties": inner}}}]}),
        ] {
            assert!(faults("secrets=['api_token']\n", schema.clone()) > 0, "{schema}");
        }
        let again = json!({"properties": {"api_token": {"writeOnly": true}}, "then": {"properties": {"api_token": {"minLength": 8}}}});
        assert_eq!(faults("secrets=['api_token']\n", again), 0);
    }

    #[test]
    fn what_is_marked_as_a_secret_is_not_public() {
        assert_eq!(faults("public=['x']\n", json!({"properties": {"x": {"writeOnly": true}}})), 1);
        assert_eq!(faults("public=['api_key_sid']\n", json!({"properties": {"api_key_sid": {}}})), 0);
    }
}
