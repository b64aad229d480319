//! Whether a person reads what a program does.
//!
//! The threat: an operator approves words, and the words come from the component. A character that turns the direction
//! of writing, takes no room, or looks like another one makes him read another host, path or field than the one that
//! is meant. So what goes into an approval is printable ASCII of a few signs, and names for people have nothing in them
//! that can't be seen.

use serde_json::Value;

use super::Manifest;
use crate::connector::reason::Reason;
use crate::egress::{is_override_header, is_owned_header};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
/// More than these nobody reads before approving them.
const ENTRIES_MAX: usize = 64;
const TEXT_BYTES_MAX: usize = 2_000;

/// Everything that would be read in another way.
pub(super) fn lint(manifest: &Manifest) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut refuse = |pointer: &str, text: &str| reasons.push(Reason::at("unreadable", pointer, text));
    let texts = [("/name", &manifest.name), ("/summary", &manifest.summary)].into_iter();
    for (pointer, text) in texts.chain(manifest.verified.iter().map(|verified| ("/verified/with", &verified.with))) {
        if let Some(why) = misleads(text) {
            refuse(pointer, why);
        }
    }
    for (pointer, link) in [("/website", &manifest.website), ("/documentation", &manifest.documentation)] {
        if link.as_ref().is_some_and(|link| !is_ascii(link) || crate::egress::read_url(link).is_err()) {
            refuse(pointer, "is an address of visible ASCII, without user information and fragment");
        }
    }
    let lists = [("/hosts", &manifest.hosts), ("/secrets", &manifest.secrets), ("/public", &manifest.public)];
    for (pointer, list) in lists {
        if list.len() > ENTRIES_MAX {
            refuse(pointer, "has more entries than a person would read: at most 64");
        }
        for (index, _) in list.iter().enumerate().filter(|(_, entry)| !is_ascii(entry) || entry.contains(' ')) {
            refuse(&format!("{pointer}/{index}"), "has a character that is none of visible ASCII");
        }
    }
    if manifest.countries.iter().any(|country| country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase())) {
        refuse("/countries", "are ISO 3166-1 codes such as `DE`");
    }
    if manifest.credentials.len() > ENTRIES_MAX {
        refuse("/credentials", "are more than a person would read: at most 64");
    }
    for (name, declared) in &manifest.credentials {
        let declared = serde_json::to_value(declared).unwrap_or_default();
        credential(&format!("/credentials/{}", escaped(name)), &declared, &mut refuse);
    }
    reasons
}

/// Judged as JSON, so that a kind of credential which is new here is judged by the same rules.
fn credential(pointer: &str, declared: &Value, refuse: &mut impl FnMut(&str, &str)) {
    if !all_ascii(declared) {
        refuse(pointer, "has a text that is not of visible ASCII, or is longer than 2000 bytes");
    }
    let list = |field: &str| declared.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let (methods, paths) = (list("methods"), list("paths"));
    if methods.len() + paths.len() + list("hosts").len() > ENTRIES_MAX {
        refuse(pointer, "has more methods, paths and hosts than a person would read: at most 64");
    }
    // One that the configuration names is judged when it is known.
    let named = |m: &str| m.starts_with("{config.") && m.ends_with('}');
    let known = |method: &Value| {
        method.as_str().is_some_and(|m| named(m) || METHODS.contains(&m.to_ascii_uppercase().as_str()))
    };
    if !methods.iter().all(known) {
        refuse(pointer, "names a method that is none of GET, POST, PUT, PATCH, DELETE, HEAD");
    }
    if !paths.iter().filter_map(Value::as_str).all(is_path) {
        refuse(pointer, "names a path with a sign that is read in more than one way");
    }
    let pinned = declared.get("pinned").and_then(Value::as_object).cloned().unwrap_or_default();
    let values = pinned.values().filter_map(Value::as_str).chain(pinned.keys().map(String::as_str));
    // An approval lists them as `only with a = b, only with c = d`.
    if values.into_iter().any(|value| value.contains([' ', ','])) {
        refuse(pointer, "pins a field or value with a space or a comma, which would read as more than one");
    }
    let header = declared.get("name").filter(|_| declared.get("kind").and_then(Value::as_str) == Some("header"));
    let header = header.or_else(|| declared.pointer("/place/header"));
    if let Some(name) = header.and_then(Value::as_str).map(str::to_ascii_lowercase) {
        // A cookie is the one header of the host's that a provider may want a secret in.
        if http::HeaderName::from_bytes(name.as_bytes()).is_err()
            || is_owned_header(&name) && name != "cookie"
            || is_override_header(&name)
        {
            refuse(pointer, "names a header that no credential is written into");
        }
    }
}

