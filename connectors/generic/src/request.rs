//! The request, as the provider wants it.

use countersign_sdk::{Failure, FailureKind as K, Request as Sent, encoding, failure, signing};

use crate::fill::{Values, refused};
use crate::shape::{Body, Request, Template, Tree};

pub(crate) fn build(request: &Request, values: &Values<'_>) -> Result<Sent, Failure> {
    let mut sent = Sent::new(&request.method, url(request, values)?);
    for (name, value) in values.pairs(&request.headers)? {
        sent = sent.header(name, value);
    }
    for credential in &request.credentials {
        if !credential.optional || signing::is_set(&credential.name) {
            sent = sent.credential(&credential.name);
        }
    }
    let body = match &request.body {
        Body::None => return Ok(sent),
        Body::Form(pairs) => {
            let pairs = values.pairs(pairs)?;
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            encoding::form(&pairs)
        }
        Body::Json(tree) => {
            let mut out = String::new();
            json(tree, values, &mut out)?;
            out
        }
        Body::Xml(template) => xml(template, values)?,
        Body::Text(template) => values.whole(template, str::to_owned)?,
    };
    Ok(sent.content(&request.content_type, body))
}

fn url(request: &Request, values: &Values<'_>) -> Result<String, Failure> {
    let base = match &request.base {
        None => String::new(),
        Some(field) => base(field, values)?,
    };
    let mut url = base + &values.whole(&request.url, encoding::percent_encode)?;
    let path = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest).split('?').next().unwrap_or_default();
    // A value is one segment of the path, and none that climbs out of its place.
    if path.split('/').skip(1).any(|segment| matches!(segment, "." | "..")) {
        return Err(refused("a value makes a segment `.` or `..` of the URL's path"));
    }
    for (name, value) in values.pairs(&request.query)? {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&encoding::query(&[(name, &value)]));
    }
    Ok(url)
}

/// A gateway's own URL, from the configuration: what follows is a path of it.
fn base(field: &str, values: &Values<'_>) -> Result<String, Failure> {
    let url = values.config(field).unwrap_or_default();
    let is_url = url.starts_with("https://") || url.starts_with("http://");
    if is_url && !url.contains(['?', '#', '@']) {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    Err(refused(format!("`{field}` is not the URL of a gateway: https://, a host, and a path if it has one")))
}

/// A member or element whose optional value is missing is left out.
fn json(tree: &Tree, values: &Values<'_>, out: &mut String) -> Result<bool, Failure> {
    match tree {
        Tree::Fixed(written) => out.push_str(written),
        Tree::Text(template) => match values.fill(template, str::to_owned)? {
            Some(text) => out.push_str(&quoted(&text)),
            None => return Ok(false),
        },
        Tree::Raw(value) => match values.value(value)? {
            Some(written) => out.push_str(&written),
            None => return Ok(false),
        },
        Tree::Object(members) => {
            out.push('{');
            let mut any = false;
            for (name, value) in members {
                let before = out.len();
                if any {
                    out.push(',');
                }
                out.push_str(&quoted(name));
                out.push(':');
                if json(value, values, out)? { any = true } else { out.truncate(before) }
            }
            out.push('}');
        }
        Tree::Array(elements) => {
            out.push('[');
            let mut any = false;
            for value in elements {
                let before = out.len();
                if any {
                    out.push(',');
                }
                if json(value, values, out)? { any = true } else { out.truncate(before) }
            }
            out.push(']');
        }
    }
    Ok(true)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn xml(template: &Template, values: &Values<'_>) -> Result<String, Failure> {
    let unfit = std::cell::Cell::new(false);
    let filled = values.whole(template, |value| {
        encoding::xml(value).unwrap_or_else(|| {
            unfit.set(true);
            String::new()
        })
    })?;
    if unfit.get() {
        return Err(failure(K::ContentRejected, "the message has a character that XML can't carry"));
    }
    Ok(filled)
}
