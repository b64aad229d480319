//! `[answer]`, `[codes]`, `[statuses]`

use regex_lite::RegexBuilder;

use super::faults::Node;
use super::shape::{
    Answer, Certainty, Check, Currency, Kind, MATCHED_BYTES_MAX, Meaning, Place, REGEX_BYTES_MAX, Range, Rule,
};

const FIELDS: [&str; 8] = ["success", "queued", "message_id", "segments", "price", "code", "text", "retry_after"];
const PLACES: [&str; 5] = ["json", "xml", "regex", "header", "body"];
const PATTERN_BYTES_MAX: usize = 512;
/// Any 2xx.
const GOOD: Range = Range(200, 299);

pub(super) fn read(root: &Node<'_>) -> Answer {
    let node = root.get("answer");
    if let Some(node) = &node {
        node.only(&FIELDS);
    }
    let get = |name: &str| node.as_ref().and_then(|node| node.get(name));
    let at = |name: &str| get(name).and_then(|node| place(&node, &[]));
    let price = get("price");
    if let Some(price) = &price {
        price.only(&["amount", "currency"]);
    }
    let success = get("success").map(|node| node.each().iter().map(rule).collect());
    let answer = Answer {
        success: success.unwrap_or_else(|| vec![Rule { statuses: vec![GOOD], check: None }]),
        queued: get("queued").and_then(|node| check(&node, &["is"])),
        message_id: at("message_id"),
        segments: at("segments"),
        amount: price.as_ref().and_then(|price| place(&price.needed("amount")?, &[])),
        currency: price.as_ref().and_then(|price| currency(&price.needed("currency")?)),
        code: at("code"),
        text: at("text"),
        retry_after: at("retry_after"),
        codes: table(root, "codes").into_iter().map(|(code, _, meaning)| (code, meaning)).collect(),
        statuses: statuses(root),
    };
    if let (Some(codes), None) = (root.get("codes"), &answer.code)
        && answer.success.iter().all(|rule| rule.check.is_none())
    {
        codes.refuse("nothing says where the answer has its code: `answer.code`, or a place in `answer.success`");
    }
    answer
}

fn rule(node: &Node<'_>) -> Rule {
    let statuses = node.get("status").map(|node| ranges(&node)).unwrap_or_else(|| vec![GOOD]);
    let has_place = node.entries().iter().any(|(name, _)| *name != "status");
    Rule { statuses, check: if has_place { check(node, &["is", "status"]) } else { None } }
}

fn check(node: &Node<'_>, beside: &[&str]) -> Option<Check> {
    let at = place(node, beside)?;
    let is = node.get("is").map(|is| is.each().iter().filter_map(Node::word).collect()).unwrap_or_default();
    if at == Place::Body && node.get("is").is_none() {
        node.refuse("`body` needs an `is`: any page is a body");
    }
    Some(Check { at, is })
}

/// One of `json`, `xml`, `regex`, `header`, `body`.
fn place(node: &Node<'_>, beside: &[&str]) -> Option<Place> {
    let known: Vec<&str> = PLACES.iter().chain(beside).copied().collect();
    node.only(&known);
    let given: Vec<_> = node.entries().into_iter().filter(|(name, _)| PLACES.contains(name)).collect();
    let [(name, value)] = given.as_slice() else {
        if node.is_table() {
            node.refuse(format!("a place is exactly one of {}", PLACES.join(", ")));
        }
        return None;
    };
    match *name {
        "json" => pointer(value),
        "xml" => path(value),
        "regex" => regex(value),
        "header" => {
            let name = value.text()?;
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                value.refuse("this is not a header's name");
            }
            Some(Place::Header(name.to_owned()))
        }
        _ => {
            if value.word()? != "true" {
                value.refuse("this is `true`, or not there");
            }
            Some(Place::Body)
        }
    }
}

/// A JSON Pointer (RFC 6901); `*` is every element of an array.
fn pointer(node: &Node<'_>) -> Option<Place> {
    let text = node.text()?;
    if text.is_empty() {
        return Some(Place::Json(Vec::new()));
    }
    let Some(tokens) = text.strip_prefix('/') else {
        node.refuse("a JSON Pointer begins with /, such as /messages/0/id");
        return None;
    };
    Some(Place::Json(tokens.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()))
}

