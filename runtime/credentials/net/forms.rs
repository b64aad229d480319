//! The forms in which a value may be written. Pure.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::MASKED_BYTES_MIN;

/// RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Longer values are keys in PEM, which stay in the host: they are searched for line by line.
const WHOLE_BYTES_MAX: usize = 512;

/// A shorter value stands in other text by chance.
const SHOWN_BYTES_MIN: usize = 8;
/// The same of a value that is encoded.
const ENCODED_BYTES_MIN: usize = 5;

/// Every form, each once.
pub(super) fn of(value: &str) -> BTreeSet<Vec<u8>> {
    if value.len() > WHOLE_BYTES_MAX {
        return value.lines().filter(|line| is_material(line)).map(|line| line.as_bytes().to_vec()).collect();
    }
    let mut forms = every(value);
    // The end of a base64 text depends on what follows, so short values give short forms, which stand in text by chance.
    forms.retain(|form| form.len() >= MASKED_BYTES_MIN);
    forms
}

/// Forms of a value that may be short, in which it is not read: those that show it are left out, unless it is long
/// enough to be looked for under escapes.
pub(super) fn encoded(value: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = every(value);
    let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
    forms.extend([hex::encode(&wide).into_bytes(), hex::encode_upper(&wide).into_bytes()]);
    forms.retain(|form| match form == value.as_bytes() {
        true => form.len() >= SHOWN_BYTES_MIN,
        false => form.len() >= ENCODED_BYTES_MIN,
    });
    forms
}

fn every(value: &str) -> BTreeSet<Vec<u8>> {
    let percent = utf8_percent_encode(value, RESERVED).to_string();
    let json = serde_json::Value::String(value.to_owned()).to_string();
    let json = json.trim_start_matches('"').trim_end_matches('"').to_owned();
    let html = html(value);
    let texts = [
        value.to_owned(),
        lower_escapes(&percent),
        percent,
        form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        json.replace('/', "\\/"),
        json,
        html.replace("&#39;", "&#x27;"),
        html.replace("&#39;", "&apos;"),
        html,
        hex::encode(value),
        hex::encode_upper(value),
    ];
    let wide = |bytes: fn(u16) -> [u8; 2]| value.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let mut forms: BTreeSet<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    forms.extend([wide(u16::to_le_bytes), wide(u16::to_be_bytes)]);
    forms.extend(base64(value));
    forms
}

/// A line of a PEM file that is neither its head nor its foot.
fn is_material(line: &str) -> bool {
    line.len() >= MASKED_BYTES_MIN && !line.starts_with("-----")
}

/// Wherever a value stands in what is encoded, three alignments are possible (RFC 4648 §4: three bytes are four digits).
/// The digits at both ends hold bits of the neighbours and are left out.
fn base64(value: &str) -> impl Iterator<Item = Vec<u8>> {
    (0..3usize).flat_map(move |offset| {
        let padded = [&vec![0; offset], value.as_bytes()].concat();
        let first = (offset * 8).div_ceil(6);
        let last = padded.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)]
            .into_iter()
            .filter_map(move |digits| digits.get(first..last).map(|digits| digits.as_bytes().to_vec()))
    })
}

fn html(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// `%2F` → `%2f`.
fn lower_escapes(percent: &str) -> String {
    let mut parts = percent.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        out.push('%');
        out.push_str(&code.to_ascii_lowercase());
        out.push_str(rest);
    }
    out
}
