//! The guest's headers, before they go anywhere.
//!
//! The threat: a header that makes two parties read one connection differently (a second Content-Length, a line break
//! in a value), or that makes the provider answer something else than it was asked. So the host owns those headers and
//! refuses them from a guest.

use http::{HeaderMap, HeaderName, HeaderValue};

const OWNED: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "range",
    "accept-encoding",
    "origin",
    "referer",
    "cookie",
    "keep-alive",
    "http2-settings",
];

const COUNT_MAX: usize = 64;
const BYTES_MAX: usize = 32 * 1024;

/// Take the guest's headers, or say which can't be taken. Never quotes a value.
pub fn clean<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<HeaderMap, String> {
    let mut clean = HeaderMap::new();
    let mut bytes = 0;
    for (name, value) in headers {
        bytes += name.len() + value.len();
        if clean.len() >= COUNT_MAX || bytes > BYTES_MAX {
            return Err(format!("more than {COUNT_MAX} headers or {BYTES_MAX} bytes of them"));
        }
        let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        let parsed =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{shown}` is not a header's name"))?;
        if OWNED.contains(&parsed.as_str()) || parsed.as_str().starts_with("proxy-") {
            return Err(format!("the header `{shown}` belongs to the host"));
        }
        // `from_str` takes visible ASCII only: no CR, LF, NUL, and nothing that two parsers decode differently.
        let value = HeaderValue::from_str(value)
            .map_err(|_| format!("the value of `{shown}` has a character that a header can't carry"))?;
        clean.append(parsed, value);
    }
    Ok(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_headers_are_refused_in_any_case() {
        for name in [
            "Host",
            "CONTENT-LENGTH",
            "transfer-encoding",
            "Connection",
            "TE",
            "Trailer",
            "Upgrade",
            "Expect",
            "Range",
            "Accept-Encoding",
            "Origin",
            "Referer",
            "Cookie",
            "Proxy-Authorization",
            "proxy-connection",
        ] {
            let error = clean([(name, "x")]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_line_break_smuggles_nothing() {
        for value in ["a\r\nHost: evil", "a\nb", "a\rb", "a\0b"] {
            assert!(clean([("x-a", value)]).is_err());
        }
        for name in ["x a", "x:a", "x\r\n", ""] {
            assert!(clean([(name, "v")]).is_err());
        }
    }

    #[test]
    fn a_refusal_does_not_quote_the_value() {
        assert!(!clean([("x-a", "canary\n")]).unwrap_err().contains("canary"));
    }

    #[test]
    fn what_a_provider_needs_passes_and_repeats_stay() {
        let clean = clean([("Content-Type", "application/json"), ("X-Tag", "1"), ("x-tag", "2")]).unwrap();
        assert_eq!(clean.get_all("x-tag").iter().count(), 2);
        assert_eq!(clean.get("content-type").unwrap(), "application/json");
    }

    #[test]
    fn a_flood_of_headers_is_refused() {
        let many: Vec<(String, String)> = (0..100).map(|n| (format!("x-{n}"), String::new())).collect();
        assert!(clean(many.iter().map(|(n, v)| (n.as_str(), v.as_str()))).is_err());
        let big = "v".repeat(BYTES_MAX);
        assert!(clean([("x", big.as_str())]).is_err());
    }
}
