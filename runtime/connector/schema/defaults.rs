//! What a configuration says by leaving a field out: the defaults of the schema's top-level properties. Pure.
//!
//! A configuration is stored as it was given; it is judged, bound and handed to the connector with its defaults. So
//! what an operator approves is what is used, and a connector never has to know a default a second time.

use jsonschema::Validator;
use serde_json::{Map, Value};

use super::Reason;

/// The configuration with the default of every field that it does not have. A secret has none.
pub fn with_defaults(schema: &Value, config: &Map<String, Value>) -> Map<String, Value> {
    let mut filled = config.clone();
    for (field, property) in properties(schema).filter(|(_, property)| !is_secret(property)) {
        if let Some(default) = property.get("default").filter(|_| !config.contains_key(field)) {
            filled.insert(field.clone(), default.clone());
        }
    }
    filled
}

/// Everything wrong with the defaults. The first example stands in for the rest of a configuration.
pub(super) fn lint(schema: &Value, validator: &Validator, example: &Value) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut refuse =
        |field: &str, text: String| reasons.push(Reason::at("schema", &pointer(field), &format!("its default {text}")));
    let Value::Object(example) = example else { return reasons };
    for (field, property) in properties(schema) {
        let Some(default) = property.get("default") else { continue };
        if is_secret(property) {
            refuse(field, "would be a secret that everybody can read".to_owned());
            continue;
        }
        let mut config = example.clone();
        config.insert(field.clone(), default.clone());
        let own = format!("/{}", escaped(field));
        let config = Value::Object(config);
        let faults = validator.iter_errors(&config);
        let faults = faults.filter(|fault| {
            let at = fault.instance_path().to_string();
            at == own || at.starts_with(&format!("{own}/"))
        });
        for fault in faults {
            refuse(field, format!("is not valid: {}", fault.masked()));
        }
    }
    if reasons.is_empty() {
        let filled = Value::Object(with_defaults(schema, example));
        let faults = validator.iter_errors(&filled).map(|fault| {
            let text = format!("its first example is not valid with its defaults: {}", fault.masked());
            Reason::at("schema", "/config.schema.json/examples/0", &text)
        });
        reasons.extend(faults);
    }
    reasons
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn is_secret(property: &Value) -> bool {
    property.get("writeOnly") == Some(&Value::Bool(true))
}

fn pointer(field: &str) -> String {
    format!("/config.schema.json/properties/{}/default", escaped(field))
}

/// One name in a JSON Pointer (RFC 6901 §3).
fn escaped(field: &str) -> String {
    field.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{lint, with_defaults};
    use super::*;

    fn filled(schema: &Value, config: Value) -> Value {
        Value::Object(with_defaults(schema, config.as_object().unwrap()))
    }

    #[test]
    fn a_field_that_is_left_out_has_its_default_and_one_that_is_given_stays() {
        let schema = json!({"properties": {
            "method": {"type": "string", "default": "POST"}, "headers": {"default": {"a": "b"}}, "plain": {},
        }});
        assert_eq!(filled(&schema, json!({})), json!({"method": "POST", "headers": {"a": "b"}}));
        let given = json!({"method": "GET", "headers": {}, "plain": 1, "other": null});
        assert_eq!(filled(&schema, given.clone()), given);
        assert_eq!(filled(&schema, json!({"method": null, "headers": {}}))["method"], Value::Null, "null was given");
        assert_eq!(filled(&json!({}), json!({"a": 1})), json!({"a": 1}));
    }

    #[test]
    fn only_top_level_fields_have_defaults_and_secrets_have_none() {
        let schema = json!({"properties": {
            "inner": {"type": "object", "properties": {"x": {"default": 1}}},
            "token": {"type": "string", "writeOnly": true, "default": "hunter2"},
        }});
        assert_eq!(filled(&schema, json!({"inner": {}})), json!({"inner": {}}));
        let schema = json!({"type": "object", "properties": schema["properties"], "examples": [{}]});
        let found = lint(&schema);
        assert!(found.len() == 1 && found[0].text.contains("secret"), "{found:?}");
        assert_eq!(found[0].pointer.as_deref(), Some("/config.schema.json/properties/token/default"));
    }

    #[test]
    fn a_default_is_valid_by_its_own_schema_and_beside_the_others() {
        let schema = |default: Value| {
            json!({
                "type": "object", "$defs": {"word": {"type": "string", "pattern": "^[a-z]+$"}},
                "properties": {"a": {"$ref": "#/$defs/word", "default": default}, "b": {"type": "integer"}},
                "dependentRequired": {"a": ["b"]}, "examples": [{"b": 1}],
            })
        };
        assert!(lint(&schema(json!("good"))).is_empty());
        for wrong in [json!("BAD"), json!(1), json!(["x"])] {
            let found = lint(&schema(wrong));
            assert!(found[0].text.contains("default"), "{found:?}");
        }
        let mut alone = schema(json!("good"));
        alone["examples"] = json!([{}]);
        assert!(lint(&alone)[0].text.contains("with its defaults"), "{:?}", lint(&alone));
    }
}
