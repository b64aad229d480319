//! `[request]`

use url::Url;

use super::faults::Node;
use super::shape::{Body, Credential, How, Pair, Piece, Request, Signed, Template};
use super::template::{Place, pairs, parse, template};
use super::tree::tree;
use crate::connector::contract::Export;
use crate::egress::{HostPattern, is_override_header, is_owned_header};

const FIELDS: [&str; 13] = [
    "method",
    "url",
    "query",
    "headers",
    "content_type",
    "form",
    "json",
    "xml",
    "text",
    "credentials",
    "sign",
    "digest",
    "token",
];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
const BODIES: [&str; 4] = ["form", "json", "xml", "text"];

pub(super) fn read(root: &Node<'_>) -> Option<Request> {
    let node = root.needed("request")?;
    node.only(&FIELDS);
    let method = node.needed("method").and_then(|method| {
        let found = method.text()?;
        if !METHODS.contains(&found) {
            method.refuse(format!("a method is one of {}", METHODS.join(", ")));
        }
        Some(found.to_owned())
    });
    // Before the rest, which may write what these make, and they may not.
    let signed = signed(&node);
    node.reader.sign(signed.iter().map(|signed| signed.credential.clone()).collect());
    let (base, url) = node.needed("url").map(|node| url(&node)).unwrap_or((None, Template(Vec::new())));
    let all = |name: &str| node.get(name).map(|node| pairs(&node, Place::Entry)).unwrap_or_default();
    let (body, content_type) = body(&node);
    Some(Request {
        method: method.unwrap_or_default(),
        base,
        url,
        query: all("query"),
        headers: headers(&node),
        content_type,
        body,
        credentials: credentials(&node, &signed),
        signed,
    })
}

/// A URL of a host of the manifest; one that begins with `{config.NAME}` goes on from the URL of that field.
fn url(node: &Node<'_>) -> (Option<String>, Template) {
    let Some(text) = node.text() else { return (None, Template(Vec::new())) };
    let hosts = &node.reader.manifest.hosts;
    let first = text.strip_prefix("{config.").and_then(|rest| rest.split_once('}'));
    if let Some((field, rest)) = first {
        if !hosts.contains(&format!("{{config.{field}}}")) {
            node.refuse(format!(
                "`hosts` of connector.toml has no `{{config.{field}}}`, so the request would be refused"
            ));
        }
        if !rest.is_empty() && !rest.starts_with(['/', '?']) {
            node.refuse("behind the field's URL stands a path: /… or ?…");
        }
        // Read as a placeholder too, so that the field is judged.
        parse(node, &format!("{{config.{field}}}"), Place::Part);
        return (Some(field.to_owned()), parse(node, rest, Place::Part));
    }
    let template = parse(node, text, Place::Part);
    match Url::parse(&example(&template, "x")) {
        Ok(url) if matches!(url.scheme(), "https" | "http") => {
            if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
                node.refuse("a URL has no user information and no fragment");
            }
            let authority = text.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next());
            let filled = authority.is_some_and(|authority| authority.contains('{'));
            let unsure =
                |host: &String| host.contains('{') || HostPattern::parse(host).is_ok_and(|host| host.matches(&url));
            if !filled && !hosts.iter().any(unsure) {
                node.refuse("its host is not among `hosts` of connector.toml");
            }
        }
        _ => node.refuse("this has to be a URL: https://…, or {config.NAME} of a field that is one"),
    }
    (None, template)
}

fn headers(node: &Node<'_>) -> Vec<Pair> {
    let Some(node) = node.get("headers") else { return Vec::new() };
    for (name, header) in node.entries() {
        let lower = name.to_ascii_lowercase();
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            header.refuse("this is not a header's name");
        } else if is_owned_header(&lower) || is_override_header(&lower) {
            header.refuse("this header belongs to the host");
        } else if lower == "content-type" {
            header.refuse("this is `request.content_type`");
        }
    }
    pairs(&node, Place::Entry)
}

