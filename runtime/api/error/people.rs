//! Refusals about keys, users and sessions.

use super::ApiError;
use crate::keys::KeyError;
use crate::people::PeopleError;

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
