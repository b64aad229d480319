//! What went over the wire in an attempt that failed, as far as it is kept: redacted, as a transcript.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use serde_json::Value;

use super::{address, attempts, one};
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{messages as words, nav};
use crate::keys::Role;
use crate::setup::FailedSendTranscript;

type Place3 = At<(String, String, u32)>;

async fn told(parts: &Parts, visit: &Visit, at: &(String, String, u32)) -> Result<FailedSendTranscript, Refusal> {
    visit.require(Role::Operate)?;
    let (env, id, number) = at;
    let missing = || ApiError::not_found(words::NOT_KEPT);
    let view = one::found(parts, visit, env, id).await?;
    let attempt = view.attempts.iter().find(|attempt| attempt.number == *number).ok_or_else(missing)?;
    let kept = one::kept(parts, visit, env, &view).await?;
    let kept = kept.into_iter().find(|failed| failed.attempt == *number).ok_or_else(missing)?;
    Ok(parts.setup.failed_send(env, &attempt.connector, &kept.id).await?)
}

pub(super) async fn page(State(parts): State<Arc<Parts>>, visit: Visit, At(at): Place3) -> Result<Response, Refusal> {
    let told = told(&parts, &visit, &at).await?;
    let (env, id, number) = &at;
    let message = format!("{}/{id}", address(env));
    let title = words::exchange_of(*number);
    let page = Page {
        title: &title,
        place: Some(Place::Messages),
        environment: Some(env.clone()),
        crumbs: vec![(nav::MESSAGES.to_owned(), address(env)), (words::TITLE.to_owned(), message.clone())],
        lead: Some(html! { (words::EXCHANGE_LEAD) }),
        notices: told.transcript_note.iter().map(|note| Notice::Warn(html! { (note) })).collect(),
        ..Page::default()
    };
    let content = html! {
        @if let Some(transcript) = &told.transcript {
            (exchanges(transcript))
            details { summary { (words::TRANSCRIPT) } pre { (pretty(transcript)) } }
            (attempts::download(&format!("{message}/attempts/{number}")))
        }
    };
    Ok(visit.page(&page, &content))
}

fn exchanges(transcript: &Value) -> Markup {
    let all = transcript.get("exchanges").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let part = |exchange: &Value, name: &str| exchange.get(name).filter(|part| !part.is_null()).map(pretty);
    html! {
        @if all.is_empty() { p.meta { (words::NO_EXCHANGE) } }
        @for (index, exchange) in all.iter().enumerate() {
            @for (name, word) in [("request", words::REQUEST), ("reply", words::RESPONSE), ("fault", words::FAULT)] {
                @if let Some(text) = part(exchange, name) {
                    (shell::section(&words::nth(word, index, all.len()), &html! { pre { (text) } }))
                }
            }
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The transcript as a file, which `countersign check` replays.
pub(super) async fn download(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(at): Place3,
) -> Result<Response, Refusal> {
    let told = told(&parts, &visit, &at).await?;
    let transcript = told.transcript.ok_or_else(|| ApiError::not_found(told.transcript_note.unwrap_or_default()))?;
    let name = format!("attachment; filename=\"{}.json\"", told.failed.id);
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, pretty(&transcript)).into_response())
}
