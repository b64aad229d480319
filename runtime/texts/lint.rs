//! What is worth knowing of a text that works: it costs more, or arrives less often, than it could. Nothing of it
//! keeps anybody from saving.

pub(super) mod cheaper;
mod link;

use super::ending::{self, Autofill, Ending};
use super::render::{Values, render};
use super::segments::{self, Encoding};
use super::template::{self, Template};
use super::{PURPOSES, sender};
use crate::connector::contract::Pair;
use crate::connector::manifest::Content;
use crate::connector::reason::Reason;

/// The code of samples.
pub const SAMPLE_CODE: &str = "123456";

/// Warnings about texts; the pointers begin at `/templates`.
pub fn templates(templates: &[Template], app: &str, ending: Option<&Ending>) -> Vec<Reason> {
    let mut warnings = Vec::new();
    for (index, entry) in templates.iter().enumerate() {
        let Some(source) = &entry.text else { continue };
        let pointer = format!("/templates/{index}/text");
        let own = entry.parameters.iter().flatten().filter(|name| name.as_str() != "code");
        let parameters: Vec<Pair> = own.map(|name| Pair { name: name.clone(), value: "sample".to_owned() }).collect();
        let purpose = &entry.purpose;
        let values = Values { code: Some(SAMPLE_CODE), minutes: 10, app, purpose, parameters: &parameters };
        let Ok(text) = render(Some(entry), &values) else { continue };
        let own = entry.ending.as_ref().or(ending).unwrap_or(&Ending::None);
        let Ok((closed, line)) = own.close(text.clone(), SAMPLE_CODE) else { continue };
        warnings.extend(this_text(&text, &closed, line.is_some(), Some(source), app, &pointer));
        warnings.extend(other_site(&closed, ending, &format!("/templates/{index}/ending")));
    }
    warnings
}

/// A text that is bound to another site than the environment's texts are.
pub fn other_site(closed: &str, environments: Option<&Ending>, pointer: &str) -> Option<Reason> {
    let Some(Ending::Origin(site)) = environments else { return None };
    let Autofill::OriginBound { host } = ending::autofill(closed, None) else { return None };
    let text = format!(
        "its last line is for `{host}`, and the environment's for `{}`: pages of `{}` are not offered the code",
        site.host, site.host
    );
    (host != site.host).then(|| Reason::at("other-site", pointer, &text))
}

/// Warnings about one text as it would go out. `source` is what it was rendered from, to say where a character is.
pub fn this_text(
    text: &str,
    closed: &str,
    has_ending: bool,
    source: Option<&str>,
    app: &str,
    pointer: &str,
) -> Vec<Reason> {
    let mut warnings = Vec::new();
    let mut warn = |code, text: String| warnings.push(Reason::at(code, pointer, &text));
    let count = segments::count(closed);
    if count.segments > 1 {
        let with = if has_ending { ", its ending included" } else { "" };
        let unit = if count.encoding == Encoding::Gsm7 { "septets of GSM-7" } else { "units of UCS-2" };
        warn("segments", format!("it is sent and paid for as {} parts: {} {unit}{with}", count.segments, count.units));
    }
    if let Some(cheaper) = cheaper::of(closed) {
        warn("costly-character", cheaper.words(source, app, count.segments));
    }
    if let Some(link) = link::of(text) {
        warn(
            "link",
            format!("`{link}` reads as a link: carriers filter those, and a code beside a link looks like phishing"),
        );
    }
    if !app.is_empty() && !text.contains(app) {
        warn("no-app-name", "it does not say whose code it is; `{{ app }}` is the environment's name".to_owned());
    }
    warnings
}

/// Whether a connector's own templates fit what its component sends, and cover every purpose that is open.
pub fn coverage(
    content: Content,
    own: &[Template],
    senders: &[sender::Sender],
    shared: &[Template],
    is_open: impl Fn(&str) -> bool,
) -> Vec<Reason> {
    let mut warnings = Vec::new();
    let everywhere = sender::choose(senders, None).is_some_and(|sender| sender.template_id.is_some());
    if content == Content::TemplateId && !everywhere {
        let named = own.iter().chain(shared).map(|t| t.purpose.as_str());
        let mut purposes: Vec<&str> = PURPOSES.iter().copied().chain(named).collect();
        purposes.sort_unstable();
        purposes.dedup();
        purposes.retain(|purpose| is_open(purpose));
        // An unknown language finds the entries that serve every language, and nothing else.
        purposes.retain(|purpose| template::choose(purpose, "und", own, shared, |t| t.template_id.is_some()).is_none());
        if !purposes.is_empty() {
            let text = format!(
                "its component sends registered templates only, and there is no `template_id` that serves every language \
                 for {}; such messages are refused with invalid-config. An entry for `generic` without a locale serves all",
                purposes.join(", ")
            );
            warnings.push(Reason::at("no-template-id", "/templates", &text));
        }
    }
    let unread = |t: &Template| content == Content::Text && t.text.is_none();
    for (index, _) in own.iter().enumerate().filter(|(_, t)| unread(t)) {
        let text = "its component sends texts and reads no template id: this entry is without effect";
        warnings.push(Reason::at("unused-id", &format!("/templates/{index}/template_id"), text));
    }
    warnings
}

#[cfg(test)]
mod tests;
