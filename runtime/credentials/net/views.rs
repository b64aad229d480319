//! What a text says once its escapes are undone: a form that escapes more than it has to (`%63anary`, `&#99;anary`,
//! `\u0063anary`, base64 in lines) is found there. Pure.

use percent_encoding::percent_decode;

/// Views of `bytes` that differ from it.
pub(super) fn of(bytes: &[u8]) -> Vec<Vec<u8>> {
    let has = |byte: u8| bytes.contains(&byte);
    let mut views = Vec::new();
    if has(b'%') {
        views.push(percent_decode(bytes).collect());
    }
    if has(b'&') && has(b';') {
        views.push(without_entities(bytes));
    }
    if has(b'\\') {
        views.push(without_escapes(bytes));
    }
    if bytes.iter().any(u8::is_ascii_whitespace) {
        views.push(bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect());
    }
    views
}

/// `&#99;`, `&#x63;` and the five named ones of XML.
fn without_entities(bytes: &[u8]) -> Vec<u8> {
    replaced(bytes, b'&', |rest| {
        let end = rest.iter().take(12).position(|byte| *byte == b';')?;
        let name = std::str::from_utf8(rest.get(..end)?).ok()?;
        let character = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        };
        Some((character, end + 1))
    })
}

/// `\u0063`, `\x63` and the escapes of JSON (RFC 8259 §7).
fn without_escapes(bytes: &[u8]) -> Vec<u8> {
    replaced(bytes, b'\\', |rest| {
        let digits = |from: usize, to: usize| {
            let text = std::str::from_utf8(rest.get(from..to)?).ok()?;
            char::from_u32(u32::from_str_radix(text, 16).ok()?)
        };
        match rest.first()? {
            b'u' => Some((digits(1, 5)?, 5)),
            b'x' => Some((digits(1, 3)?, 3)),
            b'n' => Some(('\n', 1)),
            b't' => Some(('\t', 1)),
            b'r' => Some(('\r', 1)),
            other => Some((char::from(*other), 1)),
        }
    })
}

/// Replace what follows `sign` by a character, where `read` knows it; `read` answers it and the length that it read.
fn replaced(bytes: &[u8], sign: u8, read: impl Fn(&[u8]) -> Option<(char, usize)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match read(after).filter(|_| *first == sign) {
            Some((character, length)) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after.get(length..).unwrap_or_default();
            }
            None => out.push(*first),
        }
    }
    out
}
