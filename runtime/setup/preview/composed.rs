//! One connector's message, composed by the function that composes what is sent, and what is worth knowing of it.

use super::{Preview, PreviewTexts};
use crate::connector::manifest::Content;
use crate::connector::reason::Reason;
use crate::texts::compose::Chosen;
use crate::texts::lint::{self, SAMPLE_CODE};
use crate::texts::template::Source;
use crate::texts::{
    self, Autofill, Composed, Ending, Sources, Template, Values, Wanted, ending, locale, marks, segments,
};

/// What a connector of that name and these texts would send.
pub(super) fn preview(
    name: Option<&str>,
    sources: Sources<'_>,
    asked: &PreviewTexts,
    country: Option<&str>,
    app: &str,
) -> Preview {
    let purpose = &asked.purpose;
    let values = Values { code: Some(SAMPLE_CODE), minutes: 10, app, purpose, parameters: &asked.parameters };
    let (locale, app_hash) = (asked.locale.as_str(), asked.app_hash.as_deref());
    let wanted = Wanted { locale, country, values, text: None, app_hash, sender: None };
    let made = texts::compose(sources, &wanted);
    let (made, failure) = match made {
        Ok(made) => (Some(made), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let text = made.as_ref().map(|made| made.text.clone()).unwrap_or_default();
    let warnings = made.as_ref().map(|made| warnings(sources, made, asked, app)).unwrap_or_default();
    let is_sent = made.as_ref().is_some_and(|made| !sends_registered(sources, made));
    let source = made.as_ref().and_then(|made| source_of(sources, made.text_from.as_ref()?));
    let line = made.as_ref().and_then(|made| made.ending.as_deref());
    Preview {
        connector: name.map(str::to_owned),
        content: sources.content,
        count: segments::count(&text),
        marks: if is_sent { marks::of(&text) } else { Vec::new() },
        cheaper: if is_sent { marks::cheaper(&text, source) } else { None },
        autofill: match &made {
            Some(_) if !is_sent => Autofill::ByProvider,
            _ => ending::autofill(&text, line),
        },
        site: ending::site(sources.own, sources.shared).cloned(),
        text,
        warnings,
        failure,
        template: made.as_ref().and_then(|made| made.text_from.clone()),
        registered: made.as_ref().and_then(|made| made.id_from.clone()),
        ending: made.as_ref().and_then(|made| made.ending.clone()),
        template_id: made.as_ref().and_then(|made| made.template_id.clone()),
        template_locale: made.as_ref().and_then(|made| made.template_locale.clone()),
        parameters: made.as_ref().map(|made| made.parameters.clone()).unwrap_or_default(),
        sender: made.as_ref().and_then(|made| made.sender.clone()),
        extra: made.map(|made| made.extra).unwrap_or_default(),
    }
}

/// Of a connector whose provider makes the code: of ours it gets who sends, and no text.
pub(super) fn of_provider(shown: Preview) -> Preview {
    let text = "its provider makes the code and the text: none of these texts is sent";
    Preview {
        template: None,
        registered: None,
        text: String::new(),
        count: segments::count(""),
        marks: Vec::new(),
        cheaper: None,
        autofill: Autofill::ByProvider,
        ending: None,
        template_id: None,
        template_locale: None,
        parameters: Vec::new(),
        warnings: vec![Reason::new("code-by-provider", text)],
        failure: None,
        ..shown
    }
}

/// Whether it is the provider's registered template that goes out, and not the text.
pub(super) fn sends_registered(sources: Sources<'_>, made: &Composed) -> bool {
    made.template_id.is_some() && sources.content != Content::Text
}

/// What the text was rendered from.
fn source_of<'a>(sources: Sources<'a>, from: &Chosen) -> Option<&'a str> {
    let all: &[Template] = match from.source? {
        Source::Connector => sources.own,
        Source::Environment => &sources.shared.templates,
    };
    let is_it = |t: &&Template| {
        Some(&t.purpose) == from.purpose.as_ref() && locale::same(t.locale.as_deref(), from.locale.as_deref())
    };
    all.iter().filter(is_it).find_map(|t| t.text.as_deref())
}

/// Of the text, where a text is what is sent; else that an ending can't be added to a registered template.
fn warnings(sources: Sources<'_>, made: &Composed, asked: &PreviewTexts, app: &str) -> Vec<Reason> {
    let registered = sends_registered(sources, made);
    let ends = sources.shared.ending.as_ref().is_some_and(|ending| *ending != Ending::None);
    if registered && (asked.app_hash.is_some() || ends) {
        let text = "the provider sends its registered template, to which no ending can be added: register it with one";
        return vec![Reason::at("no-ending", "/template_id", text)];
    } else if registered {
        return Vec::new();
    }
    let body = made.ending.as_ref().and_then(|line| made.text.strip_suffix(line.as_str())).unwrap_or(&made.text);
    let mut warnings = lint::this_text(body, &made.text, made.ending.is_some(), None, app, "/text");
    warnings.extend(lint::other_site(&made.text, sources.shared.ending.as_ref(), "/ending"));
    warnings
}
