//! The files that pages link: kept in the program, and under an address that changes with what they say.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use super::refusal::Refusal;
use crate::api::error::ApiError;

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Each by name, with what it is.
const FILES: &[(&str, &str, &str)] = &[
    ("app.css", STYLE, include_str!("assets/app.css")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
    ("console.js", SCRIPT, include_str!("assets/console.js")),
    ("busy.js", SCRIPT, include_str!("assets/busy.js")),
    ("copy.js", SCRIPT, include_str!("assets/copy.js")),
    ("keys.js", SCRIPT, include_str!("assets/keys.js")),
    ("live.js", SCRIPT, include_str!("assets/live.js")),
    ("lost.js", SCRIPT, include_str!("assets/lost.js")),
    ("menus.js", SCRIPT, include_str!("assets/menus.js")),
    ("swaps.js", SCRIPT, include_str!("assets/swaps.js")),
    ("say.js", SCRIPT, include_str!("assets/say.js")),
    ("times.js", SCRIPT, include_str!("assets/times.js")),
    ("upload.js", SCRIPT, include_str!("assets/upload.js")),
    ("editor.js", SCRIPT, include_str!("assets/editor.js")),
    ("editor-theme.js", SCRIPT, include_str!("assets/editor-theme.js")),
    ("json-faults.js", SCRIPT, include_str!("assets/json-faults.js")),
    ("wording.js", SCRIPT, include_str!("assets/wording.js")),
    ("htmx.js", SCRIPT, include_str!("vendor/htmx.js")),
    ("codemirror.js", SCRIPT, include_str!("vendor/codemirror.js")),
];

/// One address for all of them, as scripts import each other by names beside their own.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for (name, _, text) in FILES {
        all.update(name);
        all.update(text);
    }
    hex::encode(all.finalize()).chars().take(12).collect()
});

/// The address of a file.
pub(super) fn address(name: &str) -> String {
    format!("/console/assets/{}/{name}", *VERSION)
}

/// A file. One of another version is the newest: a page that was loaded before an update still finds what it links.
pub(super) async fn serve(Path((version, name)): Path<(String, String)>) -> Result<Response, Refusal> {
    let file = FILES.iter().find(|(known, _, _)| *known == name);
    let (_, kind, text) = file.ok_or_else(|| ApiError::not_found("there is no such file"))?;
    let keep = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-store" };
    Ok(([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, keep)], *text).into_response())
}
