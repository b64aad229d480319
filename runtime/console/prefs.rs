//! How a visitor likes the console shown: kept in a cookie of his browser, which says nothing of who he is.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use super::visit::cookie;

const NAME: &str = "Countersign-View";
const KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the browser says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A visitor's liking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefs {
    /// Light or dark.
    pub(crate) theme: Theme,
    /// Whether single keys do nothing (WCAG 2.1.4).
    pub(crate) keys_off: bool,
    /// The environment that he was in last.
    pub(crate) environment: Option<String>,
}

impl Prefs {
    /// Of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut prefs = Self::default();
        let text = cookie(headers, NAME).unwrap_or_default();
        for (name, value) in text.split('&').filter_map(|part| part.split_once('=')) {
            match name {
                "theme" => prefs.theme = Theme::ALL.into_iter().find(|t| t.as_str() == value).unwrap_or_default(),
                "keys" => prefs.keys_off = value == "off",
                "environment" => prefs.environment = Some(value.to_owned()),
                _ => {}
            }
        }
        prefs
    }

    /// As the answer sets it.
    pub(crate) fn cookie(&self) -> HeaderValue {
        let keys = if self.keys_off { "off" } else { "on" };
        let environment = self.environment.as_deref().unwrap_or_default();
        let value = format!("theme={}&keys={keys}&environment={environment}", self.theme.as_str());
        let kept = cookie::time::Duration::try_from(KEPT).unwrap_or_default();
        let cookie = Cookie::build((NAME, value)).path("/console").same_site(SameSite::Lax).http_only(true);
        let cookie = cookie.max_age(kept).build();
        HeaderValue::from_str(&cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static("Countersign-View="))
    }

    /// Set in an answer.
    pub(crate) fn set_in(&self, headers: &mut HeaderMap) {
        headers.append(header::SET_COOKIE, self.cookie());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_read_again() {
        let prefs = Prefs { theme: Theme::Dark, keys_off: true, environment: Some("production".into()) };
        let set = prefs.cookie();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, set.to_str().unwrap().split(';').next().unwrap().parse().unwrap());
        assert_eq!(Prefs::of(&headers), prefs);
    }

    #[test]
    fn a_strange_cookie_is_the_default() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "Countersign-View=theme=pink&x; other=1".parse().unwrap());
        assert_eq!(Prefs::of(&headers), Prefs::default());
    }
}
