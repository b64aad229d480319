//! A provider's README as markup. It comes from an untrusted component: text, lists, tables and links to the web are
//! shown; raw HTML, images and every other kind of link are not.

use comrak::nodes::{NodeHtmlBlock, NodeValue};
use comrak::{Arena, Node, Options, format_html, parse_document};
use maud::{Markup, PreEscaped, html};

/// Longer, it is cut: a page is to be read.
const BYTES_MAX: usize = 64 << 10;
/// What nesting without end would cost.
const MARKS_MAX: usize = 500;

/// The markup of a Markdown text. Its headings stand one level lower than written, below the page's own.
pub(crate) fn markup(text: &str) -> Markup {
    let text = cut(text);
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    let document = parse_document(&arena, &text, &options);
    let nodes: Vec<Node<'_>> = document.descendants().collect();
    for node in nodes {
        tame(node);
    }
    let mut out = String::new();
    if format_html(document, &options, &mut out).is_err() {
        return html! {};
    }
    // What was text has its angle brackets escaped: such a tag is the formatter's own.
    let out = out.replace("<a href=\"", "<a rel=\"noopener noreferrer nofollow\" href=\"");
    let out = out.replace("<table>", "<div class=\"table-frame\"><table>").replace("</table>", "</table></div>");
    html! { div.prose { (PreEscaped(out)) } }
}

fn cut(text: &str) -> String {
    let mut end = text.len().min(BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let short = |line: &str| -> String {
        let nests = |c: char| matches!(c, '>' | '[' | '*' | '_' | '-' | '+' | '(' | '`');
        let marks = line.chars().filter(|c| nests(*c)).count();
        if marks > MARKS_MAX { String::new() } else { line.to_owned() }
    };
    text.get(..end).unwrap_or_default().lines().map(short).collect::<Vec<_>>().join("\n")
}

/// Takes away what must not be shown.
fn tame(node: Node<'_>) {
    let mut data = node.data_mut();
    let unwraps = match &mut data.value {
        NodeValue::Heading(heading) => {
            heading.level = heading.level.saturating_add(1).min(6);
            false
        }
        NodeValue::HtmlBlock(_) => {
            data.value = NodeValue::HtmlBlock(NodeHtmlBlock::default());
            drop(data);
            node.detach();
            return;
        }
        NodeValue::HtmlInline(_) | NodeValue::Raw(_) => {
            data.value = NodeValue::Text(String::new().into());
            false
        }
        // Of an image the words in its place stay.
        NodeValue::Image(_) => true,
        NodeValue::Link(link) => !leads_to_the_web(&link.url),
        _ => false,
    };
    drop(data);
    if unwraps {
        for child in node.children().collect::<Vec<_>>() {
            node.insert_before(child);
        }
        node.detach();
    }
}

fn leads_to_the_web(address: &str) -> bool {
    let scheme = url::Url::parse(address).ok().map(|url| url.scheme().to_owned());
    matches!(scheme.as_deref(), Some("https" | "http" | "mailto"))
}

#[cfg(test)]
mod tests {
    use super::markup;

    fn of(text: &str) -> String {
        markup(text).into_string()
    }

    #[test]
    fn headings_stand_one_level_lower_and_links_lead_to_the_web() {
        let out = of(
            "# Title\n\nSee [the docs](https://example.com/a?b=1&c) or https://example.org.\n\n###### Deep\n\n|a|b|\n|-|-|\n|1|2|",
        );
        assert!(out.contains("<h2>Title</h2>") && out.contains("<h6>Deep</h6>"), "{out}");
        assert!(
            out.contains(
                "<a rel=\"noopener noreferrer nofollow\" href=\"https://example.com/a?b=1&amp;c\">the docs</a>"
            ),
            "{out}"
        );
        assert_eq!(
            out.matches("<a ").count(),
            out.matches("<a rel=\"noopener noreferrer nofollow\" href=\"https://").count()
        );
        assert!(out.contains("<td>1</td>"), "{out}");
    }

    #[test]
    fn nothing_hostile_comes_through() {
        for text in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=x>b</b> <svg/onload=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\nscript:alert(1))",
            "[x](data:text/html,<script>)",
            "[x](vbscript:x)",
            "[x](//evil.example)",
            "[x](/console/keys)",
            "[x](#top)",
            "<javascript:alert(1)>",
            "![logo](https://evil.example/pixel.png)",
            "![x](data:image/svg+xml,<svg onload=alert(1)>)",
            "[![a](https://evil.example/x)](javascript:x)",
            "[x]: javascript:alert(1)\n\n[x]",
            "<style>*{display:none}</style>",
            "<!-- --><iframe src=//evil.example>",
            "&lt;script&gt;",
            "`<script>`",
            "<a href=\"https://evil.example\" onclick=x>y</a>",
        ] {
            let out = of(text);
            for bad in ["<script", "<img", "<svg", "<b ", "<style", "<iframe", "href=", "onclick=x>y", "src=", "<!--"] {
                assert!(!out.contains(bad), "{text}: {out}");
            }
        }
        assert!(of("![logo](https://evil.example/pixel.png)").contains("logo"), "the words of an image stay");
        let out = of("[x](https://a.example/\"onmouseover=\"alert(1))");
        assert!(!out.contains("\"onmouseover"), "{out}");
    }

    #[test]
    fn length_and_depth_end_somewhere() {
        for text in [
            "a".repeat(1 << 20),
            ">".repeat(60_000),
            "[".repeat(60_000),
            "*a ".repeat(20_000),
            "- ".repeat(30_000),
            "é".repeat(40_000),
        ] {
            assert!(of(&text).len() < 1 << 20);
        }
        let list: String = (0..2_000).map(|n| format!("{}- x\n", " ".repeat(n * 2 % 200))).collect();
        assert!(of(&list).len() < 1 << 20);
    }
}
