//! What a browser says of itself, in two words: for a person who looks through his sessions.

/// Longest that is kept of what is not known.
const CHARACTERS_MAX: usize = 60;

/// In the order in which they are asked for: most of them also claim to be those after them.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Browser and system where they are known; else the beginning of what was said.
pub fn told(user_agent: &str) -> String {
    let find =
        |of: &[(&str, &'static str)]| of.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => user_agent.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(CHARACTERS_MAX).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_in_two_words() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(told(chrome), "Chrome on Linux");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1";
        assert_eq!(told(safari), "Safari on iPhone");
        assert_eq!(told("curl/8.5.0"), "curl");
    }

    #[test]
    fn what_is_strange_is_cut_and_has_no_control_characters() {
        assert_eq!(told("a\u{1b}[31m\r\nb"), "a[31mb");
        assert_eq!(told(&"x".repeat(500)).len(), CHARACTERS_MAX);
        assert_eq!(told(""), "");
    }
}
