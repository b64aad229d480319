//! What a schema may cost whoever judges a configuration by it.
//!
//! The threat: thirty lines of references to references stand for a billion checks, one that refers to itself has no
//! end, and a pattern can stand for an automaton of gigabytes. So what a schema unfolds to is counted before it is used.

use std::collections::HashMap;

use serde_json::Value;

const DEPTH_MAX: usize = 32;
/// Schemas and keywords, with each reference replaced by what it refers to.
const UNFOLDED_MAX: u64 = 10_000;
/// References to references.
const CHAIN_MAX: usize = 16;
const PATTERNS_MAX: usize = 64;
const PATTERN_BYTES_MAX: usize = 512;
/// What moves the base of references, or has no end that can be seen: none of it is needed to describe a form.
const REFUSED: [&str; 7] =
    ["$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$anchor", "$vocabulary", "definitions"];

/// Why a schema costs too much, if it does.
pub(super) fn exceeded(schema: &Value) -> Option<String> {
    if depth(schema) > DEPTH_MAX {
        return Some(format!("it is nested deeper than {DEPTH_MAX} levels"));
    }
    if let Some(reference) = foreign_reference(schema) {
        return Some(format!("`{reference}` refers to something outside; only local references are followed"));
    }
    let mut patterns = 0;
    if let Some(why) = keywords(schema, true, &mut patterns) {
        return Some(why);
    }
    if patterns > PATTERNS_MAX {
        return Some(format!("it has more than {PATTERNS_MAX} patterns"));
    }
    let mut unfolding = Unfolding { root: schema, known: HashMap::new(), open: Vec::new() };
    match unfolding.count(schema) {
        Ok(count) if count > UNFOLDED_MAX => Some(format!("its references unfold to more than {UNFOLDED_MAX} schemas")),
        Ok(_) => None,
        Err(why) => Some(why),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn foreign_reference(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(foreign_reference),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            let foreign = reference.filter(|reference| !reference.starts_with('#')).map(str::to_owned);
            foreign.or_else(|| members.values().find_map(foreign_reference))
        }
        _ => None,
    }
}

fn keywords(value: &Value, root: bool, patterns: &mut usize) -> Option<String> {
    let members = match value {
        Value::Array(items) => return items.iter().find_map(|item| keywords(item, false, patterns)),
        Value::Object(members) => members,
        _ => return None,
    };
    let refused = |name: &&String| {
        REFUSED.contains(&name.as_str())
            || !root && matches!(name.as_str(), "$id" | "$schema" | "unevaluatedProperties" | "unevaluatedItems")
    };
    if let Some(name) = members.keys().find(refused) {
        return Some(format!("`{name}` is not taken there"));
    }
    let own = members.get("pattern").and_then(Value::as_str);
    let named = members.get("patternProperties").and_then(Value::as_object);
    for pattern in own.into_iter().chain(named.into_iter().flat_map(|named| named.keys().map(String::as_str))) {
        *patterns += 1;
        if pattern.len() > PATTERN_BYTES_MAX {
            return Some(format!("a pattern has more than {PATTERN_BYTES_MAX} bytes"));
        }
    }
    members.values().find_map(|inner| keywords(inner, false, patterns))
}

struct Unfolding<'a> {
    root: &'a Value,
    known: HashMap<&'a str, u64>,
    open: Vec<&'a str>,
}

impl<'a> Unfolding<'a> {
    fn count(&mut self, value: &'a Value) -> Result<u64, String> {
        let mut sum = 1u64;
        match value {
            Value::Array(items) => {
                for item in items {
                    sum = sum.saturating_add(self.count(item)?);
                }
            }
            Value::Object(members) => {
                for inner in members.values() {
                    sum = sum.saturating_add(self.count(inner)?);
                }
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    sum = sum.saturating_add(self.follow(reference)?);
                }
            }
            _ => {}
        }
        Ok(sum)
    }

    fn follow(&mut self, reference: &'a str) -> Result<u64, String> {
        if let Some(known) = self.known.get(reference) {
            return Ok(*known);
        }
        if self.open.contains(&reference) || self.open.len() >= CHAIN_MAX {
            return Err(format!("`{reference}` leads back to itself, or on for more than {CHAIN_MAX} references"));
        }
        let pointer = reference.trim_start_matches('#');
        let target = self.root.pointer(pointer).ok_or_else(|| format!("`{reference}` refers to nothing"))?;
        self.open.push(reference);
        let count = self.count(target);
        self.open.pop();
        let count = count?;
        self.known.insert(reference, count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn words(schema: &Value) -> String {
        exceeded(schema).unwrap_or_default()
    }

    #[test]
    fn a_schema_refers_to_nothing_outside_and_is_not_deep() {
        assert!(words(&json!({"properties": {"a": {"$ref": "https://evil.example/x.json"}}})).contains("evil.example"));
        let deep = (0..40).fold(json!({}), |inner, _| json!({"properties": {"a": inner}}));
        assert!(words(&deep).contains("deeper"));
    }

    #[test]
    fn what_refers_to_itself_or_doubles_with_each_reference_is_refused() {
        assert!(words(&json!({"properties": {"a": {"$ref": "#"}}})).contains("itself"));
        let ring = json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}});
        assert!(words(&ring).contains("itself"));
        let mut doubling = Map::new();
        doubling.insert("d0".into(), json!({"type": "string"}));
        for n in 1..16 {
            let before = json!({"$ref": format!("#/$defs/d{}", n - 1)});
            doubling.insert(format!("d{n}"), json!({"allOf": [before, before]}));
        }
        assert!(words(&json!({"$defs": doubling, "$ref": "#/$defs/d15"})).contains("unfold"));
        assert!(words(&json!({"$ref": "#/$defs/missing"})).contains("nothing"));
    }

    #[test]
    fn references_that_a_form_needs_are_taken() {
        let plain = json!({"$defs": {"host": {"type": "string", "pattern": "^[a-z]+$"}}, "properties": {"a": {"$ref": "#/$defs/host"}, "b": {"$ref": "#/$defs/host"}}});
        assert_eq!(words(&plain), "");
    }

    #[test]
    fn patterns_are_few_and_short_and_the_base_of_references_stays() {
        let many: Map<String, Value> = (0..70).map(|n| (format!("p{n}"), json!({"pattern": "a"}))).collect();
        assert!(words(&json!({"properties": many})).contains("patterns"));
        assert!(words(&json!({"pattern": "a".repeat(600)})).contains("bytes"));
        for inner in [json!({"$id": "x"}), json!({"$dynamicRef": "#a"}), json!({"unevaluatedProperties": false})] {
            assert!(words(&json!({"properties": {"a": inner}})).contains("not taken"), "{inner}");
        }
    }
}
