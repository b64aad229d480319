//! The guest's headers, before they go anywhere.
//!
//! The threat: a header that makes two parties read one connection differently (a second Content-Length, a line break
//! in a value), or that makes the provider do something else than it was asked: frameworks and proxies take another
//! method, host or path from a header, and then the request that was judged is not the one that is served. So the host
//! owns those headers and refuses them from a guest, also with `_` for `-`, which gateways make the same of.

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
    "traceparent",
    "tracestate",
];

/// What a provider may read in place of the request's own method, host, path or body.
const OVERRIDES: &[&str] = &[
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-original-method",
    "x-original-url",
    "x-original-uri",
    "x-original-path",
    "x-original-host",
    "x-rewrite-url",
    "x-override-url",
    "x-envoy-original-path",
    "x-http-path-override",
    "x-http-host-override",
    "x-host",
    "forwarded",
    "content-encoding",
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
        if is_owned(parsed.as_str()) {
            return Err(format!("the header `{shown}` belongs to the host"));
        }
        if is_override(parsed.as_str()) {
            return Err(format!("the header `{shown}` could make a provider read another request than this one"));
        }
        // Visible ASCII only: no CR, LF, NUL, and nothing that two parsers decode differently. The type itself would
        // take other bytes, among them characters that end in CR for whoever keeps one byte of each.
        let value = Some(value).filter(|value| value.bytes().all(|b| matches!(b, b'\t' | b' '..=b'~')));
        let value = value
            .and_then(|value| HeaderValue::from_str(value).ok())
            .ok_or_else(|| format!("the value of `{shown}` has a character that a header can't carry"))?;
        clean.append(parsed, value);
    }
    Ok(clean)
}

/// Whether the host alone writes that header; the name in lower case.
pub fn is_owned(name: &str) -> bool {
    let name = name.replace('_', "-");
    OWNED.contains(&name.as_str()) || name.starts_with("proxy-")
}

/// Whether a provider could take that header for a part of the request; the name in lower case.
pub fn is_override(name: &str) -> bool {
    let name = name.replace('_', "-");
    OVERRIDES.contains(&name.as_str()) || name.starts_with("x-forwarded-")
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
            "Traceparent",
            "tracestate",
        ] {
            let error = clean([(name, "x")]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn what_a_provider_could_take_for_the_request_is_refused_with_either_stroke() {
        for name in ["X-HTTP-Method-Override", "x_http_method", "X-Forwarded-Host", "X_FORWARDED_FOR", "X-Original-URL"]
        {
            let error = clean([(name, "x")]).unwrap_err();
            assert!(error.contains(name) && error.contains("another request"), "{error}");
        }
        assert!(clean([("Content_Length", "1")]).unwrap_err().contains("belongs to the host"));
        assert!(clean([("X-Forward-Id", "1"), ("X-Request-Id", "2")]).is_ok());
    }

    #[test]
    fn a_line_break_smuggles_nothing() {
        for value in ["a\r\nHost: evil", "a\nb", "a\rb", "a\0b", "a\u{10d}\u{10a}b", "ä"] {
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
