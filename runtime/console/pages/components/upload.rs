//! An upload: the verdict is shown before anything serves.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::{address, verdict};
use crate::api::error::ApiError;
use crate::api::{Parts, received, too_large, whole};
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{components as words, nav};
use crate::keys::Role;
use crate::setup::Uploaded;

/// The form. The script shows how far it is; without it the browser does.
pub(super) fn form(visit: &Visit) -> Markup {
    let denied = visit.denied(Role::Upload);
    let upload = html! {
        form method="post" action="/console/components/upload" enctype="multipart/form-data" data-upload data-working=(words::WORKING) {
            div.field {
                label for="component" { (words::FILE) }
                p.hint #component-hint { (words::FILE_HINT) }
                div.drop data-drop {
                    input #component type="file" name="component" accept=".wasm,application/wasm" required aria-describedby="component-hint";
                    p.hint { (words::DROP) }
                }
            }
            div.row {
                (shell::button("primary", "_upload", "1", words::SEND, Some(words::SENDING), denied.as_deref()))
                button.button type="button" data-upload-cancel hidden { (words::CANCEL) }
                progress data-upload-progress hidden aria-label=(words::SENT) {}
                p.hint data-upload-state hidden {}
            }
        }
        div data-upload-result {}
    };
    shell::panel(words::UPLOAD, &upload)
}

pub(super) async fn upload(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    request: Request,
) -> Result<Response, Refusal> {
    visit.require(Role::Upload)?;
    let read = async { file(&parts, Multipart::from_request(request, &()).await).await };
    let came = match received(&parts, read).await {
        Ok((wasm, _place)) => {
            let setup = Arc::clone(&parts.setup);
            whole(async move { setup.upload(wasm).await }).await
        }
        Err(error) => Err(error),
    };
    Ok(match came {
        Ok(uploaded) => {
            let component = &uploaded.component;
            visit.noting.target(format!("{}@{}", component.id, component.version));
            visit.noting.done();
            shown(&visit, &uploaded)
        }
        Err(error) => refused(&visit, &error),
    })
}

async fn file(
    parts: &Parts,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Bytes, ApiError> {
    let mut form = form.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let unreadable = |error: MultipartError| {
        if error.status().as_u16() == ApiError::too_large("").problem().status {
            return too_large(parts);
        }
        ApiError::bad_request(error.body_text())
    };
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("component") {
            let bytes = field.bytes().await.map_err(unreadable)?;
            if !bytes.is_empty() {
                return Ok(bytes);
            }
        }
    }
    Err(ApiError::field("/component", words::NO_FILE))
}

fn page<'a>(notices: Vec<Notice>) -> Page<'a> {
    Page {
        title: words::UPLOAD,
        place: Some(Place::Components),
        crumbs: vec![(nav::COMPONENTS.to_owned(), "/console/components".to_owned())],
        notices,
        ..Page::default()
    }
}

fn shown(visit: &Visit, uploaded: &Uploaded) -> Response {
    let component = &uploaded.component;
    let name = format!("{}@{}", component.id, component.version);
    let passed = component.verdict.tried.as_ref().is_none_or(|tried| tried.passed);
    let said = html! { p { (words::stored(&name, uploaded.new)) " " (words::SERVES_NOTHING) } @if !passed { p { (words::STILL_USABLE) } } };
    let notice = if passed { Notice::Done(said) } else { Notice::Warn(said) };
    let environment = visit.prefs.environment.as_deref().unwrap_or("development");
    let set_up = format!("/console/environments/{environment}/new-connector?component={}", shell::encoded(&name));
    let content = html! {
        section data-upload-result {
            (shell::notice(&notice))
            div.row {
                (shell::action("primary", &set_up, words::SET_UP))
                (shell::action("", &address(component), &name))
            }
            (verdict::verdict(&component.verdict))
        }
        (form(visit))
    };
    visit.page(&page(Vec::new()), &content)
}

fn refused(visit: &Visit, error: &ApiError) -> Response {
    let problem = error.problem();
    let said = html! {
        p { strong { (words::REFUSED) } " " (problem.detail) }
        ul { @for fault in &problem.errors { li { @if let Some(at) = &fault.pointer { code { (at) } " " } (fault.detail) } } }
    };
    let content = html! { section data-upload-result { (shell::notice(&Notice::Bad(said))) } (form(visit)) };
    let status: StatusCode = status(problem);
    visit.page_as(status, &page(Vec::new()), &content)
}
