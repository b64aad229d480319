//! A text of a request, read backwards: which fields of the configuration it was made of.

use serde_json::{Map, Value};

/// The fields of one made-up configuration, each with a text that stands nowhere else.
pub(super) struct Fields<'a> {
    /// Field, its text, whether it is a secret; the longest text first.
    known: Vec<(&'a str, &'a str, bool)>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(config: &'a Map<String, Value>, secrets: &[String]) -> Self {
        let text = |(field, value): (&'a String, &'a Value)| {
            let text = value.as_str().filter(|text| !text.is_empty())?;
            Some((field.as_str(), text, secrets.contains(field)))
        };
        let mut known: Vec<_> = config.iter().filter_map(text).collect();
        known.sort_by_key(|(_, text, _)| std::cmp::Reverse(text.len()));
        Self { known }
    }

    /// The secrets, each with its text.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.known.iter().filter(|(_, _, secret)| *secret).map(|(field, text, _)| (*field, *text))
    }

    /// The text with placeholders for what it was made of: `{config.x}`, `{secret.x}`.
    pub(super) fn spell(&self, text: &str) -> String {
        let place = |out: String, (field, text, secret): &(&str, &str, bool)| {
            let kind = if *secret { "secret" } else { "config" };
            out.replace(text, &format!("{{{kind}.{field}}}"))
        };
        self.known.iter().fold(text.to_owned(), place)
    }

    /// The public field that a URL is, as it is: `{config.endpoint}`.
    pub(super) fn address(&self, url: &str) -> Option<&'a str> {
        let is =
            |(_, text, secret): &&(&str, &str, bool)| !secret && text.starts_with("https://") && url.starts_with(text);
        self.known.iter().find(is).map(|(field, ..)| *field)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_text_was_made_of_is_found_again() {
        let config =
            json!({"user": "fake-user", "user_token": "fake-user-token", "flag": true, "url": "https://a.example/x"});
        let secrets = ["user_token".to_owned()];
        let fields = Fields::of(config.as_object().unwrap(), &secrets);
        assert_eq!(fields.spell("fake-user:fake-user-token!"), "{config.user}:{secret.user_token}!");
        assert_eq!(fields.spell("nothing of it"), "nothing of it");
        assert_eq!(fields.address("https://a.example/x"), Some("url"));
        assert_eq!(fields.address("https://b.example/x"), None);
    }
}
