//! Refusals about keys, users and sessions.

use super::ApiError;
use crate::keys::KeyError;
use crate::people::PeopleError;
use crate::people::oidc::OidcError;

impl From<PeopleError> for ApiError {
    fn from(error: PeopleError) -> Self {
        let detail = error.to_string();
        match error {
            PeopleError::UnknownKey | PeopleError::EnvironmentKey(_) => Self::field("/key", detail),
            PeopleError::SpentLink => Self::gone(detail),
            PeopleError::Field(pointer, detail) => Self::field(pointer, detail),
            PeopleError::Missing(_) => Self::not_found(detail),
            PeopleError::Lacks(_) => Self::forbidden(detail),
            PeopleError::Disabled => Self::conflict("disabled", detail),
            PeopleError::Store(error) => error.into(),
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        let detail = error.to_string();
        match error {
            KeyError::Field(pointer, detail) => Self::field(pointer, detail),
            KeyError::Lacks(_) => Self::forbidden(detail),
            KeyError::Itself => Self::conflict("in-use", detail),
            KeyError::Missing => Self::not_found(detail),
            KeyError::Store(error) => error.into(),
        }
    }
}

impl From<OidcError> for ApiError {
    fn from(error: OidcError) -> Self {
        let detail = error.to_string();
        match error {
            OidcError::Store(error) => error.into(),
            OidcError::Unreachable => Self::provider_failed(detail),
            OidcError::NotBegun => Self::bad_request(detail),
            _ => Self::forbidden(detail),
        }
    }
}
