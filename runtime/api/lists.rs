//! How lists are asked for and answered: `{items, next}`, by pages where they may be long.

use axum::Json;
use serde::Serialize;
use serde_json::{Value, json};

use super::error::ApiError;

/// Items on a page, at most, and where nothing is said.
const PAGE_MAX: u32 = 200;
const PAGE: u32 = 50;

/// A list that is short enough to be told at once.
pub(super) fn whole_list(items: impl Serialize) -> Json<Value> {
    Json(json!({ "items": items, "next": null }))
}

/// How many items a page is to have.
pub(super) fn page_size(limit: Option<u32>) -> Result<u32, ApiError> {
    match limit.unwrap_or(PAGE) {
        size @ 1..=PAGE_MAX => Ok(size),
        _ => Err(ApiError::field("/limit", format!("is 1 to {PAGE_MAX}"))),
    }
}
