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

/// Attributes that place, shape and paint. No event handler, style, link, animation or foreign namespace is among them.
const ATTRIBUTES: [&str; 58] = [
    "xmlns",
    "viewBox",
    "version",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "d",
    "points",
    "transform",
    "gradientTransform",
    "gradientUnits",
    "spreadMethod",
    "offset",
    "id",
    "class",
    "role",
    "focusable",
    "preserveAspectRatio",
    "fill",
    "fill-rule",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-opacity",
    "opacity",
    "stop-color",
    "stop-opacity",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "dx",
    "dy",
    "letter-spacing",
    "dominant-baseline",
    "aria-hidden",
    "aria-label",
];

/// What keeps a logo from being taken, if anything does. It is read by a grammar that HTML and XML parsers agree on
/// (`name="value"` between white space, nothing else), so that none of them sees a tag or attribute that this did not.
pub fn lint(svg: &str) -> Option<Reason> {
    let refuse = |text: String| Some(Reason::at("logo", "/logo.svg", &text));
    let mut rest = svg.trim();
    if !rest.starts_with("<svg") || !rest.ends_with("</svg>") && !rest.ends_with("/>") {
        return refuse("it has to begin with <svg> and to end with it".into());
    }
    while let Some((text, after)) = rest.split_once('<') {
        if text.contains(['>', '&']) {
            return refuse("its text has a `>` or `&`".into());
        }
        rest = match tag(after) {
            Ok(after) => after,
            Err(why) => return refuse(why),
        };
    }
    if rest.is_empty() { None } else { refuse("something follows its last tag".into()) }
}

/// One tag, after its `<`; answers what follows its `>`.
fn tag(text: &str) -> Result<&str, String> {
    let (closing, text) = text.strip_prefix('/').map_or((false, text), |text| (true, text));
    let (name, mut rest) = text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len()));
    if !ELEMENTS.contains(&name) {
        return Err(format!("<{name}> is not a shape"));
    }
    loop {
        let trimmed = rest.trim_start();
        if let Some(after) = trimmed.strip_prefix('>') {
            return Ok(after);
        }
        if let Some(after) = trimmed.strip_prefix("/>").filter(|_| !closing) {
            return Ok(after);
        }
        if trimmed.len() == rest.len() || closing {
            return Err(format!("<{name}> has something that is no attribute"));
        }
        rest = attribute(trimmed)?;
    }
}

/// `name="value"`; answers what follows.
fn attribute(text: &str) -> Result<&str, String> {
    let broken = || "an attribute is not written as name=\"value\"".to_owned();
    let (name, rest) = text.split_once('=').ok_or_else(broken)?;
    if !ATTRIBUTES.contains(&name) {
        let shown: String = name.chars().filter(|c| c.is_ascii_graphic()).take(32).collect();
        return Err(format!("the attribute `{shown}` is not taken"));
    }
    let (value, rest) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or_else(broken)?;
    let lower: String = value.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let leaves = lower.split("url(").skip(1).any(|reference| !reference.starts_with('#'));
    let namespace = name == "xmlns" && value != "http://www.w3.org/2000/svg";
    if value.contains(['<', '>', '&', '\\'])
        || lower.contains("script:")
        || lower.contains("data:")
        || leaves
        || namespace
    {
        return Err(format!("the value of `{name}` refers to something, or could be read as more than a value"));
    }
    Ok(rest)
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
            "<svg/onload=alert(1)></svg>",
            "<svg><rect/onload=alert(1)/></svg>",
            "<svg><path d=\"M0 0>\" onclick=\"x\"/></svg>",
            "<svg><path fill=\"red\"onclick=\"x\"/></svg>",
            "<svg><path fill='red' onclick='x'/></svg>",
            "<svg><path fill=red onclick=x /></svg>",
            "<svg><path fill=\"u\\72l(https://e)\"/></svg>",
            "<svg><path fill=\"url ( https://e)\"/></svg>",
            "<svg><animate attributeName=\"href\" to=\"javascript:x\"/></svg>",
            "<svg><set/></svg>",
            "<svg><style>*{background:url(//e)}</style></svg>",
            "<svg><!-- --><script/></svg>",
            "<svg><![CDATA[<script>]]></svg>",
            "<svg><?xml-stylesheet href=\"x\"?></svg>",
            "<svg xmlns=\"http://www.w3.org/1999/xhtml\"></svg>",
            "<svg></svg><script>x</script>",
            "<svg></svg >x",
            "<svg><title>a &lt;script&gt;</title></svg>",
        ] {
            assert!(lint(svg).is_some(), "{svg}");
        }
    }
}
