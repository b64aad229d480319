//! What this service is: versions, limits, licences.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use crate::api::Parts;
use crate::connector::sandbox::Sandbox;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{about as words, nav};

const LICENCES: &str = include_str!("../vendor/LICENSES");

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/about", get(page))
}

async fn page(State(parts): State<Arc<Parts>>, visit: Visit) -> Result<Response, Refusal> {
    let page =
        Page { title: nav::ABOUT, place: Some(Place::About), lead: Some(html! { (words::LEAD) }), ..Page::default() };
    let content = html! {
        (shell::panel(words::VERSIONS, &versions(&parts)))
        (shell::panel(words::LIMITS, &limits(&parts)))
        section.section {
            h2 { (words::LICENCES) }
            p { (words::OWN) }
            details { summary { (words::SCRIPTS) } pre tabindex="0" { (LICENCES) } }
        }
    };
    Ok(visit.page(&page, &content))
}

fn versions(parts: &Parts) -> Markup {
    let server = &parts.config.server;
    shell::facts(&[
        (words::VERSION, html! { (env!("CARGO_PKG_VERSION")) }),
        (words::ENGINE, html! { (Sandbox::engine_version()) }),
        (words::INSTANCE, html! { code { (parts.instance.id) } }),
        (words::LISTENS, html! { code { (server.listen) } }),
        (
            words::PUBLIC,
            html! {
                @match &server.public_url { Some(url) => code { (url) }, None => (shell::status("warn", words::NO_PUBLIC)) }
            },
        ),
        (words::API, html! { a href="/docs/" { "/docs" } }),
    ])
}

fn limits(parts: &Parts) -> Markup {
    let (sandbox, delivery) = (&parts.config.sandbox, &parts.config.delivery);
    shell::facts(&[
        (words::SEND, html! { (delivery.send_ms) " ms" }),
        (words::CALL, html! { (delivery.call_ms) " ms" }),
        (words::CPU, html! { (sandbox.cpu_ms) " ms" }),
        (words::MEMORY, html! { (sandbox.memory_mib) " MiB" }),
        (words::RESPONSE, html! { (sandbox.response_kib) " KiB" }),
        (words::LOG, html! { (sandbox.log_kib) " KiB" }),
        (words::REQUESTS, html! { (sandbox.requests) }),
        (words::UPLOAD, html! { (sandbox.upload_mib) " MiB" }),
        (words::COMPILE, html! { (sandbox.compile_seconds) " s" }),
    ])
}
