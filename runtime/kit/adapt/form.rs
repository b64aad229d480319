//! Logto's form as the JSON Schema that ours is made of.

use serde_json::{Map, Value, json};

use super::derived::Derived;
use super::described::{Described, Item, TEMPLATES, Templates};

/// The schema of a configuration. What an administrator has in Logto is taken as it is.
pub(super) fn schema(described: &Described, derived: &Derived, name: &str) -> Value {
    let templates = described.metadata.templates();
    let items = &described.metadata.form_items;
    let is_templates = |item: &Item| item.key == TEMPLATES && templates.is_some();
    let properties: Map<String, Value> = items
        .iter()
        .map(|item| {
            let property = match &templates {
                Some(own) if is_templates(item) => templates_property(item, own),
                _ => property(item, derived.secrets.contains(&item.key)),
            };
            (item.key.clone(), property)
        })
        .collect();
    let required: Vec<&str> =
        items.iter().filter(|item| item.required && !is_templates(item)).map(|item| item.key.as_str()).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
        "examples": [example(described)],
    })
}

/// The made-up configuration of the description.
fn example(described: &Described) -> Value {
    described.telling().map_or_else(|| json!({}), |(run, _)| Value::Object(run.config.clone()))
}

fn property(item: &Item, secret: bool) -> Value {
    let mut out = Map::new();
    out.insert("title".into(), title(item).into());
    if let Some(description) = item.description.as_ref().or(item.tooltip.as_ref()) {
        out.insert("description".into(), description.clone().into());
    }
    let choices = || item.select_items.iter().map(|choice| choice.value.clone()).collect::<Vec<_>>();
    match item.kind.as_str() {
        "Switch" => out.insert("type".into(), "boolean".into()),
        "Number" => out.insert("type".into(), "number".into()),
        "Select" => out.insert("enum".into(), choices().into()),
        "MultiSelect" => {
            out.insert("items".into(), json!({"enum": choices()}));
            out.insert("type".into(), "array".into())
        }
        "Json" => None,
        _ => out.insert("type".into(), "string".into()),
    };
    if out.get("type").is_some_and(|kind| kind == "string") {
        out.insert("minLength".into(), u32::from(item.required).into());
        out.insert("maxLength".into(), 4096.into());
        if is_address(item) {
            out.insert("format".into(), "uri".into());
            out.insert("pattern".into(), "^https?://".into());
        }
    }
    if secret {
        out.insert("writeOnly".into(), true.into());
    } else if let Some(default) = item.default_value.clone().filter(is_given) {
        out.insert("default".into(), default);
    }
    Value::Object(out)
}

fn title(item: &Item) -> String {
    if item.label.trim().is_empty() { item.key.clone() } else { item.label.clone() }
}

/// `<sign-name>` is for a person to fill.
fn is_given(default: &Value) -> bool {
    default.as_str().is_none_or(|text| !text.is_empty() && !text.starts_with('<'))
}

fn is_address(item: &Item) -> bool {
    let shows = |value: &Option<Value>| {
        value.as_ref().and_then(Value::as_str).is_some_and(|text| text.trim_start_matches('<').starts_with("http"))
    };
    shows(&item.default_value) || shows(&item.placeholder)
}

/// Whole, as Logto's console has it in its editor.
fn templates_property(item: &Item, templates: &Templates) -> Value {
    let what = match (&templates.text, &templates.id) {
        (Some(_), _) => {
            "Logto's templates, if they are to go on saying what is sent. Without them the texts are Countersign's."
                .to_owned()
        }
        (None, Some(id)) => format!(
            "Logto's templates: the provider's `{id}` for each purpose. A template id that Countersign's own texts name goes before them."
        ),
        (None, None) => "Logto's templates.".to_owned(),
    };
    let own = item.description.as_ref().map(|own| format!(" {own}")).unwrap_or_default();
    let member = templates.text.as_ref().or(templates.id.as_ref());
    let required: Vec<&str> = std::iter::once("usageType").chain(member.map(String::as_str)).collect();
    json!({
        "title": title(item),
        "description": format!("{what}{own}"),
        "type": "array",
        "maxItems": 64,
        "items": {"type": "object", "required": required, "properties": {"usageType": {"type": "string"}}},
    })
}
