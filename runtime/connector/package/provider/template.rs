//! `{placeholders}` in the texts of the file.

use super::faults::Node;
use super::name::{may_be_missing, source};
use super::shape::{Filter, Of, Pair, Piece, Template, Value};

/// What a place permits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// An entry that can be left out: `{message.sender?}`.
    Entry,
    /// A part of something that can't.
    Part,
}

/// A value's text; a fault makes it empty.
pub(super) fn template(node: &Node<'_>, place: Place) -> Template {
    node.text().map(|text| parse(node, text, place)).unwrap_or(Template(Vec::new()))
}

/// A template in which no number and no object stands.
pub(super) fn parse(node: &Node<'_>, text: &str, place: Place) -> Template {
    let template = pieces(node, text, place);
    let stands_alone = |value: &Value| {
        let last = value.sources.iter().filter_map(|source| source.filters.last());
        last.into_iter().any(|filter| matches!(filter, Filter::Number | Filter::Boolean))
    };
    if template.0.iter().any(|piece| matches!(piece, Piece::Value(value) if stands_alone(value))) {
        node.refuse("`:number` and `:boolean` stand alone in a text of `request.json`");
    }
    template
}

/// The pieces of a text. `{{` and `}}` are braces.
pub(super) fn pieces(node: &Node<'_>, text: &str, place: Place) -> Template {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else if let Some((inside, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.extend(value(node, inside, place).map(Piece::Value));
            rest = after;
        } else {
            node.refuse("a brace stands alone; one that is not of a placeholder is written twice");
            return Template(Vec::new());
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Template(pieces)
}

/// `a|b|'c'`, or `a?`.
fn value(node: &Node<'_>, inside: &str, place: Place) -> Option<Value> {
    let (names, optional) = match inside.strip_suffix('?') {
        Some(names) => (names, true),
        None => (inside, false),
    };
    let sources: Vec<_> = names.split('|').map(|name| source(node, name)).collect::<Option<_>>()?;
    if optional && place == Place::Part {
        node.refuse(format!("`{{{inside}}}`: nothing can be left out here; say what stands there: {{{names}|'…'}}"));
        return None;
    }
    if !optional && sources.iter().all(|source| may_be_missing(node, &source.of)) {
        let or = if place == Place::Entry { format!("{{{names}?}} leaves it out, ") } else { String::new() };
        node.refuse(format!(
            "`{{{names}}}` may be missing; say what happens then: {or}{{{names}|'…'}} is another value"
        ));
        return None;
    }
    let literal = sources.iter().position(|source| matches!(source.of, Of::Literal(_)));
    if literal.is_some_and(|at| at + 1 < sources.len() || optional) {
        node.refuse(format!("`{{{inside}}}`: a text is always there, so nothing stands behind it"));
        return None;
    }
    Some(Value { sources, optional })
}

/// Named values, in order; a list gives the same name more than once.
pub(super) fn pairs(node: &Node<'_>, place: Place) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, entry) in node.entries() {
        if name.is_empty() || name.chars().any(char::is_control) {
            entry.refuse("a name is not empty and has no control characters");
        }
        for one in entry.each() {
            let value = match one.scalar() {
                Some(toml::de::DeValue::Integer(_) | toml::de::DeValue::Boolean(_)) => {
                    Template(one.word().map(Piece::Text).into_iter().collect())
                }
                _ => template(&one, place),
            };
            pairs.push(Pair { name: name.to_owned(), value });
        }
    }
    pairs
}
