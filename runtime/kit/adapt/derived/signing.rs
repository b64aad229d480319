//! Signatures: which keyed hash made the one in the request, and by which chain of keys.

use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::entry;
use crate::kit::adapt::described::{Asked, Hash, Run};
use crate::kit::adapt::spelled::Fields;

/// The day of every description.
const DAY_EXTENDED: &str = "2026-01-15";
const DAY_BASIC: &str = "20260115";

/// The bindings of the signatures in a request, each with its secret.
pub(super) fn find(run: &Run, asked: &Asked, fields: &Fields<'_>) -> Vec<(Vec<String>, Map<String, Value>)> {
    run.hashes.iter().filter_map(|hash| signature(run, asked, fields, hash)).collect()
}

/// Whether a secret is in what is signed, where the host can't put it.
pub(super) fn signs_secret(run: &Run, fields: &Fields<'_>) -> bool {
    run.hashes.iter().any(|hash| fields.secrets().any(|(_, own)| hash.data.contains(own)))
}

fn signature(run: &Run, asked: &Asked, fields: &Fields<'_>, hash: &Hash) -> Option<(Vec<String>, Map<String, Value>)> {
    let value = hash.value.as_deref()?;
    let (place, name) = place(asked, value)?;
    let mut chain = Vec::new();
    let mut root = hash;
    while let Some(parent) = &root.parent {
        root = run.hashes.iter().find(|other| other.result == *parent)?;
        chain.push(dated(&fields.spell(&root.data)));
    }
    chain.reverse();
    let key = root.key.as_deref()?;
    let (field, own) = fields.secrets().find(|(_, own)| key.contains(own))?;
    let (prefix, suffix) = key.split_once(own)?;
    let mut kind = Map::new();
    entry(&mut kind, "kind", "hmac");
    entry(&mut kind, "secret", field);
    entry(&mut kind, "digest", hash.algorithm.as_str());
    for (member, text) in [("prefix", prefix), ("suffix", suffix)].into_iter().filter(|(_, text)| !text.is_empty()) {
        entry(&mut kind, member, text);
    }
    if !chain.is_empty() {
        entry(&mut kind, "chain", chain);
    }
    entry(&mut kind, "encoding", hash.encoding.as_deref()?);
    let mut at = Map::new();
    entry(&mut at, place, name);
    entry(&mut kind, "place", at);
    Some((vec![field.to_owned()], kind))
}

/// Where in the request a signature stands.
fn place(asked: &Asked, value: &str) -> Option<(&'static str, String)> {
    let named =
        |pairs: form_urlencoded::Parse<'_>| pairs.into_owned().find(|(_, own)| own == value).map(|(name, _)| name);
    let header = asked.headers.iter().find(|own| own.value.contains(value)).map(|own| ("header", own.name.clone()));
    let form = || asked.is_form().then(|| named(form_urlencoded::parse(asked.body.as_bytes()))).flatten();
    let query = || named(form_urlencoded::parse(Url::parse(&asked.url).ok()?.query()?.as_bytes()));
    header.or_else(|| form().map(|name| ("form", name))).or_else(|| query().map(|name| ("query", name)))
}

fn dated(link: &str) -> String {
    link.replace(DAY_EXTENDED, "{date:extended}").replace(DAY_BASIC, "{date:basic}")
}