/// `/response/code`, `/response/@code`: local names from the root.
fn path(node: &Node<'_>) -> Option<Place> {
    let text = node.text()?;
    let (path, attribute) = text.split_once("/@").map_or((text, None), |(path, name)| (path, Some(name.to_owned())));
    let path: Option<Vec<String>> = path.strip_prefix('/').map(|path| path.split('/').map(str::to_owned).collect());
    let is_name = |name: &String| !name.is_empty() && !name.contains(['/', '@', ':', '*', ' ']);
    match path.filter(|path| path.iter().chain(&attribute).all(is_name)) {
        Some(path) => Some(Place::Xml { path, attribute }),
        None => {
            node.refuse("a path is local names from the root, such as /response/code or /response/@code");
            None
        }
    }
}

fn regex(node: &Node<'_>) -> Option<Place> {
    let text = node.text()?;
    if text.len() > PATTERN_BYTES_MAX {
        node.refuse(format!("an expression has at most {PATTERN_BYTES_MAX} bytes"));
        return None;
    }
    match RegexBuilder::new(text).size_limit(REGEX_BYTES_MAX).build() {
        Ok(regex) if regex.captures_len() > 2 => {
            node.refuse("an expression has one group at most, which is the value; (?:…) is none");
            None
        }
        Ok(_) => Some(Place::Regex(text.to_owned())),
        Err(error) => {
            node.refuse(format!(
                "this expression can't be used: {error} (it is matched against {MATCHED_BYTES_MAX} bytes, in linear time)"
            ));
            None
        }
    }
}

fn currency(node: &Node<'_>) -> Option<Currency> {
    if node.is_table() {
        return place(node, &[]).map(Currency::At);
    }
    let text = node.text()?;
    if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        node.refuse("a currency is three capital letters, or a place of the answer");
    }
    Some(Currency::Always(text.to_owned()))
}

fn statuses(root: &Node<'_>) -> Vec<(Range, Meaning)> {
    let mut found = Vec::new();
    for (name, node, meaning) in table(root, "statuses") {
        match range(&name) {
            Some(range) => found.push((range, meaning)),
            None => node.refuse("a status is 404, 5xx or 500-599"),
        }
    }
    found
}

/// Words of the provider's, and what they are here.
fn table<'t>(root: &Node<'t>, name: &str) -> Vec<(String, Node<'t>, Meaning)> {
    let Some(table) = root.get(name) else { return Vec::new() };
    let meant = |(code, node): (&str, Node<'t>)| meaning(&node).map(|meaning| (code.to_owned(), node, meaning));
    table.entries().into_iter().filter_map(meant).collect()
}

fn meaning(node: &Node<'_>) -> Option<Meaning> {
    if !node.is_table() {
        return Some(Meaning { kind: word(node, "a kind of failure")?, certainty: None });
    }
    node.only(&["kind", "certainty"]);
    let kind: Kind = word(&node.needed("kind")?, "a kind of failure")?;
    let certainty = node.get("certainty").and_then(|node| word::<Certainty>(&node, "a certainty"));
    Some(Meaning { kind, certainty })
}

/// One word of a closed set; a fault lists them.
fn word<T: serde::de::DeserializeOwned>(node: &Node<'_>, what: &str) -> Option<T> {
    let text = node.text()?;
    let read: Result<T, serde_json::Error> = serde_json::from_value(text.into());
    read.map_err(|error| {
        let error = error.to_string();
        let known =
            error.split_once("expected one of ").or_else(|| error.split_once("expected ")).map(|(_, known)| known);
        node.refuse(format!("this is not {what}: {}", known.unwrap_or("see wit/connector.wit")));
    })
    .ok()
}

fn ranges(node: &Node<'_>) -> Vec<Range> {
    let Some(text) = node.word() else { return Vec::new() };
    let found: Option<Vec<Range>> = text.split(',').map(|part| range(part.trim())).collect();
    found.unwrap_or_else(|| {
        node.refuse("statuses are 200, 2xx or 200-299, with commas between them");
        Vec::new()
    })
}

fn range(text: &str) -> Option<Range> {
    let number = |text: &str| text.parse().ok().filter(|status| text.len() == 3 && (100..=599).contains(status));
    if let Some(class) = text.strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some(Range(class * 100, class * 100 + 99));
    }
    match text.split_once('-') {
        Some((first, last)) => number(first).zip(number(last)).filter(|(a, b)| a <= b).map(|(a, b)| Range(a, b)),
        None => number(text).map(|status| Range(status, status)),
    }
}
