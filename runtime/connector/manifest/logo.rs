//! A logo is shown in the operator's browser, and comes from an untrusted component: only shapes are permitted.

use crate::connector::reason::Reason;

const ELEMENTS: [&str; 18] = [
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "title",
    "desc",
    "defs",
    "linearGradient",
    "radialGradient",
    "stop",
    "text",
    "tspan",
    "clipPath",
];

/// What keeps a logo from being taken, if anything does.
pub fn lint(svg: &str) -> Option<Reason> {
    let refuse = |text: String| Some(Reason::at("logo", "/logo.svg", &text));
    if !svg.trim_start().starts_with("<svg") {
        return refuse("it has to begin with <svg>".into());
    }
    for tag in svg.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return refuse("a tag does not end".into()) };
        let tag = tag.trim_start_matches('/').trim_end_matches('/');
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        if !ELEMENTS.contains(&name.as_str()) {
            return refuse(format!("<{name}> is not a shape"));
        }
        if let Some(attribute) = bad_attribute(tag) {
            return refuse(format!("the attribute `{attribute}` is not taken"));
        }
    }
    None
}

/// Event handlers, styles, links, and references that leave the file.
fn bad_attribute(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    for part in lower.split_whitespace().skip(1) {
        let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':')).collect();
        if name.starts_with("on") || name.ends_with("href") || name == "style" || name.starts_with("xml:") {
            return Some(name);
        }
    }
    let escapes = lower.contains("javascript:") || lower.contains("data:") || lower.contains('&');
    let leaves =
        lower.replace(' ', "").match_indices("url(").any(|(at, _)| !lower.replace(' ', "")[at..].starts_with("url(#"));
    (escapes || leaves).then(|| "a reference".to_owned())
}

#[cfg(test)]
mod tests {
    use super::lint;

    #[test]
    fn shapes_are_taken() {
        assert_eq!(lint(r##"<svg viewBox="0 0 24 24"><path d="M0 0" fill="url(#g)"/><title>x</title></svg>"##), None);
    }

    #[test]
    fn what_could_do_something_is_not() {
        for svg in [
            "<svg><script>alert(1)</script></svg>",
            "<svg onload=\"x\"></svg>",
            "<svg><a href=\"https://e\"/></svg>",
            "<svg><image href=\"x\"/></svg>",
            "<svg><rect style=\"x\"/></svg>",
            "<svg><rect fill=\"url(https://e)\"/></svg>",
            "<svg><foreignObject/></svg>",
            "<!DOCTYPE x><svg/>",
            "<svg><use xlink:href=\"#a\"/></svg>",
            "<svg",
            "hello",
            "<svg><rect\nOnClick=\"x\"/></svg>",
            "<svg><rect fill=\"&#106;avascript:x\"/></svg>",
        ] {
            assert!(lint(svg).is_some(), "{svg}");
        }
    }
}
