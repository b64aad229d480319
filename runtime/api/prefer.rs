//! `Prefer: respond-async` (RFC 7240 §4.1): whoever does not wait for a provider gets `202` once the message is written.
//! With `wait=N` beside it (§4.3) he waits so many seconds for the outcome, and gets `202` only if there is none by then.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::otp::Wait;
use crate::store::MessageStatus;

/// A send ends by itself before this.
const WAIT_SECONDS_MAX: u64 = 60;

/// What a request prefers. Preferences that are not known are ignored, as the RFC has it.
pub(super) fn wait(headers: &HeaderMap) -> Wait {
    let all = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let (mut at_once, mut at_most) = (false, None);
    for preference in all.flat_map(|value| value.split(',')).filter_map(|preference| preference.split(';').next()) {
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        let name = name.trim();
        at_once |= name.eq_ignore_ascii_case("respond-async");
        if name.eq_ignore_ascii_case("wait") {
            at_most = at_most.or(value.trim().parse::<u64>().ok());
        }
    }
    match (at_once, at_most) {
        (true, Some(seconds)) => Wait::AtMost(Duration::from_secs(seconds.min(WAIT_SECONDS_MAX))),
        (true, None) => Wait::ForQueue,
        (false, _) => Wait::ForOutcome,
    }
}

/// The answer, with `202` where the message is on its way still, else with `settled`.
pub(super) fn answer(wait: Wait, settled: StatusCode, status: MessageStatus, body: impl Serialize) -> Response {
    let on_its_way = matches!(status, MessageStatus::Queued | MessageStatus::Sending);
    if wait == Wait::ForOutcome || !on_its_way {
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
        for values in
            [&["respond-async"][..], &["handling=lenient", "respond-async"], &["wait=soon, Respond-Async; foo"]]
        {
            assert_eq!(of(values), Wait::ForQueue, "{values:?}");
        }
        for values in [&[][..], &["return=minimal"], &["respond-asynchronously"], &["x=respond-async"], &["wait=5"]] {
            assert_eq!(of(values), Wait::ForOutcome, "{values:?}");
        }
        let seconds = |n| Wait::AtMost(Duration::from_secs(n));
        assert_eq!(of(&["wait=5, Respond-Async; foo"]), seconds(5));
        assert_eq!(of(&["respond-async", "Wait = 0"]), seconds(0));
        assert_eq!(of(&["respond-async, wait=999999999"]), seconds(60));
    }
}
