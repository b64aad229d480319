//! What was expected and what was there, as lines that a person can read. Pure.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::clock::Timestamp;
use crate::connector::contract::{CodeVerdict, Failure, Handled, Money, Pair, Receipt, Standing, Started};
use crate::connector::stand_in::Asked;
use crate::connector::transcript::{
    ExpectedFailure, ExpectedHandled, ExpectedReceipt, ExpectedRequest, ExpectedStanding, ExpectedStart,
};

fn differ<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Option<String> {
    (expected != found).then(|| format!("{what}: expected {expected:?}, found {found:?}"))
}

/// A request on the wire.
pub(super) fn request(expected: &ExpectedRequest, seen: &Asked) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(differ("method", &expected.method, &seen.method));
    if let Ok(url) = Url::parse(&expected.url) {
        out.extend(differ("host", &url.authority(), &seen.host.as_str()));
        let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        out.extend(differ("path", &target, &seen.target));
    }
    for (name, value) in &expected.headers {
        let found = seen.header(name);
        out.extend(differ(&format!("header {name}"), &Some(value.as_str()), &found));
    }
    if let Some(form) = &expected.form {
        let found: Vec<(String, String)> = form_urlencoded::parse(&seen.body).into_owned().collect();
        let count = found.len();
        let found: BTreeMap<String, String> = found.into_iter().collect();
        if count != found.len() {
            out.push("form: a field is there twice".to_owned());
        }
        for name in form.keys().chain(found.keys()).collect::<std::collections::BTreeSet<_>>() {
            out.extend(differ(&format!("form field {name}"), &form.get(name), &found.get(name)));
        }
    }
    if let Some(json) = &expected.json {
        match serde_json::from_slice::<Value>(&seen.body) {
            Ok(found) => out.extend(differ("json", json, &found)),
            Err(error) => out.push(format!("json: the body is none: {error}")),
        }
    }
    if let Some(text) = &expected.text {
        out.extend(differ("body", text, &String::from_utf8_lossy(&seen.body).into_owned()));
    }
    if let Some(base64) = &expected.base64 {
        out.extend(differ("body (base64)", base64, &STANDARD.encode(&seen.body)));
    }
    out
}

/// A receipt.
pub(super) fn receipt(expected: &ExpectedReceipt, found: &Receipt) -> Vec<String> {
    let ids = expected.message_ids.as_ref().and_then(|ids| differ("message_ids", ids, &found.message_ids));
    let segments = expected.segments.and_then(|segments| differ("segments", &Some(segments), &found.segments));
    let status = expected.status.and_then(|status| differ("status", &status, &found.status));
    let price = given("price", &expected.price, &money(&found.price));
    ids.into_iter().chain(segments).chain(status).chain(price).chain(extra(&expected.extra, &found.extra)).collect()
}

/// What differs of a value, if one is expected.
fn given<T: PartialEq + std::fmt::Debug>(what: &str, expected: &Option<T>, found: &Option<T>) -> Option<String> {
    expected.as_ref().and_then(|_| differ(what, expected, found))
}

fn money(money: &Option<Money>) -> Option<String> {
    money.as_ref().map(|money| format!("{} {}", money.amount, money.currency))
}

fn extra(expected: &BTreeMap<String, String>, found: &[Pair]) -> Vec<String> {
    let value = |name: &String| found.iter().find(|pair| pair.name == *name).map(|pair| &pair.value);
    expected.iter().filter_map(|(name, text)| differ(&format!("extra {name}"), &Some(text), &value(name))).collect()
}

/// A verification that was started.
pub(super) fn started(expected: &ExpectedStart, found: &Started) -> Vec<String> {
    let id = expected.id.as_ref().and_then(|id| differ("id", id, &found.id));
    let told = |what, expected: Option<u32>, found: Option<u32>| expected.and_then(|_| differ(what, &expected, &found));
    let life = told("expires_in_seconds", expected.expires_in_seconds, found.expires_in_seconds);
    id.into_iter().chain(life).chain(told("segments", expected.segments, found.segments)).collect()
}

/// What the provider said of a code.
pub(super) fn verdict(expected: CodeVerdict, found: CodeVerdict) -> Vec<String> {
    differ("verdict", &expected.as_str(), &found.as_str()).into_iter().collect()
}

/// A failure.
pub(super) fn failure(expected: &ExpectedFailure, found: &Failure) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(differ("kind", &expected.kind.as_str(), &found.kind.as_str()));
    out.extend(differ("certainty", &expected.certainty, &found.certainty));
    if expected.provider_code.is_some() {
        out.extend(differ("provider_code", &expected.provider_code, &found.provider_code));
    }
    if expected.retry_after_seconds.is_some() {
        out.extend(differ("retry_after_seconds", &expected.retry_after_seconds, &found.retry_after_seconds));
    }
    if !out.is_empty() {
        out.push(format!("its text: {}", found.text));
    }
    out
}

/// An account's standing.
pub(super) fn standing(expected: &ExpectedStanding, found: &Standing) -> Vec<String> {
    let balance = given("balance", &expected.balance, &money(&found.balance));
    let name = given("name", &expected.name, &found.name);
    balance.into_iter().chain(name).chain(extra(&expected.extra, &found.extra)).collect()
}

/// What a callback was read as.
pub(super) fn handled(expected: &ExpectedHandled, found: &Handled) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(differ("verified", &expected.verified, &found.verified));
    out.extend(expected.status.and_then(|status| differ("status of the answer", &status, &found.answer.status)));
    let Some(reports) = &expected.reports else { return out };
    out.extend(differ("number of reports", &reports.len(), &found.reports.len()));
    for (index, (expected, found)) in reports.iter().zip(&found.reports).enumerate() {
        let at = |field: &str| format!("report {index}, {field}");
        out.extend(differ(&at("status"), &expected.status, &found.status));
        let ids = expected.message_ids.as_ref();
        out.extend(ids.and_then(|ids| differ(&at("message_ids"), ids, &found.message_ids)));
        for (field, expected, found) in [
            ("reference", &expected.reference, &found.reference),
            ("provider_code", &expected.provider_code, &found.provider_code),
            ("text", &expected.text, &found.text),
            ("network", &expected.network, &found.network),
            ("price", &expected.price, &money(&found.price)),
        ] {
            out.extend(given(&at(field), expected, found));
        }
        out.extend(given(&at("kind"), &expected.kind, &found.kind));
        out.extend(given(&at("at"), &expected.at, &found.at.map(Timestamp::as_millis)));
        out.extend(given(&at("segments"), &expected.segments, &found.segments));
    }
    out
}
