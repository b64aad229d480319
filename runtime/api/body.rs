//! Bodies: JSON whose faults name the field, and the bytes as they came.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::error::ApiError;
use crate::json;

/// A JSON body.
pub(super) struct Body<T> {
    /// What it says.
    pub value: T,
    /// As it came, for idempotency.
    pub bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(ApiError::unsupported_media("the body is sent as `content-type: application/json`"));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| unreadable(&rejection))?;
        Ok(Self { value: parse(&bytes)?, bytes })
    }
}

/// The revision or version that the caller saw last, where he says so.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
    number.map(Some).ok_or_else(|| ApiError::bad_request("If-Match is the number of a revision or version"))
}

/// The version of what is answered, for a later `If-Match`.
pub(super) fn etag(version: u64) -> [(HeaderName, String); 1] {
    [(ETAG, format!("\"{version}\""))]
}

pub(crate) fn unreadable(rejection: &BytesRejection) -> ApiError {
    if rejection.status().as_u16() == 413 {
        return ApiError::too_large("the body is larger than this address takes");
    }
    ApiError::bad_request("the body could not be read to its end")
}

/// Read JSON; a fault says where and what, and never quotes a value: it could be a secret or a code.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut document).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            ApiError::field(&json::pointer(error.path()), json::quiet(&inner.to_string()))
        } else if serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
            // Of null or a number where a word is expected, the library says that it is no JSON.
            ApiError::field(&json::pointer(error.path()), "is of another type than expected")
        } else {
            ApiError::bad_request(format!("the body is not JSON: line {}, column {}", inner.line(), inner.column()))
        }
    })?;
    document.end().map_err(|_| ApiError::bad_request("the body goes on after its JSON"))?;
    Ok(read)
}

/// Query parameters; a fault is a problem document.
pub(crate) struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|rejection| ApiError::bad_request(rejection.body_text()))?;
        Ok(Self(value))
    }
}

/// Parts of the path; what can't be decoded names nothing.
pub(crate) struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(value) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::not_found("there is nothing at this address"))?;
        Ok(Self(value))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Shape {
        to: String,
        more: Option<Vec<u8>>,
        way: Option<Way>,
    }

    #[derive(Deserialize, Debug)]
    enum Way {
        There,
    }

    fn fault(body: &str) -> String {
        let error = parse::<Shape>(body.as_bytes()).unwrap_err();
        format!("{error:?}")
    }

    #[test]
    fn a_fault_names_the_field_and_never_quotes_the_value() {
        assert!(fault(r#"{"to": 123456}"#).contains("/to"));
        assert!(!fault(r#"{"to": 123456}"#).contains("123456"));
        assert!(fault(r#"{"to": "x", "more": [1, "canary"]}"#).contains("/more/1"));
        assert!(!fault(r#"{"to": "x", "more": [1, "canary"]}"#).contains("canary"));
        assert!(fault(r#"{"to": "x", "nmae": 1}"#).contains("nmae"));
        assert!(fault("{}").contains("to"));
        for no_word in ["7", "[]", "true"] {
            let told = fault(&format!(r#"{{"to": "x", "way": {no_word}}}"#));
            assert!(told.contains("/way") && !told.contains("not JSON"), "{told}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_where() {
        assert!(fault("{").contains("line 1"));
        assert!(fault(r#"{"to": "x"} {}"#).contains("goes on"));
    }
}
