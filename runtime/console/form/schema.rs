//! Which fields a schema describes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Kind, Node, Number, Text, pattern};

/// Deeper, a value is edited as JSON.
const DEPTH_MAX: usize = 4;
const FIELDS_MAX: usize = 200;
const CHOICES_MAX: usize = 200;
const REFERENCES_MAX: usize = 16;
const LABEL_CHARS_MAX: usize = 100;
const EXAMPLE_CHARS_MAX: usize = 100;
const HINT_CHARS_MAX: usize = 1_000;
/// A text that may be as long as this, and has no pattern, is typed in lines.
const LINES_FROM: u64 = 1_000;

/// The fields of the whole.
pub(super) fn fields(schema: &Value) -> Vec<Node> {
    let mut budget = FIELDS_MAX;
    let Some(whole) = resolved(schema, schema) else { return Vec::new() };
    members(schema, &whole, DEPTH_MAX, &mut budget).unwrap_or_default()
}

/// A text of a schema, cut to what a page has room for.
pub(super) fn text(schema: &Value, keyword: &str) -> Option<String> {
    schema.get(keyword).and_then(Value::as_str).map(|text| cut(text, HINT_CHARS_MAX)).filter(|text| !text.is_empty())
}

/// Examples of texts: a field's own, or that of the whole.
pub(super) fn examples(schema: &Value, fields: &[Node]) -> BTreeMap<String, String> {
    let of_whole = schema.pointer("/examples/0");
    let example = |node: &Node| {
        let own = schema.get("properties")?.get(&node.name)?.pointer("/examples/0");
        let text = own.or_else(|| of_whole?.get(&node.name))?.as_str()?;
        let fits = (1..=EXAMPLE_CHARS_MAX).contains(&text.chars().count()) && matches!(node.kind, Kind::Text(_));
        fits.then(|| (node.name.clone(), text.to_owned()))
    };
    fields.iter().filter_map(example).collect()
}

fn cut(text: &str, chars: usize) -> String {
    text.trim().chars().take(chars).collect()
}

/// A schema with what it refers to. Its own words go before those of what it refers to.
fn resolved(root: &Value, schema: &Value) -> Option<Map<String, Value>> {
    let mut found = schema.as_object()?.clone();
    for _ in 0..REFERENCES_MAX {
        let Some(Value::String(reference)) = found.shift_remove("$ref") else { return Some(found) };
        let target = root.pointer(reference.strip_prefix('#')?)?.as_object()?;
        for (keyword, value) in target {
            found.entry(keyword.clone()).or_insert_with(|| value.clone());
        }
    }
    None
}

/// The members of an object; none if there are more than the form has room for.
fn members(root: &Value, object: &Map<String, Value>, depth: usize, budget: &mut usize) -> Option<Vec<Node>> {
    let properties = object.get("properties")?.as_object()?;
    let required: Vec<&str> =
        object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if properties.len() > *budget {
        return None;
    }
    *budget -= properties.len();
    let node =
        |(name, schema): (&String, &Value)| node(root, name, schema, required.contains(&name.as_str()), depth, budget);
    Some(properties.iter().map(node).collect())
}

fn node(root: &Value, name: &str, schema: &Value, is_required: bool, depth: usize, budget: &mut usize) -> Node {
    let found = resolved(root, schema).unwrap_or_default();
    let kind = kind(root, &found, depth, budget);
    let schema = Value::Object(found);
    let label = schema.get("title").and_then(Value::as_str).map(|title| cut(title, LABEL_CHARS_MAX));
    Node {
        name: name.to_owned(),
        label: label.filter(|label| !label.is_empty()).unwrap_or_else(|| cut(name, LABEL_CHARS_MAX)),
        hint: text(&schema, "description"),
        is_required,
        default: schema.get("default").cloned(),
        kind,
    }
}

fn kind(root: &Value, schema: &Map<String, Value>, depth: usize, budget: &mut usize) -> Kind {
    let has = |keyword: &str| schema.contains_key(keyword);
    if let Some(only) = schema.get("const") {
        return Kind::Choice(vec![only.clone()]);
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        let fits = (1..=CHOICES_MAX).contains(&values.len()) && !values.iter().any(|v| v.is_array() || v.is_object());
        return if fits { Kind::Choice(values.clone()) } else { json(schema) };
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") if schema.get("writeOnly") == Some(&Value::Bool(true)) => Kind::Secret(plain(schema)),
        Some("string") => Kind::Text(plain(schema)),
        Some("boolean") => Kind::Check,
        Some("integer") => Kind::Number(number(schema, true)),
        Some("number") => Kind::Number(number(schema, false)),
        Some("object") if depth > 0 && !has("patternProperties") => {
            object(root, schema, depth, budget).unwrap_or_else(|| json(schema))
        }
        Some("array") if depth > 0 && !has("prefixItems") => {
            let item = schema.get("items").filter(|items| items.is_object());
            item.map_or_else(
                || json(schema),
                |item| Kind::List(Box::new(node(root, "", item, true, depth - 1, budget))),
            )
        }
        _ => json(schema),
    }
}

fn object(root: &Value, schema: &Map<String, Value>, depth: usize, budget: &mut usize) -> Option<Kind> {
    let others = schema.get("additionalProperties");
    if schema.contains_key("properties") {
        // Members that it does not name would have no place.
        return (others == Some(&Value::Bool(false)))
            .then(|| members(root, schema, depth - 1, budget).map(Kind::Group))
            .flatten();
    }
    let value = others.filter(|value| value.is_object())?;
    Some(Kind::Rows(Box::new(node(root, "", value, true, depth - 1, budget))))
}

fn json(schema: &Map<String, Value>) -> Kind {
    let takes_text = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
        _ => false,
    };
    Kind::Json { takes_text }
}

fn plain(schema: &Map<String, Value>) -> Text {
    let length = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    let own = schema.get("pattern").and_then(Value::as_str);
    let has_lines = own.is_none() && length("maxLength").is_some_and(|max| max >= LINES_FROM);
    let input = match schema.get("format").and_then(Value::as_str) {
        Some("uri") => "url",
        Some("email") => "email",
        _ => "text",
    };
    Text {
        pattern: own.and_then(pattern::for_browsers),
        length_min: length("minLength").filter(|min| *min > 0),
        length_max: length("maxLength"),
        input,
        has_lines,
    }
}

fn number(schema: &Map<String, Value>, is_whole: bool) -> Number {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_number).cloned();
    Number { is_whole, min: bound("minimum"), max: bound("maximum") }
}
