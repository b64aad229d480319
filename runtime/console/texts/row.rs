//! A text as a row of fields. What can't be said in a row is said in JSON.

use crate::texts::ending::Origin;
use crate::texts::{Ending, Template};

/// A text as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) purpose: String,
    pub(super) locale: String,
    pub(super) text: String,
    pub(super) template_id: String,
    pub(super) template_locale: String,
    /// Names with commas between; a comma alone is an empty list.
    pub(super) parameters: String,
    /// As [`ending_word`] has it.
    pub(super) ending: String,
}

impl Row {
    pub(super) fn of(template: &Template) -> Self {
        let word = |text: &Option<String>| one_line(text.as_deref().unwrap_or_default());
        let text = template.text.as_deref().unwrap_or_default();
        Self {
            purpose: one_line(&template.purpose),
            locale: word(&template.locale),
            text: text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"),
            template_id: word(&template.template_id),
            template_locale: word(&template.template_locale),
            parameters: match template.parameters.as_deref() {
                None => String::new(),
                Some([]) => ",".to_owned(),
                Some(names) => one_line(&names.join(", ")),
            },
            ending: template.ending.as_ref().map(|ending| one_line(&ending_word(ending))).unwrap_or_default(),
        }
    }

    /// Whether a row can hold it: what is read from the row is what it was.
    pub(super) fn holds(template: &Template) -> bool {
        let text = template.text.as_ref().map(|text| text.replace("\r\n", "\n"));
        Self::of(template).read() == Template { text, ..template.clone() }
    }

    pub(super) fn read(&self) -> Template {
        let word = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let names = self.parameters.split(',').filter_map(word);
        Template {
            purpose: self.purpose.trim().to_owned(),
            locale: word(&self.locale),
            text: Some(self.text.clone()).filter(|text| !text.trim().is_empty()),
            template_id: word(&self.template_id),
            template_locale: word(&self.template_locale),
            parameters: word(&self.parameters).map(|_| names.collect()),
            ending: ending_of(&self.ending),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        let all = [&self.purpose, &self.locale, &self.text, &self.template_id];
        let more = [&self.template_locale, &self.parameters, &self.ending];
        all.into_iter().chain(more).all(|text| text.trim().is_empty())
    }

    /// Whether it has more than a text.
    pub(super) fn has_more(&self) -> bool {
        [&self.template_id, &self.template_locale, &self.parameters, &self.ending].iter().any(|text| !text.is_empty())
    }

    /// The field of that name.
    pub(super) fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "purpose" => &mut self.purpose,
            "locale" => &mut self.locale,
            "text" => &mut self.text,
            "template_id" => &mut self.template_id,
            "template_locale" => &mut self.template_locale,
            "parameters" => &mut self.parameters,
            "ending" => &mut self.ending,
            _ => return None,
        })
    }
}

/// As a browser's field holds it.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| *c != '\n' && *c != '\r').map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect()
}

/// An ending as it is typed: `none`, `@host`, `@host @frame`, or an app's hash.
pub(crate) fn ending_word(ending: &Ending) -> String {
    match ending {
        Ending::None => "none".to_owned(),
        Ending::Origin(Origin { host, embedded_host: None }) => format!("@{host}"),
        Ending::Origin(Origin { host, embedded_host: Some(frame) }) => format!("@{host} @{frame}"),
        Ending::AppHash(hash) => hash.clone(),
    }
}

/// The ending that was typed, right or wrong; none if the field is empty.
pub(crate) fn ending_of(word: &str) -> Option<Ending> {
    let word = word.trim();
    let Some(hosts) = word.strip_prefix('@') else {
        return match word {
            "" => None,
            "none" => Some(Ending::None),
            hash => Some(Ending::AppHash(hash.to_owned())),
        };
    };
    let (host, frame) = hosts.split_once(" @").map_or((hosts, None), |(host, frame)| (host, Some(frame)));
    let embedded_host = frame.map(|frame| frame.trim().to_owned());
    Some(Ending::Origin(Origin { host: host.trim().to_owned(), embedded_host }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn template(value: Value) -> Template {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_a_row_holds_comes_back_as_it_was() {
        for given in [
            json!({"purpose": "sign-in", "text": "{{ code }}"}),
            json!({"purpose": "sign-in", "locale": "zh-Hant", "text": "\n code \u{202e}{{ code }} 🎉\nטקסט", "ending": "none"}),
            json!({"purpose": "x", "template_id": "SMS_1", "template_locale": "en_US", "parameters": ["code", "minutes"]}),
            json!({"purpose": "x", "text": "{{ code }}", "parameters": [], "ending": {"app_hash": "FA+9qCX9VSu"}}),
            json!({"purpose": "x", "text": "a", "ending": {"origin": {"host": "a.example", "embedded_host": "b.example"}}}),
            json!({"purpose": "", "text": "<script>\"&</textarea>"}),
            json!({"purpose": "x", "text": "one\r\ntwo"}),
        ] {
            let given = template(given);
            assert!(Row::holds(&given), "{given:?} → {:?}", Row::of(&given).read());
        }
    }

    #[test]
    fn what_a_row_would_change_is_left_to_json() {
        for given in [
            json!({"purpose": "x", "text": ""}),
            json!({"purpose": " x", "text": "a"}),
            json!({"purpose": "x", "template_id": "two\nlines"}),
            json!({"purpose": "x", "text": "lone\rreturn"}),
            json!({"purpose": "x", "text": "a", "parameters": ["a,b"]}),
            json!({"purpose": "x", "text": "a", "parameters": [""]}),
            json!({"purpose": "x", "text": "a", "ending": {"app_hash": "none"}}),
            json!({"purpose": "x", "text": "a", "ending": {"app_hash": ""}}),
        ] {
            assert!(!Row::holds(&template(given.clone())), "{given}");
        }
    }
}
