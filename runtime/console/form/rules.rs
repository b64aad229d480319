//! What a schema says about fields together: one of several ways, all or none, needed under a condition.
//!
//! Only what can be said in words is a rule. The rest of a schema is judged where the configuration is saved.

use serde_json::{Map, Value};

use super::Node;

const RULES_MAX: usize = 50;
const DEPTH_MAX: usize = 4;

/// A rule. Fields are named as in the schema; each of them is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// The fields of one of these ways are needed; with `only_one`, those of another one are not taken.
    OneOf { when: Option<When>, ways: Vec<Vec<String>>, only_one: bool },
    /// All of them, or none.
    Together(Vec<String>),
    /// Whoever gives the first gives the others.
    With(String, Vec<String>),
    /// These are needed, if.
    Needed { when: When, fields: Vec<String> },
}

/// When a rule holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct When {
    /// All of this is so; none if it can't be said in words.
    pub(super) tests: Option<Vec<Test>>,
    /// Or is not so.
    pub(super) is_so: bool,
}

/// One part of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// The field is given.
    Given(String),
    /// It has one of these values.
    Is(String, Vec<Value>),
}

/// The rules of a schema.
pub(super) fn of(schema: &Value, fields: &[Node]) -> Vec<Rule> {
    let mut rules = Vec::new();
    let known = |name: &str| fields.iter().any(|node| node.name == name);
    if let Some(schema) = schema.as_object() {
        together(schema, &mut rules);
        conditional(schema, None, DEPTH_MAX, &mut rules);
    }
    rules.retain(|rule| rule.fields().all(known));
    rules.truncate(RULES_MAX);
    let within_a_way = |a: &str, others: &[String], rules: &[Rule]| {
        let holds = |way: &Vec<String>| way.iter().any(|name| name == a) && others.iter().all(|b| way.contains(b));
        rules.iter().any(|rule| matches!(rule, Rule::OneOf { ways, .. } if ways.iter().any(holds)))
    };
    // What the ways say already needs no second sentence.
    let said: Vec<bool> = rules
        .iter()
        .map(|rule| match rule {
            Rule::Together(all) => all.split_first().is_some_and(|(a, others)| within_a_way(a, others, &rules)),
            Rule::With(a, others) => within_a_way(a, others, &rules),
            _ => false,
        })
        .collect();
    rules.into_iter().zip(said).filter(|(_, said)| !said).map(|(rule, _)| rule).collect()
}

fn together(schema: &Map<String, Value>, rules: &mut Vec<Rule>) {
    let Some(needs) = schema.get("dependentRequired").and_then(Value::as_object) else { return };
    let needs: Vec<(&String, Vec<String>)> = needs.iter().map(|(name, others)| (name, names(Some(others)))).collect();
    let of = |name: &str| needs.iter().find(|(of, _)| *of == name).map(|(_, others)| others.as_slice());
    for (name, others) in needs.iter().take(RULES_MAX) {
        let back = |other: &String| of(other).is_some_and(|back| back.contains(name));
        match others.as_slice() {
            [] => {}
            [other] if back(other) => {
                let both = Rule::Together(vec![(*name).clone(), other.clone()]);
                let told =
                    |rule: &Rule| matches!(rule, Rule::Together(all) if all.contains(name) && all.contains(other));
                if !rules.iter().any(told) {
                    rules.push(both);
                }
            }
            _ => rules.push(Rule::With((*name).clone(), others.clone())),
        }
    }
}

/// What `schema` needs under a condition, and its branches under theirs.
fn conditional(schema: &Map<String, Value>, when: Option<&When>, depth: usize, rules: &mut Vec<Rule>) {
    if depth == 0 || rules.len() > RULES_MAX {
        return;
    }
    if let Some(when) = when {
        let fields = names(schema.get("required"));
        if !fields.is_empty() {
            rules.push(Rule::Needed { when: when.clone(), fields });
        }
    }
    for (keyword, only_one) in [("anyOf", false), ("oneOf", true)] {
        let branches = schema.get(keyword).and_then(Value::as_array);
        let ways: Option<Vec<Vec<String>>> = branches.map(|all| all.iter().map(way).collect()).unwrap_or(None);
        if let Some(ways) = ways.filter(|ways| !ways.is_empty()) {
            rules.push(Rule::OneOf { when: when.cloned(), ways, only_one });
        }
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        conditional(part, when, depth - 1, rules);
    }
    if let (Some(test), None) = (schema.get("if"), when) {
        for (branch, is_so) in [("then", true), ("else", false)] {
            if let Some(branch) = schema.get(branch).and_then(Value::as_object) {
                conditional(branch, Some(&When { tests: tests(test), is_so }), depth - 1, rules);
            }
        }
    }
}

/// A branch that says nothing but what is required.
fn way(branch: &Value) -> Option<Vec<String>> {
    let branch = branch.as_object()?;
    let fields = names(branch.get("required"));
    (branch.len() == 1 && !fields.is_empty()).then_some(fields)
}

fn tests(test: &Value) -> Option<Vec<Test>> {
    let test = test.as_object()?;
    if test.keys().any(|keyword| keyword != "required" && keyword != "properties") {
        return None;
    }
    let values = test.get("properties").and_then(Value::as_object);
    let mut tests = Vec::new();
    for (name, schema) in values.into_iter().flatten() {
        let schema = schema.as_object().filter(|schema| schema.len() == 1)?;
        let only = schema.get("const").map(|only| vec![only.clone()]);
        let values = only.or_else(|| schema.get("enum").and_then(Value::as_array).cloned())?;
        tests.push(Test::Is(name.clone(), values));
    }
    let told = |name: &String| values.is_some_and(|values| values.contains_key(name));
    tests.extend(names(test.get("required")).into_iter().filter(|name| !told(name)).map(Test::Given));
    Some(tests).filter(|tests| !tests.is_empty())
}

fn names(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

impl Test {
    fn field(&self) -> &str {
        match self {
            Self::Given(name) | Self::Is(name, _) => name,
        }
    }
}

impl Rule {
    /// The fields that it needs.
    pub(super) fn needed(&self) -> Vec<&str> {
        let all: Vec<&String> = match self {
            Self::OneOf { ways, .. } => ways.iter().flatten().collect(),
            Self::Together(all) => all.iter().collect(),
            Self::With(one, others) => std::iter::once(one).chain(others).collect(),
            Self::Needed { fields, .. } => fields.iter().collect(),
        };
        all.into_iter().map(String::as_str).collect()
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let when = match self {
            Self::OneOf { when, .. } => when.as_ref(),
            Self::Needed { when, .. } => Some(when),
            _ => None,
        };
        let tests = when.and_then(|when| when.tests.as_deref()).unwrap_or_default();
        self.needed().into_iter().chain(tests.iter().map(Test::field))
    }
}
