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
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::Params;
use super::error::{ApiError, Problem};
use crate::actor::Actor;
use crate::audit::{Audit, Entry};
use crate::clock::Timestamp;
use crate::store::{AuditFilter, AuditRow};
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

/// Around every handler: what it changed is noted. It runs as a task of its own, so that whoever hangs up leaves no
/// change without its entry.
pub(super) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let record = records::of(request.method().as_str(), &path.unwrap_or_default());
    let Some(Record::Change(action, named)) = record else { return next.run(request).await };
    let noting = Noting::default();
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(noting.clone());
    let places = RawPathParams::from_request_parts(&mut parts, &app).await.ok();
    let place = |name: &str| {
        let found = places.as_ref()?.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.to_owned())
    };
    let targets: Vec<String> = named.iter().filter_map(|name| place(name)).collect();
    let mut entry = Entry { environment: place("env"), ..Entry::of(action) };
    entry.target = (!targets.is_empty()).then(|| targets.join("@"));
    let work = async move {
        let response = next.run(Request::from_parts(parts, body)).await;
        if is_news(&response) {
            noting.write(&app.parts.audit, entry).await;
        }
        response
    };
    tokio::spawn(work).await.unwrap_or_else(|fault| ApiError::internal(&fault).into_response())
}

/// A refusal changed nothing, and an answer that is told again was noted when it was made.
fn is_news(response: &Response) -> bool {
    response.status().is_success() && !response.headers().contains_key("idempotency-replayed")
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// Id of who did it: a key's, a user's, or what the service was doing.
    actor: Option<String>,
    /// What was done, such as `connector.save`; `connector.*` is all of a kind.
    action: Option<String>,
    /// Where.
    environment: Option<String>,
    /// To what: its name.
    target: Option<String>,
    /// Since then (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Before then (RFC 3339).
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 unless given.
    limit: Option<u32>,
}

/// Who did what, newest first. Entries are never changed, and go by their age alone (`retention.audit_days`). No secret,
/// code or full number is in any of them.
#[utoipa::path(get, path = "/v1/audit", tag = "Audit", params(ListParams),
    responses((status = 200, description = "`items`, `next`", body = Vec<AuditRow>), (status = 422, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let limit = params.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiError::field("/limit", "is 1 to 200"));
    }
    let filter = AuditFilter {
        actor: params.actor,
        action: params.action,
        environment: params.environment,
        target: params.target,
        from: time("/from", params.from)?,
        to: time("/to", params.to)?,
        after: params.cursor.as_deref().map(after).transpose()?,
        limit,
    };
    let (items, next) = page(&app, filter).await?;
    Ok(Json(json!({ "items": items, "next": next })))
}

/// A page of the log, and the cursor of the next one.
pub(super) async fn page(app: &AppState, filter: AuditFilter) -> Result<(Vec<AuditRow>, Option<String>), ApiError> {
    let limit = filter.limit;
    let mut rows = app.parts.audit.entries(AuditFilter { limit: limit + 1, ..filter }).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.at.as_millis(), row.id));
    Ok((rows, next))
}

/// A cursor of [`page`].
pub(super) fn after(cursor: &str) -> Result<(Timestamp, String), ApiError> {
    let parts = cursor.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let (at, id) = parts.ok_or_else(|| ApiError::field("/cursor", "is `next` of the page before"))?;
    Ok((Timestamp::from_millis(at), id))
}

fn time(pointer: &str, text: Option<String>) -> Result<Option<Timestamp>, ApiError> {
    let read = |text: String| serde_json::from_value(Value::String(text));
    text.map(read).transpose().map_err(|_| ApiError::field(pointer, "is a time as RFC 3339 writes it"))
}
