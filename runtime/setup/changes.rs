//! Where two documents differ, leaf by leaf.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::store::RevisionRow;
use crate::texts::{Sender, Template};

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// Where: a JSON Pointer, in which a text goes by its purpose and locale (`/templates/sign-in/de/text`; `*` is no
    /// locale) and a sender by its countries (`/senders/CN,HK/sender`).
    pub at: String,
    /// What is there, if anything.
    #[schema(value_type = Object)]
    pub before: Option<Value>,
    /// What is there then.
    #[schema(value_type = Object)]
    pub after: Option<Value>,
}

/// What differs between two documents.
pub(super) fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(at: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    let none = Map::new();
    let (old, new) = match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => (old, new),
        // All of something new is told piece by piece too, as far as it has pieces.
        (None, Some(Value::Object(new))) if !new.is_empty() => (&none, new),
        (Some(Value::Object(old)), None) if !old.is_empty() => (old, &none),
        _ => return found.push(Change { at: at.to_owned(), before: before.cloned(), after: after.cloned() }),
    };
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    for key in new.keys().chain(gone) {
        compare(&format!("{at}/{}", escaped(key)), old.get(key), new.get(key), found);
    }
}

/// A revision as it is compared: without its secrets, which are not part of it.
pub(super) fn of_revision(component: &str, row: &RevisionRow) -> Value {
    of_set_up(component, &row.config, &row.templates, &row.senders)
}

/// A set-up as it is compared.
pub(super) fn of_set_up(component: &str, config: &Value, templates: &[Template], senders: &[Sender]) -> Value {
    json!({
        "component": component, "config": config, "templates": by_purpose(templates), "senders": by_countries(senders),
    })
}

/// A list of templates by purpose and locale, so that one more of them does not look like a change of all that follow.
pub(super) fn by_purpose(templates: &[Template]) -> Value {
    let mut all = Map::new();
    for template in templates {
        let locale = template.locale.clone().unwrap_or_else(|| "*".to_owned());
        let mut body = json!(template);
        if let Some(body) = body.as_object_mut() {
            body.remove("purpose");
            body.remove("locale");
        }
        let purpose = all.entry(template.purpose.clone()).or_insert_with(|| json!({}));
        if let Some(purpose) = purpose.as_object_mut() {
            purpose.insert(locale, body);
        }
    }
    Value::Object(all)
}

fn by_countries(senders: &[Sender]) -> Value {
    let body = |sender: &Sender| json!({"sender": sender.sender, "template_id": sender.template_id, "entity_id": sender.entity_id});
    Value::Object(senders.iter().map(|sender| (sender.countries.join(","), body(sender))).collect())
}

/// A name as a JSON Pointer holds it (RFC 6901).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told_by_its_place_and_nothing_else_is() {
        let found = changes(
            &json!({"config": {"same": 1, "other": [1], "gone": "x"}}),
            &json!({"config": {"same": 1, "other": [2], "a/b": {"c": true}}}),
        );
        let change = |at: &str, before: Value, after: Value| {
            let value = |value: Value| (!value.is_null()).then_some(value);
            Change { at: at.to_owned(), before: value(before), after: value(after) }
        };
        let expected = [
            change("/config/a~1b/c", Value::Null, json!(true)),
            change("/config/other", json!([1]), json!([2])),
            change("/config/gone", json!("x"), Value::Null),
        ];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(expected.iter().all(|change| found.contains(change)), "{found:?}");
    }

    #[test]
    fn a_text_goes_by_its_purpose_and_locale_wherever_it_stands_in_its_list() {
        let text = |purpose: &str, locale: Option<&str>, text: &str| Template {
            purpose: purpose.to_owned(),
            locale: locale.map(str::to_owned),
            text: Some(text.to_owned()),
            ..Template::default()
        };
        let before = [text("sign-in", None, "{{ code }}")];
        let after = [text("sign-in", Some("de"), "Code {{ code }}"), text("sign-in", None, "{{ code }}")];
        let found = changes(&by_purpose(&before), &by_purpose(&after));
        let expected = Change { at: "/sign-in/de/text".into(), before: None, after: Some(json!("Code {{ code }}")) };
        assert_eq!(found, [expected]);
    }
}