/// Slashes, segments, `*` and placeholders: nothing that is decoded, resolved or split off.
fn is_path(path: &str) -> bool {
    let signs = |b: u8| b.is_ascii_alphanumeric() || b"/-._~*{}:@+=$!'()%".contains(&b);
    let lower = path.to_ascii_lowercase();
    path.bytes().all(signs)
        && !["%2f", "%5c", "%2e", "%00"].iter().any(|encoded| lower.contains(encoded))
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

fn is_ascii(text: &str) -> bool {
    text.len() <= TEXT_BYTES_MAX && text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

fn all_ascii(value: &Value) -> bool {
    match value {
        Value::String(text) => is_ascii(text),
        Value::Array(items) => items.iter().all(all_ascii),
        Value::Object(members) => members.iter().all(|(name, value)| is_ascii(name) && all_ascii(value)),
        _ => true,
    }
}

/// Why a text for people can't be taken as it reads.
fn misleads(text: &str) -> Option<&'static str> {
    if text.chars().any(is_unseen) {
        return Some("has a character that is not seen, or that turns the direction of what is read");
    }
    let mixed = |word: &str| word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(is_look_alike);
    if text.split_whitespace().any(mixed) {
        return Some("has a word of Latin letters and of letters that look like them");
    }
    None
}

/// Controls, marks of direction, what has no width, tags, private use (Unicode 16, general categories Cc, Cf, Co).
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e
            | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb
            | 0xe000..=0xf8ff | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0x10ffff)
}

/// Greek, Cyrillic, Armenian, Cherokee, full-width and mathematical letters: whole alphabets that look like ours.
fn is_look_alike(c: char) -> bool {
    matches!(u32::from(c),
        0x370..=0x3ff | 0x400..=0x52f | 0x530..=0x58f | 0x13a0..=0x13ff | 0xab70..=0xabbf | 0x1d400..=0x1d7ff
        | 0xff21..=0xff5a)
}

/// A name inside a JSON Pointer (RFC 6901), and nothing in it that could not be seen.
fn escaped(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic()).collect::<String>().replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::manifest::parse;

    fn faults(name: &str, more: &str) -> Vec<String> {
        let text = format!(
            "id='x'\nname={}\nversion='1.0.0'\ncontract='1.0.0'\nchannel='sms'\nsummary='s'\n{more}",
            Value::from(name)
        );
        lint(&parse(&text).unwrap()).into_iter().map(|reason| reason.to_string()).collect()
    }

    #[test]
    fn names_in_any_language_are_taken() {
        for name in ["Twilio", "阿里云短信", "Яндекс SMS", "شركة الرسائل", "Ελλάδα", "Télécom d’Été"]
        {
            assert!(faults(name, "").is_empty(), "{name}: {:?}", faults(name, ""));
        }
    }

    #[test]
    fn what_is_not_seen_or_looks_like_another_is_not_taken() {
        for name in
            ["Twi\u{200b}lio", "Tw\u{202e}oil", "Тwilio", "Twili\u{3bf}", "Twilio\u{e0041}", "Ｔwilio", "a\u{feff}b"]
        {
            assert_eq!(faults(name, "").len(), 1, "{name:?}");
        }
    }

    #[test]
    fn what_is_approved_is_plain_to_read() {
        let with = |line: &str| {
            let credential =
                "[credentials.k]\nkind='header'\nname='X-Key'\nsecret='t'\nmethods=['POST']\npaths=['/send']\n";
            let key = line.split('=').next().unwrap_or_default();
            let kept = credential.lines().filter(|kept| !kept.starts_with(&format!("{key}=")));
            let text: String = kept.map(|kept| format!("{kept}\n")).collect();
            faults("x", &format!("{text}{line}\n"))
        };
        assert!(with("paths=['/v1/{config.account}/*/send', '/bot//send']").is_empty());
        assert!(with("name='cookie'").is_empty());
        for line in [
            "paths=[\"/send\\u202edees\"]",
            "paths=['/sénd']",
            "paths=['/a/../b']",
            "paths=['/a%2fb']",
            "paths=['/a;b']",
            "paths=['/a,/b']",
            "methods=['POST or GET']",
            "methods=['TRACE']",
            "name='Host'",
            "name='content_length'",
            "name='X-HTTP-Method-Override'",
            "name='a b'",
            "prefix=\"\\u200b\"",
            "pinned={'form.a' = 'b, only with form.c = d'}",
        ] {
            assert!(!with(line).is_empty(), "{line}");
        }
    }
}
