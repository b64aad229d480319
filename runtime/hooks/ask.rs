//! What every sender asks for, whatever its call looks like.

use std::net::IpAddr;
use std::time::Duration;

use super::{Document, Prefer, Sender};
use crate::otp::Content;
use crate::secret::Secret;
use crate::texts;

/// A call that can't be read. Names the field, never quotes a value: it could be a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{detail}", if .pointer.is_empty() { String::new() } else { format!("{}: ", .pointer) })]
pub struct Unread {
    /// JSON Pointer of the field; empty for the whole.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Unread {
    pub(super) fn new(pointer: &str, detail: &str) -> Self {
        Self { pointer: pointer.to_owned(), detail: detail.to_owned() }
    }
}

/// Send this.
#[derive(Debug)]
pub struct Ask {
    /// The recipient, in international form.
    pub to: String,
    /// The code, where the call has one.
    pub code: Option<Secret<String>>,
    /// The sender's own text, where the call has one.
    pub text: Option<Secret<String>>,
    /// The sender's own word for why.
    pub kind: String,
    /// What that word means to us, unless the hook says otherwise.
    pub purpose: &'static str,
    /// BCP 47 tag of the recipient's language, where the call tells.
    pub locale: Option<String>,
    /// The end user's address, where the call tells.
    pub client_ip: Option<IpAddr>,
    /// Whom the sender means, in its own words: an account's id.
    pub subject: Option<String>,
    /// The life of the code in seconds, where the call tells.
    pub expires_in: Option<u32>,
    /// What makes it this ask: the same parts are the same ask.
    pub same: Vec<Vec<u8>>,
    /// How long the same ask is the same one.
    pub same_for: Same,
}

/// How long the same parts are the same ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// While the code lives, and while its signature does: a sender that sends again makes another code.
    WhileItLives,
    /// For a moment: a sender may send the same text again because its user asked for it.
    ForAMoment,
}

/// Longer than a signature may be away from our clock in both directions, so that none can be repeated.
const SAME_MIN: Duration = Duration::from_secs(900);
const MOMENT: Duration = Duration::from_secs(60);

impl Ask {
    /// For the code's life, in seconds, within what a message may have.
    pub(super) fn life(&self, document: &Document, sender: Sender) -> u32 {
        self.expires_in.or(document.expires_in).unwrap_or_else(|| sender.expires_in()).clamp(60, 3600)
    }

    pub(super) fn same_for(&self, life: u32) -> Duration {
        match self.same_for {
            Same::WhileItLives => SAME_MIN.max(Duration::from_secs(life.into())),
            Same::ForAMoment => MOMENT,
        }
    }

    /// The purpose: the hook's word for the sender's, the built-in one, or `generic`.
    pub(super) fn purpose(&self, document: &Document) -> String {
        document.purposes.get(&self.kind).cloned().unwrap_or_else(|| self.purpose.to_owned())
    }

    /// The call's language if it is one, else the hook's, else English.
    pub(super) fn locale(&self, document: &Document) -> String {
        let tag = self.locale.as_deref().map(|text| text.replace('_', "-")).filter(|tag| texts::locale::is_tag(tag));
        tag.or_else(|| document.locale.clone()).unwrap_or_else(|| "en".to_owned())
    }

    /// What goes out.
    pub(super) fn content(
        code: Option<Secret<String>>,
        text: Option<Secret<String>>,
        prefer: Prefer,
    ) -> Option<Content> {
        match (code, text, prefer) {
            (_, Some(text), Prefer::Text) | (None, Some(text), Prefer::Code) => Some(Content::Text(text)),
            (Some(code), _, _) => Some(Content::Code(code)),
            (None, None, _) => None,
        }
    }
}

/// Our purpose for a sender's word; one that nobody knows is `generic`.
pub(super) fn word(purposes: &[(&'static str, &'static str)], kind: &str) -> &'static str {
    purposes.iter().find(|(theirs, _)| *theirs == kind).map_or(texts::GENERIC, |(_, ours)| ours)
}

/// A number that its sender always has in international form and may write without the plus.
pub(super) fn international(text: &str) -> String {
    let text = text.trim();
    if text.starts_with(|c: char| ('1'..='9').contains(&c)) { format!("+{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gets_its_plus_if_it_begins_with_a_country_code() {
        assert_eq!(international("14155550123"), "+14155550123");
        assert_eq!(international(" +14155550123 "), "+14155550123");
        assert_eq!(international("0123"), "0123", "no country code begins with 0: it is refused, not guessed");
        assert_eq!(international(""), "");
    }

    #[test]
    fn a_code_goes_out_in_our_texts_unless_the_hook_prefers_the_senders() {
        let secret = |text: &str| Some(Secret::from(text));
        let made = |code, text, prefer| match Ask::content(code, text, prefer) {
            Some(Content::Code(code)) => format!("code {}", code.expose()),
            Some(Content::Text(text)) => format!("text {}", text.expose()),
            _ => "nothing".to_owned(),
        };
        assert_eq!(made(secret("1"), secret("t"), Prefer::Code), "code 1");
        assert_eq!(made(secret("1"), secret("t"), Prefer::Text), "text t");
        assert_eq!(made(None, secret("t"), Prefer::Code), "text t");
        assert_eq!(made(secret("1"), None, Prefer::Text), "code 1");
        assert_eq!(made(None, None, Prefer::Text), "nothing");
    }
}
