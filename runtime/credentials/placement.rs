//! Placing a credential into the final request.
//!
//! The threat: on the provider's own host some other path tells the secret back or makes a new one, and a request that
//! two parsers read differently passes a check and does something else. So the request is judged as it will leave
//! (`judge`), the place is still empty or holds one marker and nothing else is touched (`write`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::kind::Kind;
use super::markers::Markers;
use super::place::Place;
use super::{Binding, Keyring};
use crate::connector::contract::Export;
use crate::egress::Request;
use crate::secret::Secret;

mod body;
mod judge;
mod write;

/// Why a credential was not placed. Names credential and field, never a value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlaceError {
    /// The export may not use it.
    #[error("credential `{0}` is not for this export")]
    Export(String),
    /// Its kind is not for requests.
    #[error("credential `{0}` is of kind `{1}`, which is not for requests")]
    Kind(String, &'static str),
    /// The request is not one that it is bound to.
    #[error("credential `{0}` is not for this request: its {1} is outside the binding")]
    Outside(String, &'static str),
    /// The path has a spelling that could be read in two ways.
    #[error("credential `{0}` is not placed into a path with dot segments, empty segments or encoded slashes")]
    Path(String),
    /// A pinned field is missing, doubled or different.
    #[error("credential `{0}` needs the field `{1}` exactly once, with its pinned value")]
    Pinned(String, String),
    /// The guest filled the place itself.
    #[error("credential `{0}`: its place in the request is already filled")]
    Taken(String),
    /// The place does not hold its marker.
    #[error("credential `{0}`: {1} has to hold one marker of it, and no other place may")]
    Unmarked(String, Place),
    /// The body is not what the place needs.
    #[error("credential `{0}`: the body is not {1}")]
    Body(String, &'static str),
    /// The secret is not set.
    #[error("credential `{0}` needs the secret `{1}`, which is not set")]
    NotSet(String, String),
    /// The secret has characters that its place can't carry.
    #[error("credential `{0}`: the secret has a character that its place can't carry")]
    Unwritable(String),
}

/// Whether the request is one that the credential is bound to, in this export.
pub fn judge(binding: &Binding, export: Export, request: &Request) -> Result<(), PlaceError> {
    let name = || binding.name().to_owned();
    if !binding.kind.is_for_requests() {
        return Err(PlaceError::Kind(name(), binding.kind()));
    }
    if !binding.exports.contains(&export) {
        return Err(PlaceError::Export(name()));
    }
    judge::judge(binding, request)
}

/// Write a value that stands ready into its empty place. The request has been judged.
pub fn place(binding: &Binding, keyring: &Keyring, request: &mut Request) -> Result<(), PlaceError> {
    let name = || binding.name().to_owned();
    let secret = |field: &str| keyring.get(field).ok_or_else(|| PlaceError::NotSet(name(), field.to_owned()));
    let value = match &binding.kind {
        Kind::Basic { user, password } => {
            let fill = |template: &str| keyring.fill(template).map_err(|field| PlaceError::NotSet(name(), field));
            basic(fill(user)?.expose(), fill(password)?.expose())
        }
        Kind::Bearer { secret: field } => prefixed("Bearer ", secret(field)?),
        Kind::Header { prefix, secret: field, .. } | Kind::Path { prefix, secret: field, .. } => {
            prefixed(prefix, secret(field)?)
        }
        Kind::Query { secret: field, .. }
        | Kind::Form { secret: field, .. }
        | Kind::Json { secret: field, .. }
        | Kind::Xml { secret: field, .. } => secret(field)?.clone(),
        _ => return Ok(()),
    };
    write::fill(binding, &value, request)
}

/// Write a token that was fetched into its empty place. The request has been judged.
pub fn place_token(binding: &Binding, token: &Secret<String>, request: &mut Request) -> Result<(), PlaceError> {
    let prefix = match &binding.kind {
        Kind::Session { prefix, .. } => prefix,
        _ => "Bearer ",
    };
    write::fill(binding, &prefixed(prefix, token), request)
}

/// Put the signature where its marker stands. The request has been judged.
pub fn replace_marker(binding: &Binding, markers: &Markers, request: &mut Request) -> Result<(), PlaceError> {
    let Some(place) = binding.kind.place() else { return Ok(()) };
    let unmarked = || PlaceError::Unmarked(binding.name().to_owned(), place.clone());
    let (marker, value) = markers.sole(binding.name(), request).ok_or_else(unmarked)?;
    write::replace(binding, &place, marker, value, request)
}

/// `user:password` in base64 with its scheme (RFC 7617 §2).
pub(super) fn basic(user: &str, password: &str) -> Secret<String> {
    let pair = Secret::new(format!("{user}:{password}"));
    Secret::new(format!("Basic {}", STANDARD.encode(pair.expose())))
}

fn prefixed(prefix: &str, secret: &Secret<String>) -> Secret<String> {
    Secret::new(format!("{prefix}{}", secret.expose()))
}

#[cfg(test)]
mod tests;
