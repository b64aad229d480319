//! Links: what a phone makes one of, and a carrier filters.

/// Endings of names that phones know; a link with a path needs none of them.
const KNOWN: &[&str] =
    &["com", "net", "org", "info", "biz", "io", "app", "co", "me", "ly", "dev", "link", "xyz", "shop"];

/// The first link of a text.
pub(super) fn of(text: &str) -> Option<&str> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/'));
    words.into_iter().find(|word| is_link(&word.to_ascii_lowercase()))
}

fn is_link(word: &str) -> bool {
    if word.contains("://") || word.starts_with("www.") {
        return true;
    }
    let (host, path) = word.split_once('/').map_or((word, None), |(host, path)| (host, Some(path)));
    let Some((name, last)) = host.rsplit_once('.') else { return false };
    let labels =
        name.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let is_name = last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()) && !word.contains('@');
    labels && is_name && (path.is_some() || KNOWN.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_found_however_it_is_written() {
        for (text, link) in [
            ("Go to https://a.example/x now", "https://a.example/x"),
            ("see www.shop.example.", "www.shop.example"),
            ("(bit.ly/3xYz)", "bit.ly/3xYz"),
            ("123456 is your Shop.com code", "Shop.com"),
        ] {
            assert_eq!(of(text), Some(link), "{text}");
        }
        for text in
            ["Valid for 10 min. Do not share.", "1.5 minutes", "e.g. 123456", "and/or", "mail a@b.com", "10.Do it"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
