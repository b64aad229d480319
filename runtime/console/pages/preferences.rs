//! How a visitor likes the console shown. Needs nobody signed in: it is said of a browser.

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;

use crate::api::Parts;
use crate::console::posted::Posted;
use crate::console::prefs::{Prefs, Theme};

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/preferences", post(save))
}

async fn save(headers: HeaderMap, posted: Posted) -> Response {
    let mut prefs = Prefs::of(&headers);
    if let Some(word) = posted.get("theme") {
        prefs.theme = Theme::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default();
    }
    if let Some(word) = posted.get("keys") {
        prefs.keys_off = word == "off";
    }
    let mut response = Redirect::to(local(posted.get("back"))).into_response();
    prefs.set_in(response.headers_mut());
    response
}

/// An address of the console; anything else is its start: nobody is sent to another site from here.
pub(in crate::console) fn local(address: Option<&str>) -> &str {
    let fits = |address: &&str| {
        let rest = address.strip_prefix("/console");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('?'))
            // As a browser sends an address; anything else could not be sent back to it.
            && address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    address.filter(fits).unwrap_or("/console")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local(Some("/console/keys?x=1")), "/console/keys?x=1");
        for other in [
            "https://evil.example",
            "//evil.example",
            "/consolex",
            "/console\\evil",
            "",
            "/v1/keys",
            "/console/ü",
            "/console/\t",
            "/console/\r\nx: y",
        ] {
            assert_eq!(local(Some(other)), "/console", "{other}");
        }
        assert_eq!(local(None), "/console");
    }
}
