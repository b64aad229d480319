//! The package's logo, reduced to what a logo here may have: its shapes, with their paint.

use std::fmt::Write as _;

use roxmltree::{Document, Node};

use crate::connector::manifest::lint_logo;

/// More than this no package holds (`connector/package.rs`).
const BYTES_MAX: usize = 32 << 10;

/// A logo of the package's, or a drawn one with the first letter of its name.
pub(super) fn of(svg: Option<&str>, name: &str) -> String {
    svg.and_then(reduced).unwrap_or_else(|| drawn(name))
}

fn reduced(svg: &str) -> Option<String> {
    // What a drawing program writes before the root, which neither parser nor browser needs.
    let svg = svg.get(svg.find("<svg")?..)?;
    let document = Document::parse(svg).ok()?;
    let styles = styles(&document);
    let mut out = String::new();
    write_element(document.root_element(), &styles, &mut out)?;
    let shows = ["<path", "<rect", "<circle", "<polygon", "<ellipse"].iter().any(|shape| out.contains(shape));
    (shows && out.len() <= BYTES_MAX && lint_logo(&out).is_none()).then_some(out)
}

fn write_element(node: Node<'_, '_>, styles: &[(String, String)], out: &mut String) -> Option<()> {
    let name = node.tag_name().name();
    if lint_logo(&format!("<svg><{name}></{name}></svg>")).is_some() {
        return Some(());
    }
    write!(out, "<{name}").ok()?;
    if name == "svg" && node.parent_element().is_none() {
        out.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
    }
    let own = node
        .attributes()
        .filter(|own| own.namespace().is_none())
        .map(|own| (own.name().to_owned(), own.value().to_owned()));
    let own: Vec<(String, String)> = own.collect();
    let class = node.attribute("class").unwrap_or_default();
    let by_class = class
        .split_whitespace()
        .flat_map(|class| styles.iter().filter(move |(own, _)| own == class))
        .map(|(_, css)| css.as_str());
    let painted: Vec<(String, String)> = by_class.chain(node.attribute("style")).flat_map(declarations).collect();
    let kept = own.into_iter().filter(|(name, _)| name != "class" && !painted.iter().any(|(other, _)| other == name));
    for (attribute, value) in kept.chain(painted.clone()) {
        let written = format!(" {attribute}=\"{}\"", value.split_whitespace().collect::<Vec<_>>().join(" "));
        if lint_logo(&format!("<svg{written}></svg>")).is_none() {
            out.push_str(&written);
        }
    }
    out.push('>');
    for child in node.children() {
        match child.text().filter(|_| child.is_text()) {
            Some(text) if !text.contains(['<', '>', '&']) => out.push_str(text.trim()),
            _ if child.is_element() => write_element(child, styles, out)?,
            _ => {}
        }
    }
    write!(out, "</{name}>").ok()
}

/// `.name{fill:red;}` of style sheets, by class.
fn styles(document: &Document<'_>) -> Vec<(String, String)> {
    let sheets = document.descendants().filter(|node| node.tag_name().name() == "style").filter_map(|node| node.text());
    let rules = sheets.flat_map(|sheet| sheet.split('}')).filter_map(|rule| rule.split_once('{'));
    rules
        .flat_map(|(names, css)| {
            names.split(',').map(move |name| (name.trim().trim_start_matches('.').to_owned(), css.to_owned()))
        })
        .collect()
}

fn declarations(css: &str) -> Vec<(String, String)> {
    let pair = |own: &str| own.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    css.split(';').filter_map(pair).collect()
}

fn drawn(name: &str) -> String {
    let letter = name.chars().find(char::is_ascii_alphanumeric).unwrap_or('L').to_ascii_uppercase();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" role=\"img\" aria-label=\"{letter}\">\
         <rect width=\"24\" height=\"24\" rx=\"6\" fill=\"#3b4252\"/>\
         <text x=\"12\" y=\"17\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"14\" fill=\"#fff\">{letter}</text></svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_their_paint_stay() {
        let svg = "<?xml version=\"1.0\"?><!DOCTYPE svg><svg viewBox=\"0 0 1 1\" xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\"><defs><style>.a{fill:#03a5ff;}</style></defs><path class=\"a\" d=\"M0\n0\"/><path style=\"stroke:red\" d=\"M1 1\"/></svg>";
        let kept = of(Some(svg), "Acme");
        assert!(lint_logo(&kept).is_none(), "{kept}");
        assert!(
            kept.contains("fill=\"#03a5ff\"") && kept.contains("stroke=\"red\"") && kept.contains("M0 0"),
            "{kept}"
        );
    }

    #[test]
    fn what_does_something_goes_and_what_is_no_drawing_is_drawn() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"><script>x()</script><rect width=\"1\" height=\"1\" onclick=\"x()\"/></svg>";
        let kept = of(Some(svg), "Acme");
        assert!(kept.contains("<rect") && !kept.contains("x()"), "{kept}");
        for none in [
            None,
            Some("\u{89}PNG"),
            Some("<svg"),
            Some("<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"x\"/></svg>"),
        ] {
            let drawn = of(none, "acme");
            assert!(drawn.contains(">A</text>") && lint_logo(&drawn).is_none(), "{drawn}");
        }
    }
}
