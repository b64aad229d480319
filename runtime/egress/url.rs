//! The guest's URL, before anything is judged by it. Pure.
//!
//! The threat: a spelling that two parsers read differently, so that one host is judged and another is asked. A parser
//! after the WHATWG's rules drops tabs, turns `\` into `/` and `１２７` into `127`, and takes `0x7f.1` for an address. So
//! what is written has to be what is meant: anything that the parser would mend is refused, not mended.

use url::Url;

const BYTES_MAX: usize = 8 * 1024;

/// Read a URL, or say why it can't be used. Never quotes it: its query may hold a number or a code.
pub fn read(text: &str) -> Result<Url, String> {
    if text.len() > BYTES_MAX {
        return Err(format!("the URL has more than {BYTES_MAX} bytes"));
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err("the URL has a space, a control character or a backslash".into());
    }
    let url = Url::parse(text).map_err(|error| format!("the URL can't be used: {error}"))?;
    let written = text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
    let Some((scheme, rest)) = written.filter(|(scheme, _)| matches!(scheme.as_str(), "http" | "https")) else {
        return Err("the URL does not begin with https:// or http://".into());
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("the URL has user information; name a credential instead".into());
    }
    if url.fragment().is_some() {
        return Err("the URL has a fragment".into());
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    };
    if url.scheme() != scheme || url.host_str() != Some(&host.to_ascii_lowercase()) {
        return Err("the URL's host has a spelling that can be read in more than one way".into());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_meant() {
        for text in [
            "https://api.example.com/a?b=c",
            "HTTPS://API.example.com:443/",
            "http://127.0.0.1:8080/",
            "https://[2606:4700::1111]/",
            "https://[2606:4700::1111]:8443/",
            "https://api.example.com?to=%2B1",
            "https://api.example.com/a@b:c",
        ] {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn what_a_parser_would_mend_is_refused() {
        for text in [
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://2130706433/",
            "http://127.1/",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://%31%32%37.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://[0:0:0:0:0:0:0:1]/",
            "http://ⓛocalhost/",
            "https://аpi.example.com/",
            "https:/api.example.com/",
            "https:api.example.com/",
            "https:\\\\api.example.com/",
            "https://api.example.com\\@evil.example/",
            "https://evil.example@api.example.com/",
            "https://@api.example.com/",
            "https://api.example.com/a\tb",
            "\nhttps://api.example.com/",
            " https://api.example.com/",
            "https://api.exa\u{ad}mple.com/",
            "https://api.example.com/#a",
            "ftp://api.example.com/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "/send",
            "",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
        assert!(read(&format!("https://api.example.com/{}", "a".repeat(BYTES_MAX))).is_err());
    }
}
