//! How bytes are written where a provider's signature scheme is particular about it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// SHA-256 in lower-case hexadecimal, as canonical requests want a body's digest.
pub fn sha256_hex(data: impl AsRef<[u8]>) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(data.as_ref()) {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// SHA-256, as bytes.
pub fn sha256(data: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(data.as_ref()).into()
}

/// SHA-256 in base64, as a `content-sha256` header has it.
pub fn sha256_base64(data: impl AsRef<[u8]>) -> String {
    STANDARD.encode(Sha256::digest(data.as_ref()))
}

/// Base64 (RFC 4648 §4, with padding).
pub fn base64(data: impl AsRef<[u8]>) -> String {
    STANDARD.encode(data.as_ref())
}

/// The bytes that base64 stands for; none if it isn't base64.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}

/// The bytes that hexadecimal of either case stands for; none if it isn't hexadecimal.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().as_bytes();
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(value(high)? << 4 | value(low)?),
        _ => None,
    });
    pairs.collect()
}

/// Percent-encoding as AWS and Alibaba Cloud sign it: everything but the unreserved characters of RFC 3986 §2.3, so a
/// space is `%20`, `*` is `%2A`, and `~` stays.
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(digit(byte >> 4).to_ascii_uppercase());
            out.push(digit(byte & 15).to_ascii_uppercase());
        }
    }
    out
}

/// `name=value&…`, percent-encoded, in the order given: the query as it is sent.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let written = pairs.iter().map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)));
    written.collect::<Vec<_>>().join("&")
}

/// The body of an `application/x-www-form-urlencoded` request, where a signature covers it.
pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The fields of such a body, as a callback has them.
pub fn from_form(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// A query sorted by name, then value: the canonical query, as it is signed.
pub fn canonical_query(pairs: &[(&str, &str)]) -> String {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    query(&sorted)
}

/// Character data of an element or of a quoted attribute (XML 1.0 §2.4); none if it has a character that XML can't
/// carry. Line breaks as references: a parser would make spaces of them in an attribute, and drop carriage returns
/// everywhere.
pub fn xml(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => return None,
            other => out.push(other),
        }
    }
    Some(out)
}

/// The text of the first element of that local name in an answer in XML, for answers that are flat and have no CDATA;
/// none if there is no such element or it has elements inside.
pub fn xml_text(document: &str, name: &str) -> Option<String> {
    let mut rest = document;
    loop {
        let (_, tag) = rest.split_once('<')?;
        let (inside, after) = tag.split_once('>')?;
        let qualified = inside.split(|at: char| at.is_whitespace() || at == '/').next().unwrap_or_default();
        if qualified.rsplit(':').next() == Some(name) {
            let (text, closing) = if inside.ends_with('/') { ("", "/") } else { after.split_once('<')? };
            return closing.starts_with('/').then(|| unescape(text.trim()));
        }
        rest = after;
    }
}

fn unescape(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_one_that_everybody_knows() {
        assert_eq!(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(percent_encode("AZaz09-._~"), "AZaz09-._~");
        assert_eq!(percent_encode(" +*/:ü"), "%20%2B%2A%2F%3A%C3%BC");
    }

    #[test]
    fn a_canonical_query_is_sorted_and_a_sent_one_is_not() {
        let pairs = [("b", "1"), ("a", "x y"), ("B", "2")];
        assert_eq!(query(&pairs), "b=1&a=x%20y&B=2");
        assert_eq!(canonical_query(&pairs), "B=2&a=x%20y&b=1");
    }

    #[test]
    fn a_form_reads_back_as_it_was_written() {
        let body = form(&[("a b", "+&=ü"), ("a b", "")]);
        assert_eq!(body, "a+b=%2B%26%3D%C3%BC&a+b=");
        assert_eq!(from_form(body.as_bytes()), [("a b".into(), "+&=ü".into()), ("a b".into(), String::new())]);
    }

    #[test]
    fn xml_has_what_it_can_carry_and_nothing_else() {
        assert_eq!(xml("<a b='\"'>&\r\n\t😀").unwrap(), "&lt;a b=&apos;&quot;&apos;&gt;&amp;&#13;&#10;&#9;😀");
        assert_eq!((xml("a\0"), xml("\u{1b}"), xml("\u{ffff}")), (None, None, None));
    }

    #[test]
    fn the_first_element_of_a_name_is_read_whatever_its_prefix() {
        let document =
            "<?xml version=\"1.0\"?><a:R xmlns:a='u'><Code c='1'> x &lt;&amp;lt; </Code><Id/><In><B/></In></a:R>";
        assert_eq!(xml_text(document, "Code").as_deref(), Some("x <&lt;"));
        assert_eq!(xml_text(document, "Id").as_deref(), Some(""));
        for none in ["In", "R", "Other", ""] {
            assert_eq!(xml_text(document, none), None, "{none}");
        }
        assert_eq!(
            (xml_text("<Code>cut", "Code"), xml_text("<Code", "Code"), xml_text("", "Code")),
            (None, None, None)
        );
    }

    #[test]
    fn what_is_no_base64_or_hexadecimal_is_nothing() {
        assert_eq!(from_base64(&base64("\0ÿ")).as_deref(), Some("\0ÿ".as_bytes()));
        assert_eq!(from_base64("a"), None);
        assert_eq!(from_hex("00fF"), Some(vec![0, 255]));
        assert_eq!((from_hex("0"), from_hex("0g"), from_hex("+1")), (None, None, None));
    }
}