fn body(node: &Node<'_>) -> (Body, String) {
    let given: Vec<(&str, Node<'_>)> = BODIES.iter().filter_map(|name| Some((*name, node.get(name)?))).collect();
    if let [_, (_, second), ..] = given.as_slice() {
        second.refuse(format!("a request has one body: {}", BODIES.join(", ")));
    }
    let (body, content_type) = match given.first() {
        None => (Body::None, ""),
        Some(("form", node)) => (Body::Form(pairs(node, Place::Entry)), "application/x-www-form-urlencoded"),
        Some(("json", node)) => (Body::Json(tree(node, 0)), "application/json"),
        Some(("xml", node)) => (Body::Xml(xml(node)), "application/xml; charset=utf-8"),
        Some((_, node)) => (Body::Text(template(node, Place::Part)), "text/plain; charset=utf-8"),
    };
    let Some(own) = node.get("content_type") else { return (body, content_type.to_owned()) };
    if body == Body::None {
        own.refuse("there is no body that this is the type of");
    }
    let text = own.text().unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        own.refuse("this has to be a type such as application/json");
    }
    (body, text.to_owned())
}

/// A document whose placeholders stand in texts and attributes, where what they bring is escaped.
fn xml(node: &Node<'_>) -> Template {
    // A character that no document has by chance.
    const MARK: &str = "\u{e000}";
    let template = template(node, Place::Part);
    let example = example(&template, MARK);
    match roxmltree::Document::parse(&example) {
        Err(error) => node.refuse(format!("this is not XML: {error}")),
        Ok(document) => {
            let marks = |text: &str| text.matches(MARK).count();
            let held = |node: roxmltree::Node<'_, '_>| {
                let text = if node.is_text() { marks(node.text().unwrap_or_default()) } else { 0 };
                text + node.attributes().map(|attribute| marks(attribute.value())).sum::<usize>()
            };
            if document.descendants().map(held).sum::<usize>() != marks(&example) || example.contains("<![CDATA[") {
                node.refuse("placeholders stand in the text of an element or in an attribute's value, and in no CDATA");
            }
        }
    }
    template
}

/// A template with this in place of every value.
fn example(template: &Template, value: &str) -> String {
    template.0.iter().map(|piece| if let Piece::Text(text) = piece { text } else { value }).collect()
}

fn credentials(node: &Node<'_>, signed: &[Signed]) -> Vec<Credential> {
    let declared = &node.reader.manifest.credentials;
    let mut named = Vec::new();
    for one in node.get("credentials").map(|node| node.each()).unwrap_or_default() {
        let Some(text) = one.text() else { continue };
        let (name, optional) = text.strip_suffix('?').map_or((text, false), |name| (name, true));
        if !declared.contains_key(name) {
            one.refuse(format!("connector.toml has no credential `{name}`"));
        }
        named.push(Credential { name: name.to_owned(), optional });
    }
    for Signed { credential, .. } in signed {
        if !named.iter().any(|known| known.name == *credential) {
            named.push(Credential { name: credential.clone(), optional: false });
        }
    }
    // There is one request, so a credential that it does not use is a slip.
    for (name, credential) in declared {
        if credential.exports.contains(&Export::Sms) && !named.iter().any(|known| known.name == *name) {
            node.refuse(format!("`credentials` does not name `{name}` of connector.toml, which would never be used"));
        }
    }
    named
}

/// What signs: by the kind that the manifest gives the credential.
fn signed(node: &Node<'_>) -> Vec<Signed> {
    let mut signed = Vec::new();
    for (field, kind) in [("sign", "hmac"), ("digest", "digest"), ("token", "jwt")] {
        let Some(all) = node.get(field) else { continue };
        for (name, entry) in all.entries() {
            let declared = node.reader.manifest.credentials.get(name);
            if declared.is_none_or(|found| found.kind.as_str() != kind) {
                entry.refuse(format!("connector.toml has no credential `{name}` of kind `{kind}`"));
            }
            let how = match field {
                "sign" => How::Sign(template(&entry, Place::Part)),
                "digest" => How::Digest(pairs(&entry, Place::Entry)),
                _ => How::Token(pairs(&entry, Place::Entry)),
            };
            signed.push(Signed { credential: name.to_owned(), how });
        }
    }
    signed
}
