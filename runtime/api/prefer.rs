//! `Prefer: respond-async` (RFC 7240 §4.1): whoever does not wait for a provider gets `202` once the message is written.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::otp::Wait;

/// What a request prefers. Preferences that are not known are ignored, as the RFC has it.
pub(super) fn wait(headers: &HeaderMap) -> Wait {
    let all = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let named = all.flat_map(|value| value.split(',')).filter_map(|preference| preference.split(';').next());
    let at_once = named.map(str::trim).any(|preference| preference.eq_ignore_ascii_case("respond-async"));
    if at_once { Wait::ForQueue } else { Wait::ForOutcome }
}

/// The answer, with `202` where the message waits in the queue, else with `settled`.
pub(super) fn answer(wait: Wait, settled: StatusCode, body: impl Serialize) -> Response {
    if wait != Wait::ForQueue {
        return (settled, Json(body)).into_response();
    }
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    response.headers_mut().insert("preference-applied", HeaderValue::from_static("respond-async"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preference_is_found_among_others() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("prefer", HeaderValue::from_static(value));
            }
            wait(&headers)
        };
        for values in [&["respond-async"][..], &["wait=5, Respond-Async; foo"], &["handling=lenient", "respond-async"]]
        {
            assert_eq!(of(values), Wait::ForQueue, "{values:?}");
        }
        for values in [&[][..], &["return=minimal"], &["respond-asynchronously"], &["x=respond-async"]] {
            assert_eq!(of(values), Wait::ForOutcome, "{values:?}");
        }
    }
}
