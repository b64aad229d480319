//! Who looks at a page, and how he likes it shown.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts as Head;
use axum::http::{Extensions, HeaderMap, Method, Uri, header};
use cookie::Cookie;

use super::prefs::Prefs;
use super::refusal::Refusal;
use super::session;
use super::words::common as words;
use crate::actor::Visitor;
use crate::api::error::ApiError;
use crate::api::{Noting, Parts};
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::store::{EnvironmentRow, StoreError};

/// A request of somebody who is signed in.
pub(crate) struct Visit {
    /// Who it is.
    pub(crate) visitor: Visitor,
    /// How he likes it.
    pub(crate) prefs: Prefs,
    /// Every environment, for the navigation.
    pub(crate) environments: Vec<EnvironmentRow>,
    /// The path of the request.
    pub(crate) path: String,
    /// The query of the request, without its question mark.
    pub(crate) query: String,
    /// Whether only a part of the page is wanted (htmx).
    pub(crate) is_part: bool,
    /// What the audit log will say of it.
    pub(crate) noting: Noting,
    /// When it came.
    pub(crate) now: Timestamp,
}

impl Visit {
    /// Whether he has this role.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.visitor.may(role)
    }

    /// Refuse whoever lacks this role.
    pub(crate) fn require(&self, role: Role) -> Result<(), Refusal> {
        if self.visitor.may(role) { Ok(()) } else { Err(ApiError::forbidden(words::lacks(role)).into()) }
    }

    /// Why a button can't be pressed: the role that its presser lacks. None if he has it.
    pub(crate) fn denied(&self, role: Role) -> Option<String> {
        (!self.visitor.may(role)).then(|| words::lacks(role))
    }

    /// The environment of that name.
    pub(crate) fn environment(&self, name: &str) -> Result<&EnvironmentRow, Refusal> {
        let found = self.environments.iter().find(|row| row.name == name);
        Ok(found.ok_or_else(|| ApiError::not_found(words::no_environment(name)))?)
    }
}

impl FromRequestParts<Arc<Parts>> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(head: &mut Head, parts: &Arc<Parts>) -> Result<Self, Refusal> {
        let now = parts.clock.now();
        let visitor = visitor(parts, &head.headers, &head.extensions).await?;
        let Some(visitor) = visitor else {
            let is_part = head.headers.contains_key("hx-request");
            return Err(Refusal::SignIn { next: wanted(head), is_part });
        };
        let noting = head.extensions.get::<Noting>().cloned().unwrap_or_default();
        noting.actor(visitor.actor.clone());
        Ok(Self {
            visitor,
            noting,
            prefs: Prefs::of(&head.headers),
            environments: parts.store.environments().await?,
            path: asked(head).path().to_owned(),
            query: asked(head).query().unwrap_or_default().to_owned(),
            is_part: head.headers.contains_key("hx-request"),
            now,
        })
    }
}

/// Whoever is signed in to the console in the browser that sent this.
pub(crate) async fn visitor(
    parts: &Parts,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Option<Visitor>, StoreError> {
    match session::token(headers, session::is_secure(extensions)) {
        Some(token) => parts.people.visitor(&token, parts.clock.now()).await,
        None => Ok(None),
    }
}

/// The address as the browser knows it: the router's own is without `/console`.
fn asked(head: &Head) -> &Uri {
    head.extensions.get::<OriginalUri>().map_or(&head.uri, |OriginalUri(uri)| uri)
}

/// Where to come back to: the page itself; of a form or a part of a page, the page that it stands on.
fn wanted(head: &Head) -> String {
    let is_page = head.method == Method::GET && !head.headers.contains_key("hx-request");
    let page = is_page.then(|| asked(head).path_and_query().map(ToString::to_string)).flatten();
    page.or_else(|| {
        let referer = head.headers.get(header::REFERER)?.to_str().ok()?;
        let url = url::Url::parse(referer).ok()?;
        Some(url.path().to_owned()).filter(|path| path.starts_with("/console"))
    })
    .unwrap_or_else(|| "/console".to_owned())
}

/// A cookie's value.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = lines.flat_map(|line| Cookie::split_parse(line).filter_map(Result::ok));
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}
