//! What can't be done, as a page. Which status it has is the API's word.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::shell;
use super::words::common as words;
use crate::api::error::{ApiError, Fault, Problem};

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Whoever asks is to sign in first, and then to come back to this address of ours.
    SignIn {
        /// Where he wanted to go.
        next: String,
        /// Whether only a part of a page was wanted.
        is_part: bool,
    },
    /// The API's own refusal.
    Told(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Told(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn { next, is_part } => {
                let address = format!("/console/sign-in?next={}", shell::encoded(&next));
                if !is_part {
                    return Redirect::to(&address).into_response();
                }
                // What exchanges a part would follow a redirection, and put the whole page there.
                let error = ApiError::unauthorized(words::SIGN_IN_AGAIN);
                let mut response = status(error.problem()).into_response();
                if let Ok(value) = HeaderValue::from_str(&address) {
                    response.headers_mut().insert("hx-redirect", value);
                }
                response
            }
            Self::Told(error) => {
                let problem = error.problem();
                let mut response = (status(problem), shell::bare(&problem.title, &page(problem))).into_response();
                if let Some(seconds) = problem.retry_after_seconds {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                response
            }
        }
    }
}

/// The status of a refusal.
pub(crate) fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What is wrong with what was typed, by pointers into the part of the document that the form is for. The pointer is not
/// repeated in the words: they stand at its field.
pub(crate) fn faults(problem: &Problem, part: &str) -> Vec<(String, String)> {
    let of = |fault: &Fault| {
        let pointer = fault.pointer.as_deref().unwrap_or_default();
        let text = fault.detail.trim_start_matches(&format!("`{pointer}` "));
        (pointer.strip_prefix(part).unwrap_or(pointer).to_owned(), text.to_owned())
    };
    problem.errors.iter().map(of).collect()
}

/// The status of an answer that shows a form again, whose fields are at fault before anybody was asked.
pub(crate) fn invalid() -> StatusCode {
    status(ApiError::invalid("").problem())
}

fn page(problem: &Problem) -> Markup {
    html! {
        h1 { (problem.title) }
        p { (problem.detail) }
        @if !problem.errors.is_empty() {
            ul { @for fault in &problem.errors {
                li { @if let Some(pointer) = &fault.pointer { code { (pointer) } " " } (fault.detail) }
            } }
        }
        p { a href="/console" { (words::TO_THE_START) } }
    }
}
