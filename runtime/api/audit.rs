//! `/v1/audit`, and the layer that fills it.
//!
//! A handler can't forget to note what it did: whatever changes something is in [`records`], by method and address, and a
//! test walks the API's own document for what is not. A handler adds what only it knows by [`Noting`].

pub(super) mod records;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{FromRequestParts as _, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Caller;
use super::body::Params;
use super::error::{ApiError, Problem};
use super::{AppState, Parts};
use crate::actor::Actor;
use crate::audit::{Audit, AuditPage, AuditParams, Entry};
use crate::store::AuditRow;
use records::Record;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What a handler knows of what it does; the layer around it has the other end.
#[derive(Clone, Default)]
pub(crate) struct Noting(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    actor: Option<Actor>,
    target: Option<String>,
    detail: Option<Value>,
    outcome: Option<&'static str>,
    action: Option<&'static str>,
    nothing: bool,
    done: bool,
}

impl Noting {
    fn change(&self, change: impl FnOnce(&mut Noted)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Who asks.
    pub(crate) fn actor(&self, actor: Actor) {
        self.change(|noted| noted.actor = Some(actor));
    }

    /// To what, where the address does not say it, or must not be told.
    pub(crate) fn target(&self, target: impl Into<String>) {
        self.change(|noted| noted.target = Some(target.into()));
    }

    /// More: without secrets, codes and full numbers.
    pub(crate) fn detail(&self, detail: Value) {
        self.change(|noted| noted.detail = Some(detail));
    }

    /// What it came to, where that is not just `done`.
    pub(crate) fn outcome(&self, outcome: &'static str) {
        self.change(|noted| noted.outcome = Some(outcome));
    }

    /// It was done, though a page is shown rather than another one gone to.
    pub(crate) fn done(&self) {
        self.change(|noted| noted.done = true);
    }

    /// Whether a handler has said so.
    pub(crate) fn is_done(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).done
    }

    /// Write the entry, with what was noted.
    pub(crate) async fn write(&self, audit: &Audit, mut entry: Entry) {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(actor) = noted.actor.filter(|_| !noted.nothing) else { return };
        entry.action = noted.action.unwrap_or(entry.action);
        entry.target = noted.target.or(entry.target);
        entry.detail = noted.detail.unwrap_or(entry.detail);
        entry.outcome = noted.outcome.unwrap_or(entry.outcome);
        audit.record(&actor, entry).await;
    }

    /// Under another word: a form has several buttons.
    pub(crate) fn action(&self, action: &'static str) {
        self.change(|noted| noted.action = Some(action));
    }

    /// Nothing was changed: there is nothing to note.
    pub(crate) fn nothing(&self) {
        self.change(|noted| noted.nothing = true);
    }
}

/// Around every handler of the API: what it changed is noted.
pub(super) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let record = records::of(request.method().as_str(), &path.unwrap_or_default());
    let Some(Record::Change(action, named)) = record else { return next.run(request).await };
    around(&app.parts, action, named, request, next, |response, _| is_news(response))
        .await
        .unwrap_or_else(|fault| fault.into_response())
}

/// Let a handler work, and note what it changed if `is_done` says so of its answer: under this word, to what these
/// parameters of the address name. It runs as a task of its own, so that whoever hangs up leaves no change without its
/// entry.
pub(crate) async fn around(
    parts: &Arc<Parts>,
    action: &'static str,
    named: &[&str],
    request: Request,
    next: Next,
    is_done: impl FnOnce(&Response, &Noting) -> bool + Send + 'static,
) -> Result<Response, ApiError> {
    let noting = Noting::default();
    let (mut head, body) = request.into_parts();
    head.extensions.insert(noting.clone());
    let places = RawPathParams::from_request_parts(&mut head, parts).await.ok();
    let place = |name: &str| {
        let found = places.as_ref()?.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.to_owned())
    };
    let targets: Vec<String> = named.iter().filter_map(|name| place(name)).collect();
    let mut entry = Entry { environment: place("env"), ..Entry::of(action) };
    entry.target = (!targets.is_empty()).then(|| targets.join("@"));
    let parts = Arc::clone(parts);
    let work = async move {
        let response = next.run(Request::from_parts(head, body)).await;
        if is_done(&response, &noting) {
            noting.write(&parts.audit, entry).await;
        }
        response
    };
    tokio::spawn(crate::traces::carried(work)).await.map_err(|fault| ApiError::internal(&fault))
}

/// A refusal changed nothing, and an answer that is told again was noted when it was made.
fn is_news(response: &Response) -> bool {
    response.status().is_success() && !response.headers().contains_key("idempotency-replayed")
}

/// Who did what, newest first. Entries are never changed, and go by their age alone (`retention.audit_days`). No secret,
/// code or full number is in any of them.
#[utoipa::path(get, path = "/v1/audit", tag = "Audit", params(AuditParams),
    responses((status = 200, description = "`items`, `next`", body = Vec<AuditRow>), (status = 422, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(params): Params<AuditParams>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let AuditPage { items, next } = app.parts.audit.page(params.filter()?).await?;
    Ok(Json(json!({ "items": items, "next": next })))
}
