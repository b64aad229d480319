//! Whose request it is, and how it is answered.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use cookie::{Cookie, SameSite};
use maud::{Markup, html};

use super::codes::{Look, Refused};
use super::house::{Account, Session};
use super::pages::Shown;
use super::{Client, Demo, Flow, shell, words};
use crate::api::error::ApiError;
use crate::clock::Timestamp;
use crate::phone::PhoneNumber;
use crate::texts::locale;

const COOKIE: &str = "Countersign-Demo";

/// A request.
pub(super) struct Guest {
    pub(super) demo: Demo,
    pub(super) environment: String,
    pub(super) look: Look,
    /// The flow that the address names.
    pub(super) flow: Option<Flow>,
    /// What follows the question mark.
    pub(super) query: String,
    pub(super) session: Session,
    pub(super) client: Option<IpAddr>,
    pub(super) locale: String,
    pub(super) now: Timestamp,
    token: Option<String>,
}

/// Why there is no page.
pub(super) struct Stop(Refused);

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self(error.into())
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self(refused)
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        let content = html! { h1 { (words::NO_PAGE) } p { (self.0.detail) } };
        (status(self.0.status), shell::bare(&content)).into_response()
    }
}

/// Who else may use it.
pub(super) fn closed() -> Response {
    let refused = Refused::from(ApiError::forbidden(words::CLOSED));
    let content = html! {
        h1 { (words::CLOSED_TITLE) }
        p { (refused.detail) }
        p { a href="/console/sign-in" { (words::CLOSED_SIGN_IN) } }
    };
    (status(refused.status), shell::bare(&content)).into_response()
}

/// A status as the problem names it.
pub(super) fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl FromRequestParts<Demo> for Guest {
    type Rejection = Stop;

    async fn from_request_parts(head: &mut Head, demo: &Demo) -> Result<Self, Stop> {
        let nothing = || ApiError::not_found(words::NO_DEMO);
        let params = RawPathParams::from_request_parts(head, demo).await.map_err(|_| nothing())?;
        let named = |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned());
        let environment = named("env").ok_or_else(nothing)?;
        let flow = named("flow").map(|word| Flow::parse(&word).ok_or_else(nothing)).transpose()?;
        let look = demo.codes.look(&environment).await?.ok_or_else(nothing)?;
        let now = demo.clock.now();
        let token = cookie(&head.headers);
        let session = token.as_deref().and_then(|token| demo.house(&environment, |house| house.session(token, now)));
        Ok(Self {
            demo: demo.clone(),
            flow,
            query: head.uri.query().unwrap_or_default().to_owned(),
            session: session.unwrap_or_default(),
            client: head.extensions.get::<Client>().map(|client| client.0),
            locale: language(&head.headers),
            look,
            now,
            token,
            environment,
        })
    }
}

impl Guest {
    /// Whoever is signed in. An account that had to make room for newer ones is nobody's any more.
    pub(super) fn account(&self) -> Option<(u64, Account)> {
        let id = self.session.account?;
        self.demo.house(&self.environment, |house| house.account(id).cloned()).map(|account| (id, account))
    }

    /// For the pages.
    pub(super) fn shown(&self) -> Shown {
        Shown::of(&self.environment, self.look.clone())
    }

    /// A page.
    pub(super) fn page(&self, number: u16, content: &Markup) -> Response {
        (status(number), content.clone()).into_response()
    }

    /// The address of a page.
    pub(super) fn at(&self, path: &str) -> String {
        format!("/demo/{}{path}", self.environment)
    }

    /// To another page, with the session as it is now.
    pub(super) fn go(&self, path: &str) -> Response {
        Redirect::to(&self.at(path)).into_response()
    }

    /// To another page, with this session.
    pub(super) fn go_with(&self, path: &str, session: Session) -> Response {
        let before = self.token.as_deref();
        let token = self.demo.house(&self.environment, |house| house.begin(before, session, self.now));
        self.set(self.go(path), &token)
    }

    /// To another page, with no session any more.
    pub(super) fn leave(&self, path: &str) -> Response {
        if let Some(token) = &self.token {
            self.demo.house(&self.environment, |house| house.end(token));
        }
        self.set(self.go(path), "")
    }

    fn set(&self, mut response: Response, token: &str) -> Response {
        let path = format!("/demo/{}", self.environment);
        let cookie = Cookie::build((COOKIE, token)).path(path).http_only(true).same_site(SameSite::Lax);
        let cookie = cookie.secure(self.demo.is_tls);
        let cookie = if token.is_empty() { cookie.max_age(cookie::time::Duration::ZERO) } else { cookie };
        if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut all = lines.flat_map(|line| Cookie::split_parse(line).filter_map(Result::ok));
    all.find(|cookie| cookie.name() == COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The language that the browser likes best.
fn language(headers: &HeaderMap) -> String {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = text.split([',', ';']).next().unwrap_or_default().trim();
    if locale::is_tag(first) { first.to_owned() } else { "en".to_owned() }
}

/// A number as pages show it.
pub(super) fn masked(number: &str) -> String {
    PhoneNumber::parse(number).map_or_else(|_| words::YOUR_PHONE.to_owned(), |number| number.masked())
}
