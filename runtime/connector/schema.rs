//! `config.schema.json`: JSON Schema 2020-12, with bounds.
//!
//! The threat: a schema is code that runs on configurations. So it is small and shallow, refers to nothing outside
//! itself, and its patterns run in linear time. A fault names pointer and keyword, never the value: it may be a secret.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use super::reason::Reason;

mod bounds;
mod defaults;

pub use defaults::with_defaults;

/// What one pattern may be compiled to: `a{1000}` takes a part of it, `(a{1000}){1000}` is refused.
const PATTERN_COMPILED_BYTES_MAX: usize = 256 << 10;

/// One fault of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer into the configuration.
    pub pointer: String,
    /// Which keyword of the schema refuses it.
    pub keyword: String,
    /// For people, without the value.
    pub text: String,
}

/// Read a schema.
pub fn parse(text: &str) -> Result<Value, Reason> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| Reason::new("schema", format!("config.schema.json: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(Reason::new("schema", "config.schema.json is not a JSON object")) }
}

/// Everything wrong with a schema.
pub fn lint(schema: &Value) -> Vec<Reason> {
    let refuse = |text: String| vec![Reason::at("schema", "/config.schema.json", &text)];
    if let Some(why) = bounds::exceeded(schema) {
        return refuse(why);
    }
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return refuse("its type is `object`".into());
    }
    let validator = match validator(schema) {
        Ok(validator) => validator,
        Err(text) => return refuse(text),
    };
    let example = schema.get("examples").and_then(|examples| examples.get(0));
    match example {
        None => refuse("it has no `examples`: the first one, with fake secrets, is what checks use".into()),
        Some(example) => {
            let faults = validator.iter_errors(example).map(|error| {
                let text = format!("its first example is not valid: {}", error.masked());
                Reason::at("schema", &format!("/config.schema.json/examples/0{}", error.instance_path()), &text)
            });
            let faults: Vec<Reason> = faults.collect();
            if faults.is_empty() { defaults::lint(schema, &validator, example) } else { faults }
        }
    }
}

/// Judge a configuration: every fault.
pub fn validate(schema: &Value, config: &Value) -> Vec<Fault> {
    let Ok(validator) = validator(schema) else {
        return vec![Fault {
            pointer: String::new(),
            keyword: "schema".into(),
            text: "the component's schema can't be used".into(),
        }];
    };
    let fault = |error: jsonschema::ValidationError<'_>| {
        let keyword = error.schema_path().to_string().rsplit('/').next().unwrap_or_default().to_owned();
        Fault { pointer: error.instance_path().to_string(), text: error.masked_with("this value").to_string(), keyword }
    };
    validator.iter_errors(config).map(fault).collect()
}

fn validator(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(
            PatternOptions::regex().size_limit(PATTERN_COMPILED_BYTES_MAX).dfa_size_limit(PATTERN_COMPILED_BYTES_MAX),
        )
        .should_validate_formats(true)
        .offline()
        .build(schema)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_names_pointer_and_keyword_and_never_the_value() {
        let schema = json!({"type": "object", "properties": {"token": {"type": "string", "pattern": "^[a-f]+$"}}, "required": ["sid"]});
        let faults = validate(&schema, &json!({"token": "canary-0123"}));
        assert_eq!(faults.len(), 2);
        assert!(faults.iter().any(|f| f.pointer == "/token" && f.keyword == "pattern"), "{faults:?}");
        assert!(faults.iter().any(|f| f.keyword == "required" && f.text.contains("sid")), "{faults:?}");
        assert!(!format!("{faults:?}").contains("canary"));
    }

    #[test]
    fn its_first_example_is_there_and_valid() {
        assert!(lint(&json!({"type": "object"}))[0].text.contains("examples"));
        let wrong = json!({"type": "object", "required": ["a"], "examples": [{}]});
        assert!(lint(&wrong)[0].text.contains("not valid"));
        assert!(lint(&json!({"type": "object", "examples": [{}]})).is_empty());
    }

    #[test]
    fn a_pattern_that_could_take_for_ever_is_not_taken() {
        let backtracking = json!({"type": "object", "properties": {"a": {"pattern": "(a)\\1"}}, "examples": [{}]});
        assert!(!lint(&backtracking).is_empty());
        let bomb = json!({"type": "object", "properties": {"a": {"pattern": "(a{1000}){1000}"}}, "examples": [{}]});
        assert!(!lint(&bomb).is_empty());
    }
}
