//! `request.json`: a tree whose texts are templates. It is serialised when they are filled, so no value can leave its
//! string.

use toml::de::DeValue;

use super::faults::Node;
use super::shape::{Filter, Of, Piece, Tree, Value};
use super::template::{Place, parse, pieces};

const DEPTH_MAX: usize = 16;

pub(super) fn tree(node: &Node<'_>, depth: usize) -> Tree {
    let nothing = Tree::Fixed("null".to_owned());
    if depth > DEPTH_MAX {
        node.refuse(format!("this is deeper than {DEPTH_MAX} levels"));
        return nothing;
    }
    if node.is_table() {
        let members = node.entries().into_iter();
        return Tree::Object(members.map(|(name, value)| (name.to_owned(), tree(&value, depth + 1))).collect());
    }
    if let Some(elements) = node.list() {
        return Tree::Array(elements.iter().map(|element| tree(element, depth + 1)).collect());
    }
    match node.scalar() {
        Some(DeValue::String(text)) => leaf(node, text),
        Some(DeValue::Boolean(is)) => Tree::Fixed(is.to_string()),
        Some(DeValue::Integer(number)) if number.radix() == 10 => fixed(node, &number.to_string()),
        Some(DeValue::Float(number)) => fixed(node, number.as_str()),
        _ => {
            node.refuse("this has to be a text, a number, true, false, a list or a table");
            nothing
        }
    }
}

/// TOML writes some numbers in ways that JSON does not know: `+1`, `inf`.
fn fixed(node: &Node<'_>, written: &str) -> Tree {
    if serde_json::from_str::<serde_json::Number>(written).is_err() {
        node.refuse("JSON has no such number");
    }
    Tree::Fixed(written.to_owned())
}

/// A text, or a placeholder alone that is JSON itself.
fn leaf(node: &Node<'_>, text: &str) -> Tree {
    let template = pieces(node, text, Place::Entry);
    if let [Piece::Value(value)] = template.0.as_slice()
        && value.sources.iter().any(|source| source.filters.last().is_some_and(is_json))
    {
        if !value.sources.iter().all(|source| match &source.of {
            Of::Literal(text) => serde_json::from_str::<serde_json::Value>(text).is_ok(),
            _ => source.filters.last().is_some_and(is_json),
        }) {
            node.refuse("all of a placeholder's values are written as JSON, or none: {a:number|b:number|'0'}");
        }
        return Tree::Raw(Value::clone(value));
    }
    Tree::Text(parse(node, text, Place::Entry))
}

fn is_json(filter: &Filter) -> bool {
    matches!(filter, Filter::Number | Filter::Boolean | Filter::Object | Filter::Values)
}
