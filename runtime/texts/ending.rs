//! The last line, which a machine reads: bound to a web origin, or to an Android app. One or the other.
//!
//! - Origin-bound (WICG): the last line is exactly `@host #code`, or `@host #code @embedded-host`. A browser on that
//!   host offers the code, and no other page gets it.
//! - SMS Retriever: the message ends with the app's hash and has at most 140 bytes. Android hands it to that app.
//!
//! The service writes it when it composes a message; a template never has to, and is refused if it does.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fault::TextError;
use super::segments::{self, Encoding};
use super::shared::Shared;
use super::template::Template;

/// What Android hands an app at most. Nobody says in which encoding it is counted, so the larger one counts: UTF-8, or
/// what goes over the air.
pub const APP_BYTES_MAX: usize = 140;

/// How a message ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Nothing is added.
    None,
    /// `@host #code`
    Origin(Origin),
    /// The 11-character hash of an Android app.
    #[schema(example = "FA+9qCX9VSu")]
    AppHash(String),
}

/// The hosts of an origin-bound line; the scheme is always https.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Host of the page that asks for the code: lower case, international names in their ASCII form.
    #[schema(example = "shop.example")]
    pub host: String,
    /// Host of the frame in it that takes the code, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded_host: Option<String>,
}

impl Ending {
    /// Judge it before it is saved.
    pub fn validate(&self) -> Result<(), TextError> {
        match self {
            Self::None => Ok(()),
            Self::Origin(origin) => {
                host(&origin.host)?;
                origin.embedded_host.as_deref().map_or(Ok(()), host)
            }
            Self::AppHash(hash) => app_hash(hash),
        }
    }

    /// The last line for `code`, if there is one.
    pub fn line(&self, code: &str) -> Result<Option<String>, TextError> {
        match self {
            Self::None => Ok(None),
            Self::Origin(_) if code.chars().any(char::is_whitespace) => Err(TextError::CodeInLine),
            Self::Origin(Origin { host, embedded_host: None }) => Ok(Some(format!("@{host} #{code}"))),
            Self::Origin(Origin { host, embedded_host: Some(frame) }) => Ok(Some(format!("@{host} #{code} @{frame}"))),
            Self::AppHash(hash) => Ok(Some(hash.clone())),
        }
    }

    /// `text` with its last line; a text that has exactly this line already is left as it is.
    pub fn close(&self, text: String, code: &str) -> Result<(String, Option<String>), TextError> {
        let line = self.line(code)?;
        if let Some(own) = own_line(&text).filter(|own| Some(*own) != line.as_deref()) {
            return Err(TextError::OwnEnding(own.replace(code, "{{ code }}")));
        }
        let Some(line) = line else { return Ok((text, None)) };
        let closed = if text.lines().next_back() == Some(line.as_str()) { text } else { format!("{text}\n{line}") };
        let bytes = bytes(&closed);
        if matches!(self, Self::AppHash(_)) && bytes > APP_BYTES_MAX {
            return Err(TextError::TooLongForApp(bytes));
        }
        Ok((closed, Some(line)))
    }
}

/// The site that messages are bound to: the environment's, else the first that a text names for itself.
pub fn site<'a>(own: &'a [Template], shared: &'a Shared) -> Option<&'a Origin> {
    let of_texts = own.iter().chain(&shared.templates).filter_map(|template| template.ending.as_ref());
    shared.ending.iter().chain(of_texts).find_map(|ending| match ending {
        Ending::Origin(origin) => Some(origin),
        Ending::None | Ending::AppHash(_) => None,
    })
}

/// The larger of what a text takes as UTF-8 and what it takes over the air.
pub fn bytes(text: &str) -> usize {
    let count = segments::count(text);
    let unit = if count.encoding == Encoding::Ucs2 { 2 } else { 1 };
    text.len().max(count.units as usize * unit)
}

/// Whether a phone can take the code out of a message by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Autofill {
    /// The last line is `@host #code`: a browser on that host offers the code, and no other page gets it.
    OriginBound {
        /// The host.
        host: String,
    },
    /// The last line is the hash of an Android app, which gets the message.
    AppHash {
        /// The hash.
        hash: String,
    },
    /// Neither: a phone may guess the code, and binds it to no site.
    Missing,
    /// The provider's registered template, or the provider's own text, decides.
    ByProvider,
}

/// What a message that ends in `line`, which the service wrote, does for whoever has to type its code.
pub fn autofill(text: &str, line: Option<&str>) -> Autofill {
    let of_origin = own_line(text).and_then(|own| own.strip_prefix('@')?.split_once(" #"));
    match (of_origin, line) {
        (Some((at, _)), _) if host(at).is_ok() => Autofill::OriginBound { host: at.to_owned() },
        (_, Some(hash)) if app_hash(hash).is_ok() && text.ends_with(hash) && bytes(text) <= APP_BYTES_MAX => {
            Autofill::AppHash { hash: hash.to_owned() }
        }
        _ => Autofill::Missing,
    }
}

/// The text's own origin-bound line, if it ends in one.
pub fn own_line(text: &str) -> Option<&str> {
    let last = text.lines().next_back()?;
    let (host, rest) = last.strip_prefix('@')?.split_once(" #")?;
    (!host.is_empty() && !host.contains(char::is_whitespace) && !rest.is_empty()).then_some(last)
}

/// Whether it is an app's hash: 66 bits in base64.
pub fn app_hash(hash: &str) -> Result<(), TextError> {
    let fits = hash.len() == 11 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    if fits { Ok(()) } else { Err(TextError::AppHash) }
}

/// A host as a browser compares it: a domain name, lower case, in its ASCII form. An origin-bound line has no port.
fn host(text: &str) -> Result<(), TextError> {
    let refuse = |hint: String| Err(TextError::Host { host: text.to_owned(), hint });
    let as_url = text.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
    match url::Host::parse(as_url.unwrap_or(text)) {
        Ok(url::Host::Domain(domain)) if domain != text => refuse(format!(": write `{domain}`")),
        Ok(url::Host::Domain(domain)) if is_domain(&domain) => Ok(()),
        _ => refuse(": a domain name without scheme, port and path, such as `shop.example`".to_owned()),
    }
}

fn is_domain(host: &str) -> bool {
    let label = |label: &str| {
        let inside = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        inside && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.len() <= 253 && (host == "localhost" || host.contains('.')) && host.split('.').all(label)
}

#[cfg(test)]
mod tests;
